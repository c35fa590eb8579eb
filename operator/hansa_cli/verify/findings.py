"""What is wrong with a hub's batches, and what of the contracts is there against it: facts in, findings out."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from hansa_cli.verify.evidence import LeafAt, PartEvidence, RowAt
from hansa_cli.verify.law import Law, signer_of, title_of
from hansa_protocol.batch import Batch
from hansa_protocol.eip712 import Iou, settlement_domain
from hansa_protocol.identity import Address
from hansa_protocol.units import Wei

NOBODY_SHOWS = "and no file shows for what: none has the slices that were posted"


class Challenge(StrEnum):
    """Name what a finding is challenged with, as the contracts do."""

    DUPLICATE = "proveDuplicate"
    FAULT = "proveFault"
    ORDER = "challengeOrder"
    RECEIPT = "challengeReceipt"
    STATEMENT = "demand"
    DISPUTE = "dispute"
    CLAIM = "claim"


@dataclass(frozen=True, slots=True)
class Promise:
    """Hold an IOU that a batch does not keep, and the wei that are missing."""

    iou: Iou
    signature: bytes
    missing: Wei


@dataclass(frozen=True, slots=True)
class Finding:
    """Say what is wrong, the challenge for it, and who alone may send that (None: anybody).

    `other` is the slice that a struck one contradicts.
    """

    why: str
    challenge: Challenge
    about: LeafAt | RowAt | Promise
    sender: Address | None = None
    other: LeafAt | None = None


@dataclass(frozen=True, slots=True)
class Asking:
    """Say who looks, and what only that party knows: its orders (most wei by job id), its IOUs, slices it doubts.

    `orders` is None where nothing was said about them; of `doubted` jobs every slice is meant.
    """

    account: Address | None = None
    orders: Mapping[bytes, int] | None = None
    ious: Sequence[tuple[Iou, bytes]] = ()
    doubted: frozenset[bytes] = field(default_factory=frozenset)


def find_wrongs(parts: Sequence[PartEvidence], law: Law, asking: Asking, missed: Sequence[Batch] = ()) -> list[Finding]:
    """Return everything that is wrong and can be challenged; slices of void parts have given all money back.

    `missed` are batches of which nothing is posted, and of which it is too late to.
    """
    slices = [leaf for part in parts if not part.void for leaf in part.leaves()]
    return [
        *_contradictions(slices, law),
        *(found for leaf in slices for found in _about_leaf(leaf, law, asking)),
        *(found for part in parts for found in _about_rows(part, law, asking)),
        *_broken_promises(parts, missed, asking),
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
    if leaf.customer != asking.account:
        return
    if law.order_signers.get((leaf.customer, leaf.epoch)) is not None and (doubt := _doubt(one, law, asking)):
        yield Finding(f"{title}: {doubt}", Challenge.ORDER, one, sender=leaf.customer)
    if leaf.job_id in asking.doubted:
        yield Finding(f"{title} is not what was paid for", Challenge.DISPUTE, one, sender=leaf.customer)


def _doubt(one: LeafAt, law: Law, asking: Asking) -> str:
    """Return why a slice of the account that looks seems not to be ordered, or ""."""
    leaf = one.leaf
    if asking.orders is None:
        objection = law.objection(leaf)
        return f"{objection}, so it may never have been ordered" if objection else ""
    most = asking.orders.get(leaf.job_id)
    if most is None:
        return "no order of it is among those given"
    return f"it brings the job to {leaf.cumulative} wei, the order allows {most}" if leaf.cumulative > most else ""


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
            why = f"its slices come to {known}"
        else:
            why = f"whose slices no file shows; the hub has revealed {known} of it" if known else NOBODY_SHOWS
        told = f"{row.account} is charged {row.amount} wei in {title}, {why}"
        yield Finding(told, Challenge.STATEMENT, RowAt(part, row.account), sender=row.account)


def _broken_promises(parts: Sequence[PartEvidence], missed: Sequence[Batch], asking: Asking) -> Iterator[Finding]:
    batches = {(one.hub, one.vault, one.epoch): one for one in (*missed, *(part.batch for part in parts))}
    for iou, signature in asking.ious:
        key = (iou.hub, iou.vault, iou.epoch)
        batch = batches.get(key)
        if batch is None or iou.payee != asking.account:
            continue
        domain = settlement_domain(batch.chain_id, batch.settlement)
        own = (part for part in parts if (part.batch.hub, part.batch.vault, part.batch.epoch) == key)
        credited = sum(part.rows.credited(iou.payee) for part in own if not part.void)
        if credited < iou.cumulative and signer_of(iou.digest(domain), signature) == iou.hub:
            why = f"{iou.payee} is credited {credited} wei in epoch {iou.epoch}, IOU {iou.seq} says {iou.cumulative}"
            promise = Promise(iou, signature, Wei(iou.cumulative - credited))
            yield Finding(why, Challenge.CLAIM, promise, sender=iou.payee)
