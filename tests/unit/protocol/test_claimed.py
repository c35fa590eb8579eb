"""A dishonest file is read as far as it can be: each fault is told, and whatever is sound is there."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hansa_protocol.batch import BatchError, encode_batch
from hansa_protocol.claimed import read_claimed
from hansa_protocol.eip712 import Receipt, settlement_domain
from hansa_protocol.evidence import SignedReceipt
from hansa_protocol.parts import ServiceTerms, Tariff, net_part
from tests.unit.protocol.test_batch import ADA, FEE_BPS, HUB, SETTLEMENT, VAULT, batch_of, slice_of

RECEIPT = Receipt(HUB, VAULT, ADA, (1).to_bytes(32, "big"), 0, 7, 1, 140_000, 150_000, 10, 10_000, 1, b"\1" * 32)
DIGEST = RECEIPT.digest(settlement_domain(31_337, SETTLEMENT))
BATCH = batch_of(slice_of(1, receipt_digest=DIGEST), slice_of(2), receipts=[SignedReceipt(RECEIPT, b"\5" * 65)])
LINES = encode_batch(BATCH).decode().splitlines()


def with_line(number: int, change: Callable[[Any], Any]) -> bytes:
    lines = list(LINES)
    lines[number] = json.dumps(change(json.loads(lines[number])), separators=(",", ":"))
    return "".join(line + "\n" for line in lines).encode()


def put(index: int | str, value: Any) -> Callable[[Any], Any]:
    def change(row: Any) -> Any:
        row[index] = value
        return row

    return change


def test_a_sound_file_has_no_faults() -> None:
    claimed = read_claimed(encode_batch(BATCH))
    assert (claimed.batch, claimed.faults) == (BATCH, ())


def test_a_slice_that_is_there_twice_is_read_twice() -> None:
    twice = net_part(0, [slice_of(1), slice_of(1)], Tariff({}, FEE_BPS))
    claimed = read_claimed(encode_batch(replace(BATCH, parts=(twice,), receipts=())))
    assert claimed.batch.parts == (twice,)
    assert "there twice" in claimed.faults[0]


FAULTS: dict[str, tuple[bytes, str]] = {
    "a slice that is none": (with_line(1, put(0, "0x12")), "line 2 is no slice"),
    "an amount beyond its field": (with_line(1, put(9, str(2**96))), "line 2 is no slice"),
    "an infinite amount": (with_line(1, put(9, float("inf"))), "Infinity stands where a whole number should"),
    "an amount that is no whole number": (with_line(1, put(9, 1.5)), "1.5 stands where a whole number should"),
    "an amount that is not written as one": (with_line(1, put(9, True)), "True stands where an amount should"),
    "a receipt with an infinite amount": (with_line(3, put(8, float("inf"))), "Infinity stands where"),
    "a slice with a number for an address": (with_line(1, put(6, 5)), "line 2 is no slice"),
    "a service without terms": (with_line(1, put(8, 3)), "royalty of service 3"),
    "a receipt with garbage for a signature": (with_line(3, put(11, "0xzz")), "line 4 is no receipt"),
    "a line of another length": (with_line(3, lambda row: row[:5]), "line 4 is neither a slice nor a receipt"),
    "a line that is no JSON": (encode_batch(BATCH) + b"}{\n", "line 5"),
    "a line that nests deep": (encode_batch(BATCH) + b"[" * 9_999 + b"\n", "line 5: it nests more than"),
    "bytes that are no text": (encode_batch(BATCH) + b"\xff\xfe\n", "line 5"),
    "parts that are none": (with_line(0, put("parts", "all")), "its parts"),
    "services that are none": (with_line(0, put("services", 7)), "its services"),
    "a service beyond its field": (with_line(0, put("services", [[2**64, ADA, 5]])), "64 bits"),
    "a royalty beyond its field": (with_line(0, put("services", [[1, ADA, 2**16]])), "16 bits"),
    "a service that no slice uses": (with_line(0, put("services", [[1, ADA, 5]])), "its slices use 0"),
    "more parts than slices": (with_line(0, put("parts", [0] * 200_000)), "it states 200000 parts, and has 2 slices"),
    "a fee beyond its field": (with_line(0, put("feeBps", 2**16)), "its fee"),
    "a fee that is none": (with_line(0, put("feeBps", -1)), "its fee"),
}


@pytest.mark.parametrize(("data", "fault"), FAULTS.values(), ids=FAULTS)
def test_each_fault_is_told_and_the_rest_is_read(data: bytes, fault: str) -> None:
    claimed = read_claimed(data)
    assert any(fault in told for told in claimed.faults), claimed.faults
    assert (claimed.batch.hub, claimed.batch.epoch) == (HUB, 7)
    assert slice_of(2) in claimed.batch.parts[-1].leaves


def test_no_more_is_read_than_the_slices_of_a_file_bear_out() -> None:
    many = [[number, ADA, 5] for number in range(1, 30_001)]
    claimed = read_claimed(with_line(0, lambda about: about | {"parts": [0] * 200_000, "services": many}))
    assert (len(claimed.batch.parts), claimed.batch.services) == (2, ())
    assert all(len(fault) < 200 for fault in claimed.faults)


def test_services_without_terms_are_told_in_one_fault() -> None:
    slices = [slice_of(job, service=job) for job in range(1, 1_001)]
    tariff = Tariff({job: ServiceTerms(job, ADA, 0) for job in range(1, 1_001)}, FEE_BPS)
    part = net_part(0, slices, tariff)
    claimed = read_claimed(encode_batch(replace(BATCH, parts=(part,), receipts=())))
    assert len([fault for fault in claimed.faults if "gets the royalty" in fault]) == 1
    assert len(claimed.batch.services) == 1_000


def test_sums_beyond_a_row_are_told() -> None:
    huge = [slice_of(job, 2**96 - 1, cumulative=0) for job in (1, 2)]
    part = net_part(0, huge, Tariff({}, FEE_BPS))
    claimed = read_claimed(encode_batch(replace(BATCH, parts=(part,), receipts=())))
    assert claimed.batch.parts[0].debits == ()
    assert any("more than a row can hold" in fault for fault in claimed.faults)


def test_a_file_that_does_not_say_whose_it_is_is_refused() -> None:
    broken = (put("hub", "0x12"), put("epoch", None), put("epoch", 2**64))
    for data in (b"", b"\n", b"{}\n", b"[]\n", *(with_line(0, change) for change in broken)):
        with pytest.raises(BatchError, match="whose batch"):
            read_claimed(data)


@given(place=st.integers(0, len(encode_batch(BATCH)) - 1), byte=st.integers(0, 255), cut=st.booleans())
def test_a_changed_byte_is_refused_or_told_or_makes_another_sound_file(place: int, byte: int, cut: bool) -> None:
    data = encode_batch(BATCH)
    changed = data[:place] if cut else data[:place] + bytes([byte]) + data[place + 1 :]
    try:
        claimed = read_claimed(changed)
    except BatchError:
        return
    assert claimed.faults or encode_batch(claimed.batch) == changed
