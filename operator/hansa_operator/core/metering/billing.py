"""Billing: which metered work of a job is in no slice yet, and what it costs."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from hansa_operator.core.market.quote import Terms, affordable_milliseconds, cost_of
from hansa_operator.ports.ledger import FOREVER_MS, AccountRecord, AttemptRecord, JobRecord, ReceiptRecord
from hansa_protocol.units import Split


@dataclass(frozen=True, slots=True)
class OpenSlice:
    """Describe work that can be sealed: [from_ms, to_ms) of a receipt, what of it is billed, and how that is split."""

    attempt: AttemptRecord
    receipt: ReceiptRecord
    from_ms: int
    to_ms: int
    gpu_milliseconds: int
    split: Split


def unbilled(
    job: JobRecord,
    attempts: Sequence[AttemptRecord],
    receipts: Iterable[ReceiptRecord],
    account: AccountRecord,
    terms: Terms,
) -> Iterator[OpenSlice]:
    """Yield a job's unsealed work within what it was admitted for, oldest first."""
    most = most_of(job, attempts, terms)
    return open_slices(attempts, receipts, account, terms, max_amount=most, until_ms=job.until_ms)


def most_of(job: JobRecord, attempts: Iterable[AttemptRecord], terms: Terms) -> int:
    """Return the most that a job can cost (wei), as quoted: its budget, or what its active deadline costs if less.

    An operator that was away stops a job late; what ran beyond the deadline is the hub's loss.
    """
    if job.active_deadline_ms is None:
        return job.max_amount
    costs = [cost_of(job.active_deadline_ms * one.gpus, one.unit_price, terms).debit for one in attempts]
    return min(job.max_amount, max(costs, default=0))


def open_slices(
    attempts: Iterable[AttemptRecord],
    receipts: Iterable[ReceiptRecord],
    account: AccountRecord,
    terms: Terms,
    *,
    max_amount: int,
    until_ms: int = FOREVER_MS,
) -> Iterator[OpenSlice]:
    """Yield a job's unsealed work, oldest first.

    What is beyond the budget (wei, all attempts together), or after `until_ms`, is not billed: the hub promised that
    and bears it. Work that costs nothing makes no slice.
    """
    known = {attempt.attempt: attempt for attempt in attempts}
    left = max_amount - sum(entry.debit for entry in account.entries)
    for receipt in sorted(receipts, key=lambda one: (one.attempt, one.epoch)):
        if receipt.attempt not in known:
            continue
        found = _slice(known[receipt.attempt], receipt, account, terms, left=left, until_ms=until_ms)
        if found is not None:
            left -= found.split.debit
            yield found


def _slice(
    attempt: AttemptRecord, receipt: ReceiptRecord, account: AccountRecord, terms: Terms, *, left: int, until_ms: int
) -> OpenSlice | None:
    sealed = [
        entry for entry in account.entries if (entry.attempt, entry.receipt_epoch) == (receipt.attempt, receipt.epoch)
    ]
    from_ms, to_ms = max([receipt.from_ms, *(entry.to_ms for entry in sealed)]), min(receipt.to_ms, until_ms)
    unsealed = receipt.billable_gpu_milliseconds - sum(entry.gpu_milliseconds for entry in sealed)
    # Nobody could check more than all GPUs over the slice's own time.
    milliseconds = min(unsealed, attempt.gpus * (to_ms - from_ms))
    if milliseconds <= 0:
        return None
    split = cost_of(milliseconds, attempt.unit_price, terms)
    if split.debit > left:
        milliseconds = affordable_milliseconds(max(0, left), gpus=1, unit_price=attempt.unit_price, terms=terms)
        split = cost_of(milliseconds, attempt.unit_price, terms)
    if split.debit == 0:
        return None
    return OpenSlice(attempt, receipt, from_ms, to_ms, milliseconds, split)
