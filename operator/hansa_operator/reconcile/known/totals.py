"""What is owed and not settled, by customer and by provider, summed over the jobs that are not done with."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from hansa_operator.core.credit.headroom import Holding
from hansa_operator.core.metering.slicing import JobSlices, JobWork, slice_job
from hansa_operator.ports.chain import ChainTimes
from hansa_operator.ports.ledger import AccountEntry, EntryState, JobRecord, SealState
from hansa_operator.reconcile.known.books import Books
from hansa_protocol.units import UnixMs, epoch_at

FRESH_MS = 500
FOREVER = 2**62

Party = tuple[str, str]
"""An account and a vault."""


@dataclass(slots=True)
class Totals:
    """Sum the money in flight, anew at most every `FRESH_MS`: many jobs decide at the same moment.

    `used` has what each job of a customer used and is in no batch; `sealed` what is in batches that are not on chain
    for good; `owed` what a provider earned and was not paid. All in wei.
    """

    books: Books
    times: ChainTimes
    used: dict[Party, dict[str, Holding]] = field(default_factory=dict)
    sealed: Counter[Party] = field(default_factory=Counter)
    owed: Counter[Party] = field(default_factory=Counter)
    read_ms: int = -FRESH_MS

    def fresh(self, now_ms: int) -> "Totals":
        """Return the sums, made anew unless that was done a moment ago; jobs that are done with are closed."""
        if now_ms - self.read_ms < FRESH_MS:
            return self
        self.used, self.sealed, self.owed = {}, Counter(), Counter()
        epoch = epoch_at(UnixMs(now_ms), self.times.epoch_seconds)
        unposted = {(seal.vault, seal.epoch) for seal in self.books.seals() if seal.state is SealState.SEALED}
        for record in self.books.active_jobs():
            work = work_of(self.books, record)
            after = slice_job(work, epoch=FOREVER, fee_bps=self.times.fee_bps)
            if after is None and is_done(work):
                self.books.close_job(record.job_id)
            self._add(work, after, epoch, unposted)
        self.read_ms = now_ms
        return self

    def _add(self, work: JobWork, after: JobSlices | None, epoch: int, unposted: set[tuple[str, int]]) -> None:
        record = work.record
        customer = (record.customer, record.vault)
        addresses = {attempt.attempt: attempt.provider_address for attempt in work.attempts}
        unsealed = after.account.entries[len(work.account.entries) :] if after is not None else ()
        for entry in (*work.account.entries, *unsealed):
            if entry.state is EntryState.SEALED:
                self.owed[addresses[entry.attempt], record.vault] += entry.provider_amount
        on_the_way = (entry for entry in work.account.entries if (record.vault, entry.batch_epoch) in unposted)
        self.sealed[customer] += sum(entry.debit for entry in on_the_way)
        self.used.setdefault(customer, {})[record.job_id] = _used(unsealed, epoch)


def _used(unsealed: Iterable[AccountEntry], epoch: int) -> Holding:
    ages: Counter[int] = Counter()
    for entry in unsealed:
        ages[min(2, max(0, epoch - entry.receipt_epoch))] += entry.debit
    return Holding(used_now=ages[0], used_last=ages[1], used_before=ages[2])


def is_done(work: JobWork) -> bool:
    """Return whether a job without work to seal is done with: nothing of it is open or unpaid."""
    paid = all(entry.state is EntryState.FINALIZED for entry in work.account.entries)
    return paid and not any(attempt.open for attempt in work.attempts)


def work_of(books: Books, record: JobRecord) -> JobWork:
    """Return what the ledger has of a job."""
    job = record.job_id
    return JobWork(record, books.attempts_of(job), books.receipts_of(job), books.account_of(job))


def active_work(books: Books, vault: str) -> Iterator[JobWork]:
    """Yield the jobs of a vault that are not done with."""
    for record in books.active_jobs():
        if record.vault == vault:
            yield work_of(books, record)
