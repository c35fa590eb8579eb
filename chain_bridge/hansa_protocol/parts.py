"""Parts: how an epoch's slices become posts that each conserve value and fit into one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from hansa_protocol.identity import ZERO_ADDRESS, Address, address_bytes
from hansa_protocol.leaf import Leaf, leaf_hash, leaf_split
from hansa_protocol.merkle import MerkleTree
from hansa_protocol.rows import Row, net_rows
from hansa_protocol.units import UINT96_MAX, Bps, Split, Wei, fee_up

MAX_ROWS = 1_000
"""Most rows, debits and credits together, that one post takes."""
MAX_PAYEES = 640
"""Most credits of a part: so many that were never paid before are paid in one transaction (some 23,000 gas each)."""


class BatchError(ValueError):
    """Raised when slices or bytes make no batch; the message names the slice and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class ServiceTerms:
    """State who gets the royalty of a service version, and how much of the provider's amount that is."""

    service: int
    payout: Address
    royalty_bps: int


@dataclass(frozen=True, slots=True)
class Part:
    """Hold what one post is made of: ordered leaves, the rows that they net to, and the tree that proves them."""

    index: int
    leaves: tuple[Leaf, ...]
    debits: tuple[Row, ...]
    credits: tuple[Row, ...]
    jobs: MerkleTree = field(compare=False, repr=False)

    @property
    def jobs_root(self) -> bytes:
        """Return the root of the leaves."""
        return self.jobs.root

    @property
    def debit_total(self) -> Wei:
        """Return the sum of the debit rows."""
        return Wei(sum(row.amount for row in self.debits))

    @property
    def credit_total(self) -> Wei:
        """Return the sum of the credit rows; the treasury gets the rest of the debits."""
        return Wei(sum(row.amount for row in self.credits))


@dataclass(frozen=True, slots=True)
class Tariff:
    """Hold the rates that turn leaves into rows."""

    services: Mapping[int, ServiceTerms]
    fee_bps: int

    def split_of(self, leaf: Leaf) -> Split:
        """Return the division of the leaf's money; raises BatchError for a service without terms."""
        return leaf_split(leaf, self._royalty_bps(leaf), self.fee_bps)

    def payees_of(self, leaf: Leaf) -> tuple[Address, ...]:
        """Return whom the leaf credits: its provider, and for the use of a service its publisher."""
        return (leaf.provider, self.services[leaf.service].payout) if leaf.service else (leaf.provider,)

    def _royalty_bps(self, leaf: Leaf) -> int:
        if not leaf.service:
            return 0
        if leaf.service not in self.services:
            raise BatchError(f"{name_of(leaf)} uses service {leaf.service}, whose royalty is not given")
        return self.services[leaf.service].royalty_bps


def name_of(leaf: Leaf) -> str:
    """Return how messages name a leaf."""
    return f"slice {leaf.seq} of job 0x{leaf.job_id.hex()}"


def leaf_order(leaf: Leaf) -> tuple[bytes, bytes, int]:
    """Return the key that puts leaves into their one order: customer, job, seq."""
    return address_bytes(leaf.customer), leaf.job_id, leaf.seq


def build_part(index: int, leaves: Sequence[Leaf], tariff: Tariff) -> Part:
    """Return the part of ordered leaves; raises BatchError when its sums fit no uint96 or do not cover the fee."""
    part = net_part(index, leaves, tariff)
    if part.debit_total > UINT96_MAX:
        raise BatchError(f"part {index} sums to {part.debit_total} wei, more than a uint96 holds: post fewer slices")
    if part.debit_total - part.credit_total < fee_up(part.credit_total, Bps(tariff.fee_bps)):
        raise BatchError(f"part {index} does not conserve value: this is a defect of the netting")
    return part


def net_part(index: int, leaves: Sequence[Leaf], tariff: Tariff) -> Part:
    """Return leaves with the rows that they net to, without judging them."""
    splits = [tariff.split_of(leaf) for leaf in leaves]
    charged = net_rows((leaf.customer, split.debit) for leaf, split in zip(leaves, splits, strict=True))
    paid = net_rows(
        pair
        for leaf, split in zip(leaves, splits, strict=True)
        for pair in zip(tariff.payees_of(leaf), (split.provider, split.royalty), strict=False)
    )
    return Part(index, tuple(leaves), charged, paid, MerkleTree([leaf_hash(leaf) for leaf in leaves]))


def divide(leaves: Iterable[Leaf], tariff: Tariff, max_rows: int) -> list[list[Leaf]]:
    """Return ordered leaves in groups of at most `max_rows` rows each; a customer is never in two of them.

    A group has at most MAX_PAYEES payees, unless one customer alone has more.
    """
    groups: list[list[Leaf]] = [[]]
    customers, payees = 0, set[Address]()
    for customer, run in groupby(leaves, key=lambda leaf: leaf.customer):
        own = list(run)
        credited = {account for leaf in own for account in tariff.payees_of(leaf)}
        if 1 + len(credited) > max_rows:
            raise BatchError(
                f"{customer} has {len(credited)} payees in one epoch, and a post takes {max_rows} rows: "
                "carry some of its jobs over to the next epoch"
            )
        together = len(payees | credited)
        if groups[-1] and (customers + 1 + together > max_rows or together > MAX_PAYEES):
            groups.append([])
            customers, payees = 0, set()
        groups[-1].extend(own)
        customers, payees = customers + 1, payees | credited
    return groups


def check_leaves(leaves: Sequence[Leaf], epoch: int, tariff: Tariff) -> None:
    """Raise BatchError unless ordered leaves are all of this epoch, cost something, are distinct and sum up per job."""
    latest: dict[bytes, Leaf] = {}
    for leaf in leaves:
        _check_alone(leaf, epoch, tariff)
        before = latest.get(leaf.job_id)
        if before is not None:
            _check_after(before, leaf, tariff)
        latest[leaf.job_id] = leaf


def _check_alone(leaf: Leaf, epoch: int, tariff: Tariff) -> None:
    if leaf.epoch != epoch:
        raise BatchError(f"{name_of(leaf)} says epoch {leaf.epoch} in a batch of epoch {epoch}")
    if leaf.from_ms > leaf.to_ms:
        raise BatchError(f"{name_of(leaf)} ends at {leaf.to_ms} ms, before it begins at {leaf.from_ms} ms")
    if leaf.audit_amount:
        raise BatchError(f"{name_of(leaf)} pays {leaf.audit_amount} wei for an audit, and no auditor is named")
    if ZERO_ADDRESS in (leaf.customer, leaf.provider):
        raise BatchError(f"{name_of(leaf)} names the zero address")
    debit = tariff.split_of(leaf).debit
    if not debit:
        raise BatchError(f"{name_of(leaf)} costs nothing: carry it over until it does")
    if (leaf.cumulative != debit) if leaf.seq == 0 else (leaf.cumulative <= debit):
        raise BatchError(f"{name_of(leaf)} costs {debit} wei, which its cumulative {leaf.cumulative} contradicts")


def _check_after(before: Leaf, leaf: Leaf, tariff: Tariff) -> None:
    if before.customer != leaf.customer:
        raise BatchError(f"{name_of(leaf)} charges {leaf.customer}, and its predecessor {before.customer}")
    if before.seq == leaf.seq:
        raise BatchError(f"{name_of(leaf)} is there twice")
    if leaf.seq != before.seq + 1:
        raise BatchError(f"{name_of(leaf)} follows slice {before.seq}: the ones between are missing")
    if leaf.cumulative != before.cumulative + tariff.split_of(leaf).debit:
        raise BatchError(f"{name_of(leaf)} has a cumulative that is not its predecessor's plus its own debit")
