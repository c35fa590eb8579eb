"""What is wrong with a hub's batches, and what of the contracts is there against it: facts in, findings out."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from hansa_cli.coin import Coin
from hansa_cli.verify.evidence import CreditAt, LeafAt, PartEvidence, RowAt
from hansa_cli.verify.law import Law, title_of
from hansa_cli.verify.promises import Promise, gather_promises
from hansa_protocol.batch import Batch
from hansa_protocol.eip712 import Iou
from hansa_protocol.identity import Address

NOBODY_SHOWS = "and no file shows for what: none has the slices that were posted"


class Challenge(StrEnum):
    """Name what a finding is challenged with, as the contracts do."""

    DUPLICATE = "proveDuplicate"
    FAULT = "proveFault"
    ORDER = "challengeOrder"
    RECEIPT = "challengeReceipt"
    STATEMENT = "demand"
    DISPUTE = "dispute"
    HELD = "expire"
    CONCEDED = "concede"
    CONCEDED_BY_HUB = "concedeByHub"
    PAYMENT = "finalizeRow"
    CLAIM = "claim"

    @property
    def about_dispute(self) -> bool:
        """Return whether it answers a dispute, or ends it."""
        return self in (Challenge.HELD, Challenge.CONCEDED, Challenge.CONCEDED_BY_HUB)


@dataclass(frozen=True, slots=True)
class Finding:
    """Say what is wrong, the challenge for it, and who alone may send that (None: anybody).

    `other` is the slice that a struck one contradicts.
    """

    why: str
    challenge: Challenge
    about: LeafAt | RowAt | CreditAt | Promise
    sender: Address | None = None
    other: LeafAt | None = None

    @property
    def wrong(self) -> bool:
        """Return whether anything is wrong: a row that is not paid yet, or a slice that is disputed, may be right."""
        return self.challenge is not Challenge.PAYMENT and not self.challenge.about_dispute


@dataclass(frozen=True, slots=True)
class Asking:
    """Say who looks, and what only that party knows: its orders (most wei by job id), its IOUs, slices it doubts.

    `orders` is None where nothing was said about them; of `doubted` jobs every slice is meant, of `conceded` ones every
    slice that is disputed.
    """

    account: Address | None = None
    orders: Mapping[bytes, int] | None = None
    ious: Sequence[tuple[Iou, bytes]] = ()
    doubted: frozenset[bytes] = field(default_factory=frozenset)
    conceded: frozenset[bytes] = field(default_factory=frozenset)


def find_wrongs(
    parts: Sequence[PartEvidence], law: Law, asking: Asking, blank: Sequence[tuple[Batch, Sequence[int]]] = ()
) -> list[Finding]:
    """Return everything that is wrong and can be challenged; slices of void parts have given all money back.

    `blank` are batches without rows: nothing is posted, and it is too late to, or these parts of it cannot be read.
    """
    slices = [leaf for part in parts if not part.void for leaf in part.leaves()]
    promises = gather_promises(asking.ious, asking.account, parts, blank)
    return [
        *_contradictions(slices, law),
        *(found for leaf in slices for found in _about_leaf(leaf, law, asking)),
        *(found for part in parts for found in _about_rows(part, law, asking)),
        *(found for one in promises for found in _about_promise(one, law.coin)),
    ]


def _contradictions(slices: Iterable[LeafAt], law: Law) -> Iterator[Finding]:
    jobs = defaultdict[tuple[Address, Address, bytes], list[LeafAt]](list)
    for one in slices:
        jobs[one.place.batch.hub, one.place.batch.vault, one.leaf.job_id].append(one)
    for own in jobs.values():
        kept: list[LeafAt] = []
        for one in sorted(own, key=lambda leaf: leaf.age):
            found = next(((old, why) for old in kept if (why := law.contradict(old.leaf, one.leaf))), None)
            if found is None:
                kept.append(one)
            else:
                yield _contradiction(one, found[0], found[1], law)


def _contradiction(young: LeafAt, old: LeafAt, why: str, law: Law) -> Finding:
    # Of two in one epoch either may be struck: the dearer one, so that a hub wins nothing by adding it.
    same = young.place.batch.epoch == old.place.batch.epoch
    swapped = same and law.debit_of(old.leaf) > law.debit_of(young.leaf)
    struck, other = (old, young) if swapped else (young, old)
    told = f"{title_of(struck.leaf)} {why} {title_of(other.leaf)}"
    return Finding(told, Challenge.DUPLICATE, struck, other=other)


def _about_leaf(one: LeafAt, law: Law, asking: Asking) -> Iterator[Finding]:
    leaf, title = one.leaf, title_of(one.leaf)
    if fault := law.fault_of(leaf, one.place.batch.epoch):
        yield Finding(f"{title} {fault}", Challenge.FAULT, one)
    # Whether there is a receipt of a slice that no file has, only its provider may want to see.
    if (objection := law.objection(leaf)) and (one.place.provable or leaf.provider == asking.account):
        yield Finding(f"{title}: {objection}", Challenge.RECEIPT, one, sender=leaf.provider)
    if one.index in one.place.disputed and asking.account in (leaf.provider, one.place.batch.hub):
        yield _disputed(one, asking)
    if leaf.customer != asking.account:
        return
    if law.order_signers.get((leaf.customer, leaf.epoch)) is not None and (doubt := _doubt(one, law, asking)):
        yield Finding(f"{title}: {doubt}", Challenge.ORDER, one, sender=leaf.customer)
    if leaf.job_id in asking.doubted:
        yield Finding(f"{title} is not what was paid for", Challenge.DISPUTE, one, sender=leaf.customer)


def _disputed(one: LeafAt, asking: Asking) -> Finding:
    told = f"{title_of(one.leaf)} is disputed by its customer, and its credit is held"
    if one.leaf.job_id not in asking.conceded:
        return Finding(told, Challenge.HELD, one)
    by_provider = one.leaf.provider == asking.account
    return Finding(told, Challenge.CONCEDED if by_provider else Challenge.CONCEDED_BY_HUB, one, sender=asking.account)


def _doubt(one: LeafAt, law: Law, asking: Asking) -> str:
    """Return why a slice of the account that looks seems not to be ordered, or ""."""
    leaf = one.leaf
    if asking.orders is None:
        objection = law.objection(leaf)
        return f"{objection}, so it may never have been ordered" if objection else ""
    most = asking.orders.get(leaf.job_id)
    if most is None:
        return "no order of it is among those given"
    allowed = f"it brings the job to {law.coin.text(leaf.cumulative)}, the order allows {law.coin.text(most)}"
    return allowed if leaf.cumulative > most else ""


def _about_rows(part: PartEvidence, law: Law, asking: Asking) -> Iterator[Finding]:
    sums = defaultdict[Address, int](int)
    for one in part.leaves():
        sums[one.leaf.customer] += law.debit_of(one.leaf)
    title = f"part {part.part.index} of epoch {part.batch.epoch}"
    for row in part.rows.debits:
        known = sums[row.account]
        # What slices nobody shows are for, only whom they charge may want to know.
        if row.amount <= known or not (part.provable or asking.account in (None, row.account)):
            continue
        if part.provable:
            why = f"its slices come to {law.coin.text(known)}"
        elif known:
            why = f"whose slices no file shows; the hub has revealed {law.coin.text(known)} of it"
        else:
            why = NOBODY_SHOWS
        told = f"{row.account} is charged {law.coin.text(row.amount)} in {title}, {why}"
        yield Finding(told, Challenge.STATEMENT, RowAt(part, row.account), sender=row.account)


def _about_promise(promise: Promise, coin: Coin) -> Iterator[Finding]:
    """Yield the rows that are not paid, then what no row reaches: rows are paid before the rest is claimed."""
    iou = promise.iou
    if promise.paid >= iou.cumulative:
        return
    said = f"IOU {iou.seq} says {coin.text(iou.cumulative)}"
    for one in promise.unpaid:
        title = f"part {one.place.part.index} of epoch {iou.epoch}"
        why = f"{title} credits {iou.payee} {coin.text(one.row.amount)} and has not paid it, {said}"
        yield Finding(why, Challenge.PAYMENT, one)
    if promise.credited < iou.cumulative:
        why = f"{iou.payee} is credited {coin.text(promise.credited)} in epoch {iou.epoch}, {said}"
        if promise.unread:
            why += f"; what part {', '.join(map(str, promise.unread))} credits cannot be read"
        yield Finding(why, Challenge.CLAIM, promise, sender=iou.payee)
