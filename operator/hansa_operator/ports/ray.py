"""Ray as the operator sees it: clusters made of worker groups, and jobs driven through the Jobs API."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True, order=True)
class ClusterKey:
    """Name a Ray cluster: one per tenant namespace and provider, because Ray is one trust domain."""

    namespace: str
    provider: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.provider}"


@dataclass(frozen=True, slots=True, order=True)
class WorkerGroup:
    """Describe equal workers: `replicas` Ray nodes with `gpus` GPUs each."""

    gpus: int
    replicas: int

    @property
    def resource(self) -> str:
        """Return the custom resource (1 per worker) that pins a job's driver to a worker of this group."""
        return f"hansa-worker-{self.gpus}g"


@dataclass(frozen=True, slots=True)
class ClusterSpec:
    """State what a cluster should be: a head without GPUs and these worker groups."""

    key: ClusterKey
    groups: tuple[WorkerGroup, ...]


class ClusterPhase(StrEnum):
    """Tell how far a cluster is. `UNKNOWN` means that it could not be observed, never that it is gone."""

    ABSENT = "Absent"
    STARTING = "Starting"
    READY = "Ready"
    STOPPING = "Stopping"
    FAILED = "Failed"
    UNKNOWN = "Unknown"


@dataclass(frozen=True, slots=True)
class ClusterView:
    """Report an observed cluster; `groups` counts the workers that have joined, `message` says why it is not ready."""

    key: ClusterKey
    phase: ClusterPhase
    groups: tuple[WorkerGroup, ...] = ()
    message: str = ""


class RayJobState(StrEnum):
    """Tell a submission's state in the Jobs API; `ABSENT` only when the API answered that it knows no such job."""

    ABSENT = "Absent"
    PENDING = "Pending"
    RUNNING = "Running"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"
    STOPPED = "Stopped"
    UNKNOWN = "Unknown"

    @property
    def terminal(self) -> bool:
        """Return whether the submission has ended for good."""
        return self in (RayJobState.SUCCEEDED, RayJobState.FAILED, RayJobState.STOPPED)


@dataclass(frozen=True, slots=True)
class RayJobView:
    """Report a submission; times in unix ms as Ray tells them, `message` an excerpt for people."""

    state: RayJobState
    start_ms: int | None = None
    end_ms: int | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Submission:
    """Describe one attempt for the Jobs API; `package` is the zip that becomes its working directory."""

    submission_id: str
    argv: tuple[str, ...]
    package: bytes
    env: tuple[tuple[str, str], ...]
    pip: tuple[str, ...]
    pin: WorkerGroup


class RayUnreachable(Exception):
    """Raised when Ray does not answer: temporary, and no statement about what exists."""


class RayBackend(Protocol):
    """Own Ray clusters. Every call may be repeated; calls return quickly and work goes on in the background."""

    async def ensure(self, spec: ClusterSpec) -> None:
        """Start or grow the cluster towards `spec`; never removes workers."""

    async def observe(self, key: ClusterKey) -> ClusterView:
        """Return the cluster as it is."""

    async def list_clusters(self) -> tuple[ClusterView, ...]:
        """Return every cluster that belongs to this operator, also those started before a restart."""

    async def delete(self, key: ClusterKey) -> None:
        """Stop the cluster with all its processes, head included."""

    async def submit(self, key: ClusterKey, submission: Submission) -> None:
        """Submit an attempt; a known submission id is left as it is. Raises RayUnreachable."""

    async def job(self, key: ClusterKey, submission_id: str) -> RayJobView:
        """Return a submission's state; `UNKNOWN` when Ray does not answer."""

    async def stop_job(self, key: ClusterKey, submission_id: str) -> None:
        """Ask Ray to stop a submission; unknown or ended ones are fine. Raises RayUnreachable."""
