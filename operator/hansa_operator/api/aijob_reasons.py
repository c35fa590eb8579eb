"""The words of an AIJob's status: phases for people, reasons for programs."""

from enum import StrEnum

DECISIVE = ("Stalled", "Failed", "Complete")
"""Conditions that tell how a job is, before all others, when they are True."""
PROGRESS = ("Running", "Placed", "Admitted", "Reconciling")
"""Those that tell how far it is, the furthest first; whatever their status, the first that is there."""


class AIJobPhase(StrEnum):
    """Name the phases that people see."""

    PENDING = "Pending"
    QUEUED = "Queued"
    STARTING = "Starting"
    RUNNING = "Running"
    UNKNOWN = "Unknown"
    SUSPENDED = "Suspended"
    STALLED = "Stalled"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"


class AIJobReason(StrEnum):
    """Name the reasons of an AIJob's conditions."""

    QUOTA_RESERVED = "QuotaReserved"
    BUDGET_EXCEEDED = "BudgetExceeded"
    CREDIT_EXHAUSTED = "CreditExhausted"
    ORDER_MISSING = "OrderMissing"
    ORDER_INVALID = "OrderInvalid"
    ORDER_EXPIRED = "OrderExpired"
    ORDER_USED = "OrderUsed"
    POOL_NOT_ALLOWED = "PoolNotAllowed"
    BOUND = "Bound"
    QUEUED = "Queued"
    NO_ELIGIBLE_PROVIDER = "NoEligibleProvider"
    BOND_EXPOSURE_FULL = "BondExposureFull"
    PREEMPTED = "Preempted"
    FINISHED = "Finished"
    STARTED = "Started"
    CLUSTER_STARTING = "ClusterStarting"
    CLUSTER_START_FAILED = "ClusterStartFailed"
    SUSPENDED = "Suspended"
    STOPPING = "Stopping"
    UNOBSERVABLE = "Unobservable"
    SUCCEEDED = "Succeeded"
    ALREADY_COMPLETED = "AlreadyCompleted"
    RETRIES_EXHAUSTED = "RetriesExhausted"
    DEADLINE_EXCEEDED = "DeadlineExceeded"
    BUDGET_EXHAUSTED = "BudgetExhausted"
    OBSERVATION_TIMEOUT = "ObservationTimeout"
    PENDING = "Pending"
    SEALED = "Sealed"
    FINALIZED = "Finalized"
    REFUNDED = "Refunded"
    DISPUTED = "Disputed"
    NOTHING_TO_SETTLE = "NothingToSettle"
    WAITING_FOR_REFERENCE = "WaitingForReference"
    ADMITTING = "Admitting"
    REFERENCE_NOT_FOUND = "ReferenceNotFound"
    IMAGE_UNSUPPORTED = "ImageUnsupported"
    SECRET_ACCESS_DENIED = "SecretAccessDenied"  # noqa: S105 -- a reason's name
    POOL_STALLED = "PoolStalled"
    CREDIT_LINE_STALLED = "CreditLineStalled"
    OUTPUTS_UNSUPPORTED = "OutputsUnsupported"
    SOURCE_UNSUPPORTED = "SourceUnsupported"
    RUNTIME_ENV_UNSUPPORTED = "RuntimeEnvUnsupported"
    SERVICE_NOT_PUBLISHED = "ServiceNotPublished"
    SERVICE_DIGEST_MISMATCH = "ServiceDigestMismatch"
