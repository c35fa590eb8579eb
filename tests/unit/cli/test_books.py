"""The demonstration's own accounting, from slices alone."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from hansa_cli.demo.books import PaidSlice, books_of, faults_of, movements
from hansa_protocol.eip712 import Receipt
from hansa_protocol.identity import Address
from hansa_protocol.leaf import Leaf, leaf_split
from hansa_protocol.units import GpuMilliseconds, Wei, provider_amount_down

CUSTOMER, PROVIDER, PUBLISHER, TREASURY, HUB, VAULT = (Address("0x" + digit * 40) for digit in "123456")
JOB = b"j" * 32
PRICE = 1_800_000


def slices(durations: list[int], *, royalty_bps: int = 500, price: int = PRICE) -> list[PaidSlice]:
    """Return the slices of one job, one an epoch."""
    paid: list[PaidSlice] = []
    start = total = 0
    for seq, took in enumerate(durations):
        amount = provider_amount_down(GpuMilliseconds(took), Wei(price))
        leaf = Leaf(
            100 + seq, JOB, seq, 0, start, start + took, 0, CUSTOMER, PROVIDER, 1, amount, 0, bytes(32), bytes(32)
        )
        receipt = Receipt(HUB, VAULT, CUSTOMER, JOB, 0, 100 + seq, 1, start, start + took, took, amount, 0, bytes(32))
        split = leaf_split(leaf, royalty_bps, 250)
        total += split.debit
        paid.append(
            PaidSlice(replace(leaf, cumulative=total), split, PUBLISHER if royalty_bps else "", f"0x{seq}", receipt)
        )
        start += took
    return paid


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=8), st.integers(1, 10**21), st.sampled_from([0, 1, 500]))
def test_what_everybody_gains_is_what_the_customer_pays(durations: list[int], price: int, royalty_bps: int) -> None:
    paid = slices(durations, price=price, royalty_bps=royalty_bps)
    moved = movements(paid, TREASURY)
    assert sum(moved.values()) == 0
    books = books_of(paid)
    assert books.debit == -moved[CUSTOMER] == books.provider + books.publisher + books.protocol


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=8))
def test_gpu_time_is_what_providers_signed_for(durations: list[int]) -> None:
    books = books_of(slices(durations))
    assert (books.gpu_milliseconds, books.signed) == (sum(durations), books.provider)
    assert books.epochs == len(durations)


def test_of_two_receipts_of_one_epoch_the_later_counts() -> None:
    (paid,) = slices([5000])
    assert paid.receipt is not None
    later = replace(paid, receipt=replace(paid.receipt, seq=2, gpu_milliseconds=7000))
    assert books_of([later, paid]).gpu_milliseconds == 7000


def test_good_slices_have_no_faults() -> None:
    assert faults_of(slices([5000, 20_000, 7000])) == []


def test_a_missing_slice_is_a_fault() -> None:
    assert "slice 1 is missing" in " ".join(faults_of([slices([5000, 20_000, 7000])[index] for index in (0, 2)]))


def test_time_charged_twice_is_a_fault() -> None:
    first, second = slices([5000, 20_000])
    overlapping = replace(second, leaf=replace(second.leaf, from_ms=4000))
    assert faults_of([first, overlapping]) == ["slices 0 and 1 charge the same time"]


def test_a_total_that_is_not_the_sum_is_a_fault() -> None:
    (only,) = slices([5000])
    wrong = replace(only, leaf=replace(only.leaf, cumulative=only.leaf.cumulative + 1))
    assert len(faults_of([wrong])) == 1
