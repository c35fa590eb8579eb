"""The ledger's records: what was agreed, what ran, what was receipted, sealed and sent.

Hex strings are lower case with 0x for 32-byte values and checksummed for addresses; amounts are wei, times unix ms.
"""

from dataclasses import dataclass
from enum import StrEnum

FOREVER_MS = 2**63


@dataclass(frozen=True, slots=True)
class OrderRecord:
    """Keep the order that a job runs by, to be shown whenever somebody doubts it; `expires_at` in unix seconds."""

    hub: str
    vault: str
    customer: str
    service: int
    spec_digest: str
    max_amount: int
    nonce: int
    expires_at: int
    signature: str


@dataclass(frozen=True, slots=True)
class JobRecord:
    """State who pays whom for a job; written at admission, before anything runs.

    `active_deadline_ms` is for all attempts together.
    """

    job_id: str
    namespace: str
    name: str
    uid: str
    customer: str
    vault: str
    service: int
    publisher: str
    royalty_bps: int
    max_amount: int
    digest: str
    idempotency_key: str
    code_digest: str
    order: OrderRecord | None = None
    active_deadline_ms: int | None = None

    @property
    def key(self) -> str:
        """Return the table key."""
        return self.job_id

    @property
    def until_ms(self) -> int:
        """Return the moment (unix ms) from which on nothing of the job is charged."""
        return self.order.expires_at * 1000 if self.order is not None else FOREVER_MS


class Outcome(StrEnum):
    """Tell how an attempt ended, as observed (Ray's job status and the receipt), never as a submitter's exit code."""

    RUNNING = "Running"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"
    STOPPED = "Stopped"
    LOST = "Lost"


@dataclass(frozen=True, slots=True)
class AttemptRecord:
    """State one attempt's terms and end; written before the submission and again at the end."""

    job_id: str
    attempt: int
    submission_id: str
    namespace: str
    provider: str
    provider_address: str
    receipt_key: str
    unit_price: int
    gpu_model: str
    workers: int
    gpus_per_worker: int
    placed_ms: int
    ended_ms: int | None = None
    outcome: Outcome = Outcome.RUNNING
    stop_reason: str = ""
    stop_ms: int | None = None
    message: str = ""

    @property
    def key(self) -> str:
        """Return the table key; attempts of one job sort in order."""
        return attempt_key(self.job_id, self.attempt)

    @property
    def gpus(self) -> int:
        """Return the GPUs of all workers together."""
        return self.workers * self.gpus_per_worker

    @property
    def open(self) -> bool:
        """Return whether the attempt still holds capacity."""
        return self.ended_ms is None


def attempt_key(job_id: str, attempt: int) -> str:
    """Return the key of an attempt; three digits keep text order and number order the same."""
    return f"{job_id}.{attempt:03d}"


@dataclass(frozen=True, slots=True)
class CoverageRecord:
    """Keep the time that heartbeats witnessed for an attempt: disjoint rising [from, to) in the hub's unix ms."""

    job_id: str
    attempt: int
    intervals: tuple[tuple[int, int], ...]
    unwitnessed_ms: int = 0

    @property
    def key(self) -> str:
        """Return the table key."""
        return attempt_key(self.job_id, self.attempt)


@dataclass(frozen=True, slots=True)
class ReceiptRecord:
    """Keep the latest signed receipt of (job, attempt, epoch) and what of it the hub accepts to bill."""

    job_id: str
    attempt: int
    epoch: int
    seq: int
    from_ms: int
    to_ms: int
    gpu_milliseconds: int
    provider_amount: int
    outcome: int
    result_digest: str
    signature: str
    digest: str
    accepted_ms: int
    billable_gpu_milliseconds: int

    @property
    def key(self) -> str:
        """Return the table key: all receipts of an attempt share its prefix."""
        return f"{attempt_key(self.job_id, self.attempt)}.{self.epoch:010d}"


@dataclass(frozen=True, slots=True)
class ReportRecord:
    """Keep the runner's account of an attempt and the blob that holds its outputs ("" when there are none)."""

    job_id: str
    attempt: int
    exit_code: int | None
    reason: str
    message: str
    start_ms: int
    end_ms: int
    result_digest: str
    result_bytes: int
    result_blob: str = ""

    @property
    def key(self) -> str:
        """Return the table key."""
        return attempt_key(self.job_id, self.attempt)


class EntryState(StrEnum):
    """Tell how far a slice's money is."""

    SEALED = "Sealed"
    FINALIZED = "Finalized"


@dataclass(frozen=True, slots=True)
class AccountEntry:
    """Keep one slice of a job: the batch that holds it, the receipt it came from, and its amounts in wei."""

    batch_epoch: int
    seq: int
    attempt: int
    receipt_epoch: int
    to_ms: int
    gpu_milliseconds: int
    provider_amount: int
    royalty: int
    fee: int
    debit: int
    state: EntryState


@dataclass(frozen=True, slots=True)
class AccountRecord:
    """Keep everything sealed for a job, in order of seq."""

    job_id: str
    entries: tuple[AccountEntry, ...] = ()

    @property
    def key(self) -> str:
        """Return the table key."""
        return self.job_id


class SealState(StrEnum):
    """Tell how far a sealed epoch is.

    POSTED ones are on chain for good, FINALIZED ones paid; MISSED ones never reached the chain in time, and their
    slices are open again.
    """

    SEALED = "Sealed"
    POSTED = "Posted"
    FINALIZED = "Finalized"
    MISSED = "Missed"


@dataclass(frozen=True, slots=True)
class SealRecord:
    """Fix what an epoch of a vault holds: once written, the epoch is never built again."""

    vault: str
    epoch: int
    batch_digest: str
    batch_size: int
    settlement_name: str
    parts: int
    sealed_ms: int
    state: SealState = SealState.SEALED

    @property
    def key(self) -> str:
        """Return the table key; seals of a vault sort by epoch."""
        return f"{self.vault}.{self.epoch:010d}"


@dataclass(frozen=True, slots=True)
class TransactionRecord:
    """Record the intent of a transaction before it is sent, so that a restart looks before it acts.

    `subject` names what it is about: a settlement, or a credit line.
    """

    subject: str
    part: int
    action: str
    tx_hash: str
    nonce: int
    sent_ms: int
    attempts: int

    @property
    def key(self) -> str:
        """Return the table key."""
        return f"{self.subject}.{self.part:04d}.{self.action}"
