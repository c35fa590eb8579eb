"""What an attempt leaves behind: its log, the runner's report, and the outputs that the report vouches for."""

import asyncio
from dataclasses import asdict, replace

from hansa_operator.ports.intake import IntakeRefused, RunReport
from hansa_operator.ports.ledger import ReportRecord
from hansa_operator.ports.store import Store
from hansa_operator.reconcile.intake.outputs import summarise_zip
from hansa_operator.reconcile.intake.roster import Placement, final_receipt
from hansa_operator.reconcile.known.books import Books
from hansa_operator.reconcile.turns import Turns

MIB = 1024 * 1024
MAX_LOG_BYTES = 64 * MIB
MAX_RESULT_BYTES = 64 * MIB


class Deliveries:
    """Keep logs, reports and results in the store."""

    def __init__(self, store: Store, books: Books) -> None:
        self._store, self._books = store, books
        self._turns = Turns()

    async def log(self, placement: Placement, offset: int, data: bytes) -> int:
        """Append to a log and return its size; raises IntakeRefused 413 beyond the bound, StoreError GAP or FULL."""
        if offset + len(data) > MAX_LOG_BYTES:
            what = f"a log has at most {MAX_LOG_BYTES // MIB} MiB, the rest is not kept: write less, or write an output"
            raise IntakeRefused(413, "LogFull", what)
        return await self._store.logs.append(placement.job.job_id, placement.attempt.attempt, offset, data)

    async def report(self, placement: Placement, report: RunReport) -> bool:
        """Keep the runner's report; returns whether it said something new. Raises IntakeRefused 409 after the end."""
        attempt = placement.attempt
        async with self._turns.of(attempt.key):
            known = self._books.ledger.reports.get(attempt.key)
            blob = known.result_blob if known and known.result_digest == report.result_digest else ""
            record = ReportRecord(attempt.job_id, attempt.attempt, **asdict(report), result_blob=blob)
            if record == known:
                return False
            if final_receipt(self._books, attempt) is not None:
                what = "the attempt's final receipt came, and its report goes before: what was signed is not changed"
                raise IntakeRefused(409, "AttemptIsOver", what)
            await self._books.ledger.reports.put(record.key, record)
            return True

    async def result(self, placement: Placement, data: bytes) -> str:
        """Keep the zip of the outputs that the report names and return its sha256; raises IntakeRefused."""
        if len(data) > MAX_RESULT_BYTES:
            what = f"a result has at most {MAX_RESULT_BYTES // MIB} MiB: write less to HANSA_OUTPUT_DIR"
            raise IntakeRefused(413, "TooLarge", what)
        async with self._turns.of(placement.attempt.key):
            report = self._books.ledger.reports.get(placement.attempt.key)
            if report is None:
                what = "the report says which outputs to expect: send it first, then the result again"
                raise IntakeRefused(425, "ReportFirst", what)
            outputs = await asyncio.to_thread(summarise_zip, data)
            if outputs.digest != report.result_digest:
                what = f"the outputs' digest is {outputs.digest}, the report says {report.result_digest}: send those"
                raise IntakeRefused(409, "DigestMismatch", what)
            blob = await self._store.blobs.put(data)
            if report.result_blob != blob:
                await self._books.ledger.reports.put(report.key, replace(report, result_blob=blob))
            return blob
