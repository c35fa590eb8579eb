"""Scaling: which workers a Ray cluster should have, and when it goes."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from hansa_operator.ports.ledger import AttemptRecord
from hansa_operator.ports.ray import ClusterKey, ClusterPhase, ClusterSpec, ClusterView, WorkerGroup


@dataclass(frozen=True, slots=True)
class EnsureCluster:
    """Start the cluster or grow it."""

    spec: ClusterSpec


@dataclass(frozen=True, slots=True)
class DeleteCluster:
    """Stop the cluster, head included."""

    key: ClusterKey


@dataclass(frozen=True, slots=True)
class KeepCluster:
    """Leave the cluster as it is until `look_again_ms` (unix ms), or for good when None."""

    look_again_ms: int | None


ClusterDecision = EnsureCluster | DeleteCluster | KeepCluster


def demanded_groups(attempts: Iterable[AttemptRecord]) -> tuple[WorkerGroup, ...]:
    """Return the worker groups that the open attempts of one cluster need together."""
    wanted: Counter[int] = Counter()
    for attempt in attempts:
        if attempt.open:
            wanted[attempt.gpus_per_worker] += attempt.workers
    return tuple(WorkerGroup(gpus, replicas) for gpus, replicas in sorted(wanted.items()))


def decide_cluster(
    demand: tuple[WorkerGroup, ...], view: ClusterView, *, idle_since_ms: int, idle_timeout_ms: int, now_ms: int
) -> ClusterDecision:
    """Decide what becomes of a cluster: it follows demand up at once, and goes after the idle timeout.

    Only demand decides, so one that cannot be observed neither goes early nor counts as gone. A failed one runs
    nothing: it is deleted first, so that demand that is still there starts it afresh.
    """
    match view.phase:
        case ClusterPhase.FAILED:
            return DeleteCluster(view.key)
        case ClusterPhase.STOPPING:
            return KeepCluster(now_ms + 500)
        case ClusterPhase.ABSENT if not demand:
            return KeepCluster(None)
        case _ if demand:
            return _follow(demand, view, now_ms)
        case _:
            due = idle_since_ms + idle_timeout_ms
            return DeleteCluster(view.key) if now_ms >= due else KeepCluster(due)


def _follow(demand: tuple[WorkerGroup, ...], view: ClusterView, now_ms: int) -> ClusterDecision:
    have = {group.gpus: group.replicas for group in view.groups}
    short = any(have.get(group.gpus, 0) < group.replicas for group in demand)
    if short or view.phase is not ClusterPhase.READY:
        return EnsureCluster(ClusterSpec(view.key, demand))
    return KeepCluster(now_ms + 2_000)
