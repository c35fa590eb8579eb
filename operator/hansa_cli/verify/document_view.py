"""What `hansa verify` prints of one batch before it judges: its source, and a bill."""

from collections.abc import Iterator

from hansa_chain.rpc import BlockStamp
from hansa_cli.listing import print_listing
from hansa_cli.screen import OUT, busy
from hansa_cli.verify.bill import Bill, bill_checks, bill_of, promise_checks
from hansa_cli.verify.check import Check
from hansa_cli.verify.documents import Document
from hansa_cli.verify.findings import Asking
from hansa_cli.verify.posts import list_posts, tell_cover, tell_rows
from hansa_cli.verify.report import list_bill
from hansa_cli.verify.request import nothing_posted, promises


def show_document(document: Document, asking: Asking, at: BlockStamp) -> list[Check]:
    """Print where a batch comes from and what the asking account has of it; return its claims, with their verdicts."""
    batch, facts = document.batch, document.facts
    claimable = facts.missed and promises(asking.ious, document)
    if document.file is None and not any(facts.posted) and not claimable:
        last = document.registers.settlement.last_epoch(batch.hub, batch.vault, at=at)
        raise nothing_posted(document, last.epoch if last else None)
    _show_source(document, at)
    OUT.print(f"settlement {batch.settlement} on chain {batch.chain_id}, read at block {at.number}", markup=False)
    OUT.print("Is that the settlement that your credit line or your bond names? Nothing here can know it for you.\n")
    checks = list(document.checks())
    if asking.account is not None:
        bill = bill_of(batch, facts, asking.account)
        checks += _show_bill(document, bill, asking)
    return checks


def _show_source(document: Document, at: BlockStamp) -> None:
    """Print where slices come from, and without a file what the chain has instead."""
    batch, settlement = document.batch, document.registers.settlement
    if document.file is not None:
        leaves = sum(len(part.leaves) for part in batch.parts)
        about = f"{leaves} slices, {len(batch.receipts)} receipts"
        OUT.print(f"epoch {batch.epoch} of hub {batch.hub}: {about}", markup=False)
        return
    OUT.print(f"epoch {batch.epoch} of hub {batch.hub}: read from the chain alone, without a file", markup=False)
    print_listing(list_posts(batch, document.facts))
    with busy("reading the hub's bond"):
        bond = settlement.bond_of(batch.hub, batch.vault, at=at)
        cover = list(tell_cover(document.facts, bond, settlement.params(at=at).settle_seconds))
    for line in cover:
        OUT.print(line, markup=False)


def _show_bill(document: Document, bill: Bill, asking: Asking) -> Iterator[Check]:
    batch = document.batch
    if document.file is not None or bill.lines:
        print_listing(list_bill(bill, batch))
    if document.file is not None:
        return bill_checks(bill, batch, asking.ious)
    for line in tell_rows(bill, document.facts):
        OUT.print(line, markup=False)
    # Slices that nobody shows are no sum; what they are for is found row by row.
    return promise_checks(bill, batch, asking.ious)
