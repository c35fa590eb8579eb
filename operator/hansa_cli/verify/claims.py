"""The claims that a batch makes: it is what was posted, at the rates on chain, for work that providers signed for."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from hansa_chain.settlement import PostedPart
from hansa_cli.verify.check import Check, tell_faults
from hansa_cli.verify.facts import Facts
from hansa_cli.verify.law import receipt_fault
from hansa_protocol.batch import Batch
from hansa_protocol.eip712 import settlement_domain
from hansa_protocol.identity import Address
from hansa_protocol.leaf import Leaf
from hansa_protocol.parts import Part, name_of
from hansa_protocol.rows import credit_tree, debit_tree


def batch_checks(batch: Batch, digest: bytes, facts: Facts, *, name: str, look: str = "") -> Iterator[Check]:
    """Yield the claims of a batch whose file has this sha256."""
    for part, posted, taken in zip(batch.parts, facts.posted, facts.taken, strict=True):
        title = f"{name} part {part.index}"
        yield from post_checks(part.index, facts, title=title, look=look)
        if posted is not None:
            yield _check(
                f"{title} on chain is what its file says", _of_header(part, posted, taken, digest), posted.tx_hash
            )
    yield _check(f"{name} charges the rates on chain", _of_rates(batch, facts), f"fee {facts.fee_bps / 100:g} %")
    count = sum(1 for _ in batch.leaves)
    yield _check(f"{name}'s slices are signed by their providers", _of_receipts(batch, facts), f"{count} slices")
    yield _check(f"{name} charges no time twice", _of_times(batch.leaves), f"{count} slices")


def post_checks(index: int, facts: Facts, *, title: str, look: str = "") -> Iterator[Check]:
    """Yield what is claimed of a part whether there is a file of it or not."""
    posted = facts.posted[index]
    timely = posted is not None or facts.now <= facts.deadline
    yield Check(f"{title} is posted in time", timely, _stage(posted, facts.paid[index]), look)
    if any(facts.void[index : index + 1]):
        yield Check(f"{title} stands", False, "void: its customers have back what was taken", look)
    if posted is not None:
        for what, tx_hash in _unread(index, facts, posted):
            why = f"other contracts made transaction {tx_hash}, and this node gives no traces; give another to --rpc"
            yield Check(f"{title}: its {what} can be read", False, why, look)


def _unread(index: int, facts: Facts, posted: PostedPart) -> Iterator[tuple[str, str]]:
    """Yield what of a part cannot be read, with the transaction that has it."""
    for rows in facts.rows[index : index + 1]:
        if rows is None:
            yield "rows", posted.tx_hash
        elif rows.credits is None:
            yield "credits", posted.tx_hash
    yield from (("revealed slices", tx_hash) for tx_hash in facts.reveals(index).unread)


def _stage(posted: PostedPart | None, paid: bool) -> str:
    if posted is None:
        return "not on chain"
    return "paid" if paid else "posted, not paid yet"


def _check(claim: str, faults: Iterable[str], seen: str) -> Check:
    told = tell_faults(faults)
    return Check(claim, not told, told or seen)


def _of_header(part: Part, posted: PostedPart, rows: Mapping[Address, int], digest: bytes) -> Iterator[str]:
    header, taken = posted.header, [rows.get(row.account, 0) for row in part.debits]
    claims = (
        ("file digest", header.file_digest, digest),
        ("root of slices", header.jobs_root, part.jobs_root),
        ("number of slices", header.leaf_count, len(part.leaves)),
        ("root of debits", header.debit_root, debit_tree(part.debits, taken).root),
        ("root of credits", header.credit_root, credit_tree(part.credits).root),
        ("debits", header.debits, part.debit_total),
        ("credits", header.credits, part.credit_total),
        ("amount taken from customers", header.taken, sum(taken)),
    )
    yield from (f"the {what} differs" for what, there, here in claims if there != here)


def _of_rates(batch: Batch, facts: Facts) -> Iterator[str]:
    if batch.fee_bps != facts.fee_bps:
        yield f"the file's fee is {batch.fee_bps} bps, the chain's {facts.fee_bps}"
    for terms in batch.services:
        service = facts.services[terms.service]
        if service is None:
            yield f"service {terms.service} is not published"
        elif (service.payout, service.royalty_bps) != (terms.payout, terms.royalty_bps):
            yield f"service {terms.service} has {service.royalty_bps} bps for {service.payout} on chain"


def _of_receipts(batch: Batch, facts: Facts) -> Iterator[str]:
    domain = settlement_domain(batch.chain_id, batch.settlement)
    receipts = {signed.receipt.digest(domain): signed for signed in batch.receipts}
    for leaf in batch.leaves:
        signed = receipts.get(leaf.receipt_digest)
        fault = receipt_fault(leaf, signed, facts) if signed is not None else "the file lacks its receipt"
        if fault:
            yield f"{name_of(leaf)}: {fault}"


def _of_times(leaves: Iterable[Leaf]) -> Iterator[str]:
    attempts = defaultdict[tuple[bytes, int], list[Leaf]](list)
    for leaf in leaves:
        attempts[leaf.job_id, leaf.attempt].append(leaf)
    for own in attempts.values():
        own.sort(key=lambda leaf: leaf.from_ms)
        yield from (f"{name_of(b)} overlaps {name_of(a)}" for a, b in pairwise(own) if b.from_ms < a.to_ms)
