"""What `hansa verify` prints: a bill as a table, and every claim with its verdict."""

from collections.abc import Iterable

from rich.markup import escape

from hansa_cli.job_view import gpu_seconds
from hansa_cli.listing import Listing
from hansa_cli.screen import OUT
from hansa_cli.sheet import short
from hansa_cli.verify.bill import Bill
from hansa_cli.verify.check import Check, Tally
from hansa_protocol.batch import Batch
from hansa_protocol.eip712 import settlement_domain

HEADINGS = ("JOB", "SLICE", "ATTEMPT", "SIGNED GPU-SECONDS", "AS", "AMOUNT")


def show_checks(checks: Iterable[Check]) -> None:
    """Print a line for each claim; of many false ones that look alike only the first."""
    tally = Tally()
    for check in checks:
        if not check.true and not tally.shows(check.seen):
            continue
        verdict = "[green]true [/]" if check.true else "[bold red]FALSE[/]"
        OUT.print(f"{verdict} {escape(check.claim)}: {escape(check.seen)}")
    for seen, more in tally.unshown():
        OUT.print(f"[bold red]FALSE[/] {more} more claims: {escape(seen)}")


def list_bill(bill: Bill, batch: Batch) -> Listing:
    """Return an account's bill as a table."""
    domain = settlement_domain(batch.chain_id, batch.settlement)
    signed = {one.receipt.digest(domain): one.receipt.gpu_milliseconds for one in batch.receipts}
    rows = tuple(
        (
            short("0x" + line.leaf.job_id.hex()),
            str(line.leaf.seq),
            str(line.leaf.attempt),
            gpu_seconds(signed[line.leaf.receipt_digest]) if line.leaf.receipt_digest in signed else "none",
            line.role,
            bill.coin.number(line.amount),
        )
        for line in bill.lines
    )
    total = ("sum", "", "", "", "", bill.coin.number(bill.sum_of_slices))
    return Listing(
        f"Bill of {bill.account} in {bill.coin.symbol}", HEADINGS, rows, frozenset(HEADINGS[1:4] + HEADINGS[5:]), total
    )
