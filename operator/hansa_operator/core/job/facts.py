"""What is known about one AIJob when its next step is decided, and what a decision is made of."""

from dataclasses import dataclass, replace

from hansa_operator.api.aijob import AIJob, AIJobStatus
from hansa_operator.api.provider_pool import ProviderPool
from hansa_operator.api.workload import Workload
from hansa_operator.core.market.offers import Need, Offer
from hansa_operator.core.market.quote import Terms
from hansa_operator.core.metering.billing import OpenSlice, unbilled
from hansa_operator.core.metering.obstacle import Obstacle
from hansa_operator.core.notices import Notice
from hansa_operator.core.order.signed_order import OrderObjection, SignedOrder
from hansa_operator.ports.ledger import AccountRecord, AttemptRecord, JobRecord, Outcome, ReceiptRecord, ReportRecord
from hansa_operator.ports.ray import ClusterView, RayJobView


@dataclass(frozen=True, slots=True)
class Credit:
    """Report a job's credit line: who pays in which vault, and what is left for this job in wei.

    What the job itself has reserved is not counted as taken. `lapsed` when the chain says that no line is in force;
    `stalled` when the line needs somebody to do what `message` says.
    """

    customer: str
    vault: str
    decimals: int
    symbol: str
    ready: bool
    message: str
    usable: int
    order_signer: str = ""
    lapsed: bool = False
    stalled: bool = False


@dataclass(frozen=True, slots=True)
class Product:
    """Report the AIService version that a job uses: on-chain id (None: not published yet), payout and royalty."""

    service_id: int | None
    publisher: str
    royalty_bps: int
    digest_matches: bool
    workload: Workload | None = None


@dataclass(frozen=True, slots=True)
class Twin:
    """Report another job that does the same work: with the same idempotency key and digest, or with the same order."""

    name: str
    job_id: str
    active: bool
    succeeded: bool


@dataclass(frozen=True, slots=True)
class References:
    """Hold what the job's references led to; `missing` are those that are not there, `holder` has the same order."""

    missing: tuple[str, ...]
    pool: ProviderPool | None
    namespace_allowed: bool
    credit: Credit | None
    product: Product | None
    code_digest: str
    job_digest: str
    twin: Twin | None
    pool_problem: str = ""
    order: SignedOrder | OrderObjection | None = None
    holder: Twin | None = None


@dataclass(frozen=True, slots=True)
class JobFacts:
    """Gather everything that the decision about one job depends on.

    `listening_ms` is since when agents can send to this operator (unix ms): what they owe from before comes after it.
    `obstacle` kept the job's work out of the last batch.
    """

    job: AIJob
    job_id: str
    now_ms: int
    fee_bps: int
    epoch_seconds: int
    references: References
    record: JobRecord | None
    attempts: tuple[AttemptRecord, ...]
    receipts: tuple[ReceiptRecord, ...]
    reports: tuple[ReportRecord, ...]
    account: AccountRecord
    offers: tuple[Offer, ...]
    my_turn: bool
    tie_secret: bytes
    cluster: ClusterView | None
    ray: RayJobView | None
    logs_uri: str
    result_uri: str
    last_settlement: str
    listening_ms: int = 0
    obstacle: Obstacle | None = None

    @property
    def open_attempt(self) -> AttemptRecord | None:
        """Return the attempt that holds capacity, if there is one."""
        return next((attempt for attempt in self.attempts if attempt.open), None)

    @property
    def last_attempt(self) -> AttemptRecord | None:
        """Return the newest attempt, if there is one."""
        return max(self.attempts, key=lambda attempt: attempt.attempt, default=None)

    @property
    def failures(self) -> int:
        """Return how many attempts count against `retries`."""
        return sum(attempt.outcome in (Outcome.FAILED, Outcome.LOST) for attempt in self.attempts)

    @property
    def status(self) -> AIJobStatus:
        """Return the status as the API server has it, or an empty one."""
        return self.job.status or AIJobStatus()

    @property
    def terms(self) -> Terms:
        """Return the rates that this job's money is split by."""
        return Terms(royalty_bps=self.record.royalty_bps if self.record else self._royalty_bps, fee_bps=self.fee_bps)

    @property
    def open_slices(self) -> tuple[OpenSlice, ...]:
        """Return the work that is in no batch yet."""
        if self.record is None:
            return ()
        return tuple(unbilled(self.record, self.attempts, self.receipts, self.account, self.terms))

    @property
    def _royalty_bps(self) -> int:
        return self.references.product.royalty_bps if self.references.product else 0

    def final_receipt(self, attempt: AttemptRecord) -> ReceiptRecord | None:
        """Return the attempt's receipt that states an outcome, if it has come."""
        mine = (receipt for receipt in self.receipts if receipt.attempt == attempt.attempt and receipt.outcome != 0)
        return max(mine, key=lambda receipt: receipt.epoch, default=None)

    def report(self, attempt: AttemptRecord) -> ReportRecord | None:
        """Return the runner's report of an attempt, if it has come."""
        return next((report for report in self.reports if report.attempt == attempt.attempt), None)

    def with_attempt(self, attempt: AttemptRecord) -> "JobFacts":
        """Return the facts after this attempt was added or changed."""
        others = tuple(known for known in self.attempts if known.attempt != attempt.attempt)
        return replace(self, attempts=(*others, attempt))


@dataclass(frozen=True, slots=True)
class SubmitAttempt:
    """Hand the attempt to Ray; a known submission id is left as it is. Its runner ends it after `limit_ms` at most."""

    attempt: AttemptRecord
    limit_ms: int | None


@dataclass(frozen=True, slots=True)
class StopSubmission:
    """Ask Ray to stop the attempt's submission."""

    attempt: AttemptRecord


@dataclass(frozen=True, slots=True)
class DeleteObject:
    """Delete the AIJob itself (its time to live is over)."""


Effect = SubmitAttempt | StopSubmission | DeleteObject


@dataclass(frozen=True, slots=True)
class JobDecision:
    """State a transition: records first (durable), then the finalizer, the status if it differs, and the effects.

    `reserved` is what the job holds of its credit line per epoch in wei (None: as before while an attempt is open, else
    nothing); `queued` is what it waits for in the pool's queue.
    """

    status: AIJobStatus
    records: tuple[JobRecord | AttemptRecord, ...] = ()
    finalizer: bool | None = None
    effects: tuple[Effect, ...] = ()
    notices: tuple[Notice, ...] = ()
    wake_ms: int | None = None
    reserved: int | None = None
    queued: Need | None = None
