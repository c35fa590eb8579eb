"""What the posted slices and their receipts say that everybody paid and earned, from batch files and rates alone."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from hansa_protocol.eip712 import Receipt
from hansa_protocol.leaf import Leaf
from hansa_protocol.units import Split


@dataclass(frozen=True, slots=True)
class PaidSlice:
    """Hold a slice, how its money is divided, its publisher's payout ("": none), its transaction and receipt."""

    leaf: Leaf
    split: Split
    publisher: str
    tx_hash: str
    receipt: Receipt | None = None


@dataclass(frozen=True, slots=True)
class JobBooks:
    """Hold what one job cost and who got it, in wei; `epochs` counts the settlements that it was paid in.

    `signed` is what its receipts say that providers get, for `gpu_milliseconds`.
    """

    gpu_milliseconds: int
    signed: int
    debit: int
    provider: int
    publisher: int
    protocol: int
    epochs: int
    transactions: tuple[str, ...]


EMPTY = JobBooks(0, 0, 0, 0, 0, 0, 0, ())


def books_of(slices: Iterable[PaidSlice]) -> JobBooks:
    """Return one job's books."""
    known = sorted(slices, key=lambda item: item.leaf.seq)
    receipts = last_receipts(known)
    return JobBooks(
        gpu_milliseconds=sum(receipt.gpu_milliseconds for receipt in receipts),
        signed=sum(receipt.provider_amount for receipt in receipts),
        debit=sum(item.split.debit for item in known),
        provider=sum(item.split.provider for item in known),
        publisher=sum(item.split.royalty for item in known),
        protocol=sum(item.split.fee for item in known),
        epochs=len({item.leaf.epoch for item in known}),
        transactions=tuple(dict.fromkeys(item.tx_hash for item in known)),
    )


def last_receipts(slices: Iterable[PaidSlice]) -> list[Receipt]:
    """Return the newest receipt of each attempt and epoch among those that one job's slices cite."""
    cited = [item.receipt for item in slices if item.receipt is not None]
    return list({(one.attempt, one.epoch): one for one in sorted(cited, key=lambda one: one.seq)}.values())


def movements(slices: Iterable[PaidSlice], treasury: str) -> dict[str, int]:
    """Return by how many wei each account's vault balance must have moved because of these slices."""
    moved: Counter[str] = Counter()
    for item in slices:
        moved[item.leaf.customer] -= item.split.debit
        moved[item.leaf.provider] += item.split.provider
        moved[treasury] += item.split.fee
        if item.publisher:
            moved[item.publisher] += item.split.royalty
    return dict(moved)


def faults_of(slices: Iterable[PaidSlice]) -> list[str]:
    """Return what is wrong with one job's slices: gaps, falling totals, overlapping time."""
    known = sorted(slices, key=lambda item: item.leaf.seq)
    faults, total = [], 0
    for position, item in enumerate(known):
        total += item.split.debit
        if item.leaf.seq != position:
            faults.append(f"slice {position} is missing or paid twice (found seq {item.leaf.seq})")
        if item.leaf.cumulative != total:
            faults.append(f"slice {position} says {item.leaf.cumulative} wei in total, its slices sum to {total}")
    for before, after in pairwise(known):
        if before.leaf.attempt == after.leaf.attempt and after.leaf.from_ms < before.leaf.to_ms:
            faults.append(f"slices {before.leaf.seq} and {after.leaf.seq} charge the same time")
    return faults
