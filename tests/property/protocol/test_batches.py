"""A batch is the same for the same slices, conserves value in each part, and survives its file."""

import re
from collections import Counter
from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from hansa_protocol.batch import Batch, BatchError, build_batch, decode_batch, encode_batch
from hansa_protocol.claimed import read_claimed
from hansa_protocol.identity import Address, address_bytes, address_from_bytes
from hansa_protocol.leaf import Leaf, leaf_hash, leaf_split
from hansa_protocol.merkle import verify_proof
from hansa_protocol.units import Bps, fee_up

PARTIES = [address_from_bytes(bytes([i]) * 20) for i in range(1, 30)]
SETTLEMENT, HUB, VAULT, *PUBLISHERS = PARTIES[:6]
ROYALTIES = {1: (PUBLISHERS[0], 0), 2: (PUBLISHERS[1], 777), 3: (PUBLISHERS[0], 10_000)}

jobs = st.tuples(
    st.sampled_from(PARTIES[6:14]),
    st.sampled_from([0, 1, 2, 3]),
    st.lists(st.tuples(st.sampled_from(PARTIES[12:20]), st.integers(1, 2**70)), min_size=1, max_size=4),
)


@st.composite
def workloads(draw: st.DrawFn) -> tuple[list[Leaf], int]:
    fee_bps = draw(st.integers(0, 2_000))
    leaves: list[Leaf] = []
    for number, (customer, service, runs) in enumerate(draw(st.lists(jobs, min_size=1, max_size=12))):
        leaves.extend(slices(number, customer, service, runs, fee_bps))
    return leaves, fee_bps


def slices(number: int, customer: Address, service: int, runs: list[tuple[Address, int]], fee_bps: int) -> list[Leaf]:
    total, made = 0, []
    for seq, (provider, amount) in enumerate(runs):
        job, zero = number.to_bytes(32, "big"), b"\0" * 32
        leaf = Leaf(5, job, seq, seq, 10 * seq, 10 * seq + 9, 0, customer, provider, service, amount, 0, zero, zero)
        total += leaf_split(leaf, ROYALTIES[service][1] if service else 0, fee_bps).debit
        made.append(replace(leaf, cumulative=total))
    return made


def batch_of(leaves: list[Leaf], fee_bps: int, max_rows: int = 1_000) -> Batch:
    return build_batch(
        leaves,
        ROYALTIES,
        fee_bps,
        chain_id=1,
        settlement=SETTLEMENT,
        hub=HUB,
        vault=VAULT,
        epoch=5,
        max_rows=max_rows,
    )


@given(workloads(), st.randoms(use_true_random=False))
def test_the_same_slices_in_any_order_give_the_same_bytes(workload: tuple[list[Leaf], int], random: Random) -> None:
    leaves, fee_bps = workload
    shuffled = list(leaves)
    random.shuffle(shuffled)
    assert encode_batch(batch_of(shuffled, fee_bps)) == encode_batch(batch_of(leaves, fee_bps))


@given(workloads(), st.integers(12, 20))
def test_a_batch_survives_its_file(workload: tuple[list[Leaf], int], max_rows: int) -> None:
    batch = batch_of(*workload, max_rows=max_rows)
    assert decode_batch(encode_batch(batch)) == batch


@given(workloads(), st.integers(12, 20))
def test_each_part_conserves_value_and_covers_its_fee(workload: tuple[list[Leaf], int], max_rows: int) -> None:
    leaves, fee_bps = workload
    batch = batch_of(leaves, fee_bps, max_rows)
    for part in batch.parts:
        splits = [batch.tariff.split_of(leaf) for leaf in part.leaves]
        assert part.debit_total - part.credit_total == sum(parts.fee for parts in splits)
        assert part.debit_total - part.credit_total >= fee_up(part.credit_total, Bps(fee_bps))
        assert len(part.debits) + len(part.credits) <= max_rows


@given(workloads(), st.integers(12, 20))
def test_parts_hold_each_slice_once_and_debits_rise_across_them(
    workload: tuple[list[Leaf], int], max_rows: int
) -> None:
    leaves, fee_bps = workload
    batch = batch_of(leaves, fee_bps, max_rows)
    assert Counter(batch.leaves) == Counter(leaves)
    debited = [address_bytes(row.account) for part in batch.parts for row in part.debits]
    assert debited == sorted(set(debited))


@given(workloads(), st.data())
def test_every_slice_can_be_proven_to_be_in_its_part(workload: tuple[list[Leaf], int], data: st.DataObject) -> None:
    part = batch_of(*workload).parts[0]
    index = data.draw(st.integers(0, len(part.leaves) - 1))
    proof = part.jobs.proof(index)
    assert verify_proof(part.jobs_root, leaf_hash(part.leaves[index]), index, len(part.leaves), proof)


def _spoiled(data: st.DataObject, file: bytes) -> bytes:
    start = data.draw(st.integers(0, len(file)))
    end = data.draw(st.integers(start, min(len(file), start + 40)))
    return file[:start] + data.draw(st.binary(max_size=40) | st.sampled_from(_NASTY)) + file[end:]


_NASTY = (
    b"[",
    b"]",
    b"{",
    b"\n",
    b"-1",
    b"1e9",
    b"null",
    b"true",
    b'"',
    b"99999999999999999999999999999",
    b"NaN",
    b"Infinity",
    b"1e400",
    b"1.5",
    b'"1_0"',
    b",",
)


def _respelt(data: st.DataObject, file: bytes) -> bytes:
    """Put something else in the place of one value of the file."""
    values = list(re.finditer(rb'"[^"]*"|[0-9]+', file))
    place = data.draw(st.sampled_from(values))
    return file[: place.start()] + data.draw(st.sampled_from(_NASTY)) + file[place.end() :]


@given(workloads(), st.data())
def test_a_spoiled_file_is_refused_as_such(workload: tuple[list[Leaf], int], data: st.DataObject) -> None:
    file = encode_batch(batch_of(*workload))
    spoiled = data.draw(st.sampled_from([_spoiled, _respelt]))(data, file)
    try:
        claimed = read_claimed(spoiled)
    except BatchError:
        return
    assert claimed.faults or encode_batch(claimed.batch) == spoiled
