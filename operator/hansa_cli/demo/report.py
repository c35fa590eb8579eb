"""The demonstration's two tables and its verdict."""

from collections.abc import Sequence

from rich.markup import escape

from hansa_cli.demo.proof import JobEvidence
from hansa_cli.demo.script import End
from hansa_cli.job_view import attempts_of, conditions, gpu_seconds, reason_of
from hansa_cli.listing import Listing, print_listing
from hansa_cli.screen import OUT
from hansa_cli.sheet import Sheet, list_sheet, short
from hansa_cli.verify.check import Check

HEADINGS = ("JOB", "RESULT", "ON", "TRIES", "GPU-SECONDS", "COST", "PROVIDER", "PUBLISHER", "PROTOCOL", "TRANSACTION")
NUMBERS = frozenset({"TRIES", "GPU-SECONDS", "COST", "PROVIDER", "PUBLISHER", "PROTOCOL"})
SPARE = ("TRANSACTION", "PROTOCOL", "PUBLISHER", "PROVIDER", "TRIES", "ON")


def show_report(jobs: Sequence[JobEvidence], opening: Sheet, closing: Sheet, checks: Sequence[Check]) -> None:
    """Print both tables, and every check."""
    print_listing(list_evidence(jobs, closing))
    print_listing(list_sheet(closing, opening))
    false = [check for check in checks if not check.true]
    for check in false:
        OUT.print(f"[bold red]FALSE[/] {escape(check.claim)}: {escape(check.seen)}")
        if check.look:
            OUT.print(f"      look: {escape(check.look)}")
    OUT.print(f"{len(checks) - len(false)} of {len(checks)} checks are true")


def list_evidence(jobs: Sequence[JobEvidence], sheet: Sheet) -> Listing:
    """Return the table of jobs with what each cost and who got it."""
    rows = tuple(_row(evidence, sheet) for evidence in jobs)
    sums = [sum(getattr(item.books, name) for item in jobs) for name in ("debit", "provider", "publisher", "protocol")]
    time = gpu_seconds(sum(item.books.gpu_milliseconds for item in jobs))
    total = ("sum", "", "", "", time, *map(sheet.text, sums), "")
    return Listing(f"Jobs, amounts in {sheet.symbol}", HEADINGS, rows, NUMBERS, total, SPARE)


def _row(evidence: JobEvidence, sheet: Sheet) -> tuple[str, ...]:
    books = evidence.books
    return (
        evidence.act.name,
        _result(evidence),
        ", ".join(evidence.providers) or "-",
        str(attempts_of(evidence.job)),
        gpu_seconds(books.gpu_milliseconds),
        *map(sheet.text, (books.debit, books.provider, books.publisher, books.protocol)),
        " ".join(short(tx) for tx in books.transactions) or "-",
    )


def _result(evidence: JobEvidence) -> str:
    match evidence.act.end:
        case End.DELETED:
            return "deleted half-way"
        case End.REFUSED:
            return f"refused: {conditions(evidence.job).get('Admitted', {}).get('reason', '?')}"
        case End.SUCCEEDS:
            return evidence.told or reason_of(evidence.job)[0]
