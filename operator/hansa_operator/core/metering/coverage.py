"""Metering: which milliseconds were witnessed, and how much of a receipt may be billed."""

from collections.abc import Sequence
from dataclasses import replace

from hansa_operator.ports.ledger import CoverageRecord

Interval = tuple[int, int]

MAX_BEAT_GAP_MS = 15_000
"""Longest silence between two heartbeats that still counts as witnessed."""

MAX_UNWITNESSED_MS = 900_000
"""Longest time that an attempt is billed on replayed claims alone, after an outage of the hub or the network."""


def merge_intervals(intervals: Sequence[Interval]) -> tuple[Interval, ...]:
    """Return the union as disjoint rising [from, to)."""
    merged: list[Interval] = []
    for start, end in sorted(interval for interval in intervals if interval[0] < interval[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged)


def overlap_ms(intervals: Sequence[Interval], start_ms: int, end_ms: int) -> int:
    """Return how many ms of [start_ms, end_ms) the disjoint intervals hold."""
    return sum(max(0, min(end, end_ms) - max(start, start_ms)) for start, end in intervals)


def witness(
    record: CoverageRecord, claim: Interval, *, opened_ms: int, closed_ms: int | None, now_ms: int
) -> CoverageRecord:
    """Add the part of a claim of liveness that the hub can stand for.

    What lies within `MAX_BEAT_GAP_MS` of this heartbeat is witnessed; older time, replayed after an outage, is limited
    over the whole attempt (the latest is kept). Nothing counts before the attempt was opened, after it was closed, or
    in the future. All times in the hub's unix ms.
    """
    end = min(claim[1], now_ms, now_ms if closed_ms is None else closed_ms)
    seen_from = min(now_ms - MAX_BEAT_GAP_MS, end)
    start = max(claim[0], opened_ms, seen_from - (MAX_UNWITNESSED_MS - record.unwitnessed_ms))
    new_ms = (end - start) - overlap_ms(record.intervals, start, end)
    if end <= start or new_ms == 0:
        return record
    old_ms = max(0, seen_from - start) - overlap_ms(record.intervals, start, seen_from)
    return replace(
        record,
        intervals=merge_intervals((*record.intervals, (start, end))),
        unwitnessed_ms=record.unwitnessed_ms + max(0, old_ms),
    )


def billable_gpu_milliseconds(
    *, claimed: int, gpus: int, from_ms: int, to_ms: int, coverage: CoverageRecord | None
) -> int:
    """Return how much of a receipt's GPU-milliseconds is covered by witnessed time; never more than claimed."""
    if coverage is None:
        return 0
    return min(claimed, gpus * overlap_ms(coverage.intervals, from_ms, to_ms))
