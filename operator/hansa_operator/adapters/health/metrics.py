"""The operator's metrics, on a registry of their own. Every label has few values: kinds, phases, results, pools."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

BUCKETS_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
MOST_SERIES = 100
OTHER = "other"


class Result(StrEnum):
    """Tell how a reconciliation ended, in controller-runtime's words."""

    SUCCESS = "success"
    REQUEUE_AFTER = "requeue_after"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Metrics:
    """Hold the metrics and the registry that they are in."""

    registry: CollectorRegistry
    reconcile: Counter
    reconcile_seconds: Histogram
    queue_depth: Gauge
    queue_oldest_seconds: Gauge
    jobs: Gauge
    workers: Gauge
    clusters: Gauge
    status_writes: Counter
    slices_sealed: Counter
    settlements: Gauge
    leader: Gauge

    @classmethod
    def create(cls) -> Self:
        """Return the metrics, all at zero, beside the process's memory, open files and CPU time."""
        registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        return cls(
            registry,
            Counter("hansa_reconcile", "Reconciliations by how they ended.", ("kind", "result"), registry=registry),
            Histogram(
                "hansa_reconcile_seconds",
                "Duration of a reconciliation.",
                ("kind",),
                buckets=BUCKETS_SECONDS,
                registry=registry,
            ),
            Gauge("hansa_queue_depth", "Keys that are due and wait.", registry=registry),
            Gauge("hansa_queue_oldest_seconds", "For how long the oldest of them waits.", registry=registry),
            Gauge("hansa_jobs", "AIJobs by phase.", ("phase",), registry=registry),
            Gauge("hansa_workers", "Ray workers that have joined, by pool.", ("pool",), registry=registry),
            Gauge("hansa_clusters", "Ray clusters that exist.", registry=registry),
            Counter("hansa_status_writes", "Statuses sent to the API server.", ("kind",), registry=registry),
            Counter("hansa_slices_sealed", "Slices sealed into batches.", registry=registry),
            Gauge("hansa_settlements", "Settlements by phase.", ("phase",), registry=registry),
            Gauge("hansa_leader", "1 while this process leads.", registry=registry),
        )

    def watch_queue(self, depth: Callable[[], int], oldest_age_ms: Callable[[], int]) -> None:
        """Read the queue whenever the metrics are read."""
        self.queue_depth.set_function(depth)
        self.queue_oldest_seconds.set_function(lambda: oldest_age_ms() / 1000)

    def watch_leader(self, leads: Callable[[], bool]) -> None:
        """Read who leads whenever the metrics are read."""
        self.leader.set_function(leads)

    def record_reconcile(self, kind: str, result: Result, seconds: float) -> None:
        """Count a reconciliation and its duration."""
        self.reconcile.labels(kind, result).inc()
        self.reconcile_seconds.labels(kind).observe(seconds)

    def show_jobs(self, by_phase: Mapping[str, int]) -> None:
        """Replace the numbers of jobs."""
        _replace(self.jobs, by_phase)

    def show_workers(self, by_pool: Mapping[str, int]) -> None:
        """Replace the numbers of workers; pools beyond the first hundred by name are shown as one."""
        _replace(self.workers, by_pool)

    def show_settlements(self, by_phase: Mapping[str, int]) -> None:
        """Replace the numbers of settlements."""
        _replace(self.settlements, by_phase)


def _replace(gauge: Gauge, values: Mapping[str, int]) -> None:
    # Series of what is gone must go too.
    gauge.clear()
    ordered = sorted(values.items())
    for label, value in ordered[:MOST_SERIES]:
        gauge.labels(label).set(value)
    if ordered[MOST_SERIES:]:
        gauge.labels(OTHER).inc(sum(value for _, value in ordered[MOST_SERIES:]))
