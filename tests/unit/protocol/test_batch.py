"""A batch refuses slices that contradict themselves or each other, and files that are not exactly its own."""

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from hansa_protocol.batch import Batch, BatchError, build_batch, decode_batch, encode_batch
from hansa_protocol.eip712 import Receipt, settlement_domain
from hansa_protocol.evidence import SignedReceipt
from hansa_protocol.identity import ZERO_ADDRESS, address_from_bytes
from hansa_protocol.leaf import Leaf, leaf_split
from hansa_protocol.parts import MAX_PAYEES
from hansa_protocol.words import OutOfRangeError

SETTLEMENT, HUB, VAULT, AUTHOR, *PARTIES = (address_from_bytes(bytes([i]) * 20) for i in range(1, 60))
ADA, BEN, NORTH, SOUTH = PARTIES[:4]
FEE_BPS, ROYALTY_BPS, EPOCH = 300, 1_000, 7


def slice_of(job: int, amount: int = 10_000, *, service: int = 0, before: int = 0, **changes: Any) -> Leaf:
    leaf = Leaf(
        epoch=EPOCH,
        job_id=job.to_bytes(32, "big"),
        seq=1 if before else 0,
        attempt=0,
        from_ms=140_000,
        to_ms=150_000,
        cumulative=0,
        customer=ADA,
        provider=NORTH,
        service=service,
        provider_amount=amount,
        audit_amount=0,
        result_digest=b"\1" * 32,
        receipt_digest=b"\2" * 32,
    )
    leaf = replace(leaf, cumulative=before + leaf_split(leaf, ROYALTY_BPS if service else 0, FEE_BPS).debit)
    return replace(leaf, **changes)


def batch_of(*leaves: Leaf, receipts: Iterable[SignedReceipt] = (), max_rows: int = 1_000) -> Batch:
    return build_batch(
        leaves,
        {9: (AUTHOR, ROYALTY_BPS), 10: (AUTHOR, 0)},
        FEE_BPS,
        chain_id=31_337,
        settlement=SETTLEMENT,
        hub=HUB,
        vault=VAULT,
        epoch=EPOCH,
        receipts=receipts,
        max_rows=max_rows,
    )


def test_rows_are_netted_per_account() -> None:
    first = slice_of(1, service=9)
    part = batch_of(first, slice_of(1, before=first.cumulative), slice_of(2, customer=BEN, provider=SOUTH)).parts[0]
    assert [(row.account, row.amount) for row in part.debits] == [(ADA, 11_330 + 10_300), (BEN, 10_300)]
    assert [(row.account, row.amount) for row in part.credits] == [(AUTHOR, 1_000), (NORTH, 20_000), (SOUTH, 10_000)]


def test_who_pays_himself_is_charged_and_credited_in_full() -> None:
    part = batch_of(slice_of(1, provider=ADA)).parts[0]
    assert (part.debits[0].amount, part.credits[0].amount) == (10_300, 10_000)


def test_only_the_services_in_use_are_in_the_batch() -> None:
    assert [terms.service for terms in batch_of(slice_of(1, service=9)).services] == [9]


@pytest.mark.parametrize(
    ("leaves", "why"),
    [
        ([], "no slices"),
        ([slice_of(1, epoch=6)], "epoch 6"),
        ([slice_of(1), slice_of(1)], "there twice"),
        ([slice_of(1), slice_of(1, before=1)], "cumulative"),
        ([slice_of(1), slice_of(1, before=10_300, seq=2)], "missing"),
        ([slice_of(1), slice_of(1, before=10_300, customer=BEN)], "charges"),
        ([slice_of(1, cumulative=10_299)], "contradicts"),
        ([slice_of(1, cumulative=10_300, seq=4)], "contradicts"),
        ([slice_of(1, 0)], "costs nothing"),
        ([slice_of(1, from_ms=150_001)], "before it begins"),
        ([slice_of(1, audit_amount=5)], "no auditor"),
        ([slice_of(1, provider=ZERO_ADDRESS)], "zero address"),
        ([slice_of(1, service=11)], "service 11"),
    ],
)
def test_wrong_slices_make_no_batch(leaves: list[Leaf], why: str) -> None:
    with pytest.raises(BatchError, match=why):
        batch_of(*leaves)


def test_a_sum_beyond_a_row_makes_no_batch() -> None:
    huge = 2**96 * 2 // 3
    with pytest.raises((BatchError, OutOfRangeError), match="uint96"):
        batch_of(slice_of(1, huge), slice_of(2, huge))


def test_a_customer_is_never_in_two_parts() -> None:
    leaves = [slice_of(10 * i + j, customer=PARTIES[i], provider=PARTIES[20 + j]) for i in range(6) for j in range(3)]
    parts = batch_of(*leaves, max_rows=5).parts
    assert [len(part.debits) for part in parts] == [2, 2, 2]
    assert all(len(part.debits) + len(part.credits) <= 5 for part in parts)


def test_a_part_has_no_more_payees_than_can_be_paid_at_once_unless_one_customer_alone_has() -> None:
    payees = [address_from_bytes((1_000 + number).to_bytes(20, "big")) for number in range(MAX_PAYEES + 1)]
    *bens, last = [slice_of(number, customer=BEN, provider=one) for number, one in enumerate(payees)]
    assert [len(part.credits) for part in batch_of(*bens, last).parts] == [MAX_PAYEES + 1]
    adas = replace(last, customer=ADA)
    assert sorted(len(part.credits) for part in batch_of(*bens, adas).parts) == [1, MAX_PAYEES]


def test_a_customer_with_more_payees_than_rows_is_told_what_to_do() -> None:
    leaves = [slice_of(j, provider=PARTIES[20 + j]) for j in range(5)]
    with pytest.raises(BatchError, match="next epoch"):
        batch_of(*leaves, max_rows=5)


BATCH = batch_of(slice_of(1, service=9), slice_of(2, customer=BEN), slice_of(3, customer=BEN, provider=SOUTH))
FILE = encode_batch(BATCH)


def test_a_file_gives_back_its_batch() -> None:
    assert decode_batch(FILE) == BATCH


def changed(**about: Any) -> bytes:
    first, *rest = FILE.decode().splitlines()
    return "\n".join([json.dumps(json.loads(first) | about, separators=(",", ":")), *rest, ""]).encode()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"{}",
        b"[" * 100_000,
        FILE[:-1],
        FILE + b"\n",
        FILE.replace(b",", b", ", 1),
        FILE.replace(b'"10000"', b'"010000"'),
        FILE.replace(b'"10000"', b'"-10000"'),
        FILE.replace(b'"10000"', b'"10001"'),
        FILE.replace(b'"10000"', b"10000"),
        FILE.replace(b'"10000"', b"Infinity"),
        FILE.replace(b'"10000"', b"1e400"),
        b"\n".join([*FILE.splitlines()[::-1], b""]),
        changed(format="hansa-batch/2"),
        changed(parts=[3, 0]),
        changed(parts=[2, 1]),
        changed(parts=[2]),
        changed(parts=[True, 2]),
        changed(epoch=True),
        changed(feeBps=301),
        changed(feeBps=-1),
        changed(services=[]),
        changed(services=[[9, AUTHOR, ROYALTY_BPS], [10, AUTHOR, 0]]),
        changed(hub=HUB.lower() if HUB.lower() != HUB else "0x"),
        changed(secretHash="0x00"),
        changed(extra=1),
    ],
)
def test_any_other_file_is_refused(data: bytes) -> None:
    with pytest.raises(BatchError):
        decode_batch(data)


def receipt_for(job: int, seq: int = 1) -> SignedReceipt:
    times = (140_000, 150_000, 10_000)
    receipt = Receipt(HUB, VAULT, ADA, job.to_bytes(32, "big"), 0, EPOCH, seq, *times, 10_000, 1, b"\1" * 32)
    return SignedReceipt(receipt, b"\3" * 65)


def test_a_batch_keeps_the_receipts_that_its_slices_cite_and_no_others() -> None:
    domain = settlement_domain(31_337, SETTLEMENT)
    cited = [receipt_for(job) for job in (1, 2)]
    leaves = [slice_of(job, receipt_digest=receipt_for(job).receipt.digest(domain)) for job in (2, 1)]
    batch = batch_of(*leaves, receipts=[receipt_for(3), *cited, receipt_for(1), receipt_for(1, seq=2)])
    assert sorted(batch.receipts, key=lambda one: one.receipt.job_id) == cited
    assert decode_batch(encode_batch(batch)) == batch


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: [*lines, lines[-1]],
        lambda lines: [*lines[:-2], lines[-1], lines[-2]],
        lambda lines: [*lines[:-1], lines[-1].replace('"10000",1,', '"10001",1,')],
        lambda lines: [*lines[:-1], lines[-1].replace(',"0x0303', ',"0303')],
    ],
    ids=["twice", "in another order", "with another amount", "written otherwise"],
)
def test_a_file_whose_receipts_were_changed_is_not_canonical(change: Any) -> None:
    domain = settlement_domain(31_337, SETTLEMENT)
    leaves = [slice_of(job, receipt_digest=receipt_for(job).receipt.digest(domain)) for job in (1, 2)]
    lines = encode_batch(batch_of(*leaves, receipts=map(receipt_for, (1, 2)))).decode().splitlines()
    changed = "".join(line + "\n" for line in change(lines)).encode()
    with pytest.raises(BatchError, match="canonical"):
        decode_batch(changed)
