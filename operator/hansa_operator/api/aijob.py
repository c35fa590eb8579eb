"""AIJob: one piece of work that a customer wants done, and what became of it."""

from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

from hansa_operator.api.aijob_parts import (
    Budget,
    Order,
    Outputs,
    Placement,
    Resources,
    Scheduling,
    ServiceRef,
    Trust,
    Verification,
    VerificationMode,
)
from hansa_operator.api.aijob_reasons import AIJobPhase, AIJobReason
from hansa_operator.api.aijob_status import AIJobStatus, AttemptStatus, JobResult, LogsAt, Quote, QuoteSplit, Usage
from hansa_operator.api.fields import NamedRef
from hansa_operator.api.meta import ObjectMeta
from hansa_operator.api.model import Model
from hansa_operator.api.rules import exactly_one, immutable, not_empty, rules, within
from hansa_operator.api.workload import Workload

__all__ = [
    "AIJob",
    "AIJobPhase",
    "AIJobReason",
    "AIJobSpec",
    "AIJobStatus",
    "AttemptStatus",
    "Budget",
    "JobResult",
    "LogsAt",
    "Order",
    "Outputs",
    "Placement",
    "Quote",
    "QuoteSplit",
    "Resources",
    "Scheduling",
    "ServiceRef",
    "Trust",
    "Usage",
    "Verification",
    "VerificationMode",
]
AFRESH = "delete the job and apply a new one under another name"
_FIXED = (
    "poolRef",
    "creditLineRef",
    "serviceRef",
    "workload",
    "resources",
    "parallelism",
    "placement",
    "budget",
    "scheduling.queue",
    "scheduling.retries",
    "scheduling.startDeadlineSeconds",
    "scheduling.activeDeadlineSeconds",
    "outputs",
    "verification",
    "idempotencyKey",
    "order",
)
_RULES = rules(
    exactly_one(
        ("serviceRef", "workload"),
        "set exactly one of serviceRef (use a published AIService) or workload (bring your own code)",
    ),
    immutable(dict.fromkeys(_FIXED, AFRESH)),
)


class AIJobSpec(Model):
    """State the work, its needs and its budget; only suspend, scheduling.priority and the ttl may be changed."""

    model_config = ConfigDict(json_schema_extra=_RULES)

    pool_ref: NamedRef = Field(
        description="ProviderPool that runs the job; an admin tells which one admits your namespace."
    )
    credit_line_ref: NamedRef = Field(description="CreditLine of this namespace that pays.")
    service_ref: ServiceRef | None = Field(default=None, description="Published product to run; or set workload.")
    workload: Workload | None = Field(default=None, description="Own code to run; or set serviceRef.")
    resources: Resources = Field(description="What each worker has.")
    parallelism: int | None = Field(
        default=None,
        json_schema_extra=within(1, 256, "the number of workers that start together"),
        description="Workers that start together (a gang), 1 to 256; absent means 1.",
    )
    placement: Placement | None = Field(
        default=None, description="Where the job may run; absent means anywhere in the pool."
    )
    budget: Budget = Field(description="Most that the job may cost.")
    scheduling: Scheduling | None = Field(default=None, description="Queue, retries and deadlines.")
    outputs: Outputs | None = Field(default=None, description="Where outputs go; absent means the hub's store.")
    verification: Verification | None = Field(
        default=None, description="How the work is checked; absent means Sampled."
    )
    idempotency_key: Annotated[str, Field(max_length=128)] | None = Field(
        default=None,
        json_schema_extra=not_empty("leave it out, or give the work a name of its own"),
        description="The same key and work in this namespace never runs or is charged twice; for GitOps re-creation.",
    )
    order: Order | None = Field(
        default=None, description="Signed order of this job, with which it runs once; the credit line may ask for one."
    )
    suspend: bool = Field(
        default=False, description="True stops the job, or keeps it from starting; false lets it go on."
    )
    ttl_seconds_after_finished: int | None = Field(
        default=None,
        json_schema_extra=within(0, 31_536_000, "seconds, at most a year; leave it out to keep the job"),
        description="Delete the AIJob that long after it is over and settled; absent keeps it.",
    )

    @property
    def retries(self) -> int:
        """Return how often a failed attempt is tried again."""
        return (self.scheduling.retries or 0) if self.scheduling else 0

    @property
    def start_deadline_seconds(self) -> int | None:
        """Return the seconds from creation within which the job must be placed, or None for any."""
        return self.scheduling.start_deadline_seconds if self.scheduling else None

    @property
    def active_deadline_seconds(self) -> int | None:
        """Return the seconds that the job may run, or None for any."""
        return self.scheduling.active_deadline_seconds if self.scheduling else None


class AIJob(Model):
    """Run a piece of AI work on a provider's GPUs, within a budget, and pay for what really ran."""

    PLURAL: ClassVar[str] = "aijobs"
    metadata: ObjectMeta
    spec: AIJobSpec
    status: AIJobStatus | None = None
