"""The ledger as the operator asks it: by job, by provider, and what is open right now."""

from collections.abc import Callable, Iterator

from hansa_operator.ports.ledger import (
    AccountRecord,
    AttemptRecord,
    CoverageRecord,
    JobRecord,
    ReceiptRecord,
    ReportRecord,
    SealRecord,
    TransactionRecord,
    attempt_key,
)
from hansa_operator.ports.store import Ledger
from hansa_operator.reconcile.turns import Turns


class Books:
    """Read the ledger from memory; write it durably. Every writer of attempts goes through here."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self._open = {key: record for key, record in ledger.attempts.scan() if record.open}
        self._submissions = {record.submission_id: key for key, record in ledger.attempts.scan()}
        self._active = {job_id for job_id, _ in ledger.jobs.scan()}
        self._closed: dict[str, int] = {}
        self._changing = Turns()
        for _, seal in ledger.seals.scan():
            self.close_epoch(seal.vault, seal.epoch)

    def job(self, job_id: str) -> JobRecord | None:
        """Return a job's terms, or None before it was admitted."""
        return self.ledger.jobs.get(job_id)

    def active_jobs(self) -> Iterator[JobRecord]:
        """Yield the terms of jobs that may hold capacity or have work that is not paid: all that were not closed."""
        for job_id in tuple(self._active):
            found = self.job(job_id)
            if found is not None:
                yield found

    def is_active(self, job_id: str) -> bool:
        """Return whether a job is one of those."""
        return job_id in self._active

    def close_job(self, job_id: str) -> None:
        """Stop counting a job as active; whatever is written of it later makes it active again."""
        self._active.discard(job_id)

    def attempts_of(self, job_id: str) -> tuple[AttemptRecord, ...]:
        """Return a job's attempts in order."""
        return tuple(record for _, record in self.ledger.attempts.scan(f"{job_id}."))

    def attempt(self, job_id: str, number: int) -> AttemptRecord | None:
        """Return one attempt."""
        return self.ledger.attempts.get(attempt_key(job_id, number))

    def attempt_of(self, submission_id: str) -> AttemptRecord | None:
        """Return the attempt that was submitted under this id."""
        key = self._submissions.get(submission_id)
        return self.ledger.attempts.get(key) if key else None

    def open_attempts(self) -> Iterator[AttemptRecord]:
        """Yield the attempts that hold capacity."""
        yield from tuple(self._open.values())

    def all_attempts(self) -> Iterator[AttemptRecord]:
        """Yield every attempt."""
        for _, record in self.ledger.attempts.scan():
            yield record

    def receipts_of(self, job_id: str) -> tuple[ReceiptRecord, ...]:
        """Return a job's receipts, by attempt and epoch."""
        return tuple(record for _, record in self.ledger.receipts.scan(f"{job_id}."))

    def reports_of(self, job_id: str) -> tuple[ReportRecord, ...]:
        """Return the runners' reports of a job."""
        return tuple(record for _, record in self.ledger.reports.scan(f"{job_id}."))

    def coverage_of(self, job_id: str, attempt: int) -> CoverageRecord:
        """Return the witnessed time of an attempt."""
        found = self.ledger.coverage.get(attempt_key(job_id, attempt))
        return found or CoverageRecord(job_id, attempt, ())

    def account_of(self, job_id: str) -> AccountRecord:
        """Return what was sealed of a job."""
        return self.ledger.accounts.get(job_id) or AccountRecord(job_id)

    def seals(self, vault: str = "") -> Iterator[SealRecord]:
        """Yield the sealed epochs, of one vault in order or of all."""
        for _, record in self.ledger.seals.scan(f"{vault}." if vault else ""):
            yield record

    def seal_named(self, settlement_name: str) -> SealRecord | None:
        """Return the seal that a Settlement object stands for."""
        return next((seal for seal in self.seals() if seal.settlement_name == settlement_name), None)

    def close_epoch(self, vault: str, epoch: int) -> None:
        """Say that an epoch is being sealed: what is taken from now on goes into a later batch."""
        self._closed[vault] = max(epoch, self._closed.get(vault, -1))

    def first_open_epoch(self, vault: str) -> int:
        """Return the earliest epoch whose batch can still hold what is taken now."""
        return self._closed.get(vault, -1) + 1

    def transaction(self, subject: str, part: int, action: str) -> TransactionRecord | None:
        """Return the last transaction that was meant to be sent for something."""
        return self.ledger.transactions.get(f"{subject}.{part:04d}.{action}")

    async def put_attempt(self, record: AttemptRecord) -> None:
        """Write an attempt."""
        await self.ledger.attempts.put(record.key, record)
        self._active.add(record.job_id)
        self._submissions[record.submission_id] = record.key
        if record.open:
            self._open[record.key] = record
        else:
            self._open.pop(record.key, None)

    async def put_receipt(self, record: ReceiptRecord) -> None:
        """Write a receipt; its job is active until it is paid."""
        await self.ledger.receipts.put(record.key, record)
        self._active.add(record.job_id)

    async def change_account(self, job_id: str, change: Callable[[AccountRecord], AccountRecord]) -> None:
        """Write what was sealed of a job anew: changes of one account follow each other, so that none undoes another.

        An epoch is paid while the next one is sealed.
        """
        async with self._changing.of(job_id):
            record = change(self.account_of(job_id))
            await self.ledger.accounts.put(record.key, record)
        self._active.add(job_id)

    async def put_job(self, record: JobRecord) -> None:
        """Write a job's terms."""
        if self.job(record.job_id) != record:
            await self.ledger.jobs.put(record.key, record)
        self._active.add(record.job_id)
