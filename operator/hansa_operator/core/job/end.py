"""The end of an attempt, told from what was observed: Ray's word, a cluster that is gone, or silence for too long."""

from dataclasses import replace

from hansa_operator.core.clock import parse_rfc3339
from hansa_operator.core.conditions import find_condition, is_true
from hansa_operator.core.job.facts import JobFacts
from hansa_operator.ports.ledger import AttemptRecord, Outcome
from hansa_operator.ports.ray import ClusterPhase, ClusterView, RayJobState, RayJobView

RECEIPT_GRACE_MS = 20_000
"""How long an ended attempt waits for its final receipt before it is closed without one."""

BLIND_MS = 300_000
"""How long an attempt may be unobservable before it counts as lost."""

DELETION_MS = 60_000
"""How long an attempt that nobody wants any more is waited for; then the capacity is given back all the same."""


def end_of(facts: JobFacts, attempt: AttemptRecord) -> AttemptRecord | None:
    """Return the attempt as ended, or None while it goes on or cannot be told to have ended."""
    if facts.ray is not None and facts.ray.state.terminal:
        return _ended_by_ray(facts, attempt, facts.ray)
    if is_gone(facts.cluster, facts.ray):
        why = facts.cluster.message if facts.cluster is not None else ""
        begun = attempt.stop_reason or has_begun(facts, attempt)
        return _broken_off(facts, attempt, why or "its Ray cluster is gone") if begun else None
    if _is_given_up(facts, attempt):
        return _broken_off(facts, attempt, "could not be observed for too long")
    return None


def is_gone(cluster: ClusterView | None, ray: RayJobView | None) -> bool:
    """Return whether the submission is certainly not there: its cluster is not, or Ray knows no such job."""
    if cluster is None or cluster.phase is ClusterPhase.UNKNOWN:
        return False
    failed = cluster.phase in (ClusterPhase.ABSENT, ClusterPhase.FAILED)
    return failed or (ray is not None and ray.state is RayJobState.ABSENT)


def is_blind(facts: JobFacts, attempt: AttemptRecord) -> bool:
    """Return whether nobody can tell if the attempt runs: Ray does not answer, or its cluster starts once more."""
    if facts.cluster is None or facts.cluster.phase is ClusterPhase.UNKNOWN:
        return True
    if facts.ray is not None:
        return facts.ray.state is RayJobState.UNKNOWN
    return has_begun(facts, attempt) and not is_gone(facts.cluster, None)


def has_begun(facts: JobFacts, attempt: AttemptRecord) -> bool:
    """Return whether user code of the attempt was seen, or a receipt tells of it."""
    shown, running = facts.status.current_attempt, is_true(facts.status.conditions, "Running")
    seen = shown is not None and shown.index == attempt.attempt and (running or shown.start_time is not None)
    return seen or any(receipt.attempt == attempt.attempt for receipt in facts.receipts)


def awaits_receipt(ray: RayJobView, *, now_ms: int, listening_ms: int) -> bool:
    """Return whether the submission ended, or agents could begin to send, so recently that its final receipt may come.

    An end that Ray does not date, or dates far from now by a clock that is wrong, is waited for no longer.
    """
    return ray.end_ms is not None and abs(now_ms - max(ray.end_ms, listening_ms)) < RECEIPT_GRACE_MS


def is_overdue(unwanted_ms: int, ray: RayJobView | None, *, now_ms: int) -> bool:
    """Return whether an attempt had enough time to end since nobody wants it; one that has just ended gets its grace.

    However Ray dates that end: it is bounded.
    """
    grace = 2 * RECEIPT_GRACE_MS if ray is not None and ray.state.terminal else 0
    return now_ms >= unwanted_ms + DELETION_MS + grace


def end_ms(attempt: AttemptRecord, ray: RayJobView | None, *, now_ms: int) -> int:
    """Return when the attempt ended as Ray says, but not before it was placed, and not in the future (unix ms)."""
    told = ray.end_ms if ray is not None and ray.end_ms is not None else now_ms
    return min(max(told, attempt.placed_ms), now_ms)


def _ended_by_ray(facts: JobFacts, attempt: AttemptRecord, ray: RayJobView) -> AttemptRecord | None:
    awaits = awaits_receipt(ray, now_ms=facts.now_ms, listening_ms=facts.listening_ms)
    if awaits and facts.final_receipt(attempt) is None:
        return None
    match ray.state:
        case RayJobState.SUCCEEDED:
            outcome = Outcome.SUCCEEDED
        case RayJobState.STOPPED if not attempt.stop_reason:
            outcome = Outcome.LOST
        case _:
            outcome = Outcome.STOPPED if attempt.stop_reason else Outcome.FAILED
    report = facts.report(attempt)
    said = "" if outcome is Outcome.SUCCEEDED else report.message if report and report.message else ray.message
    ended = end_ms(attempt, ray, now_ms=facts.now_ms)
    return replace(attempt, ended_ms=ended, outcome=outcome, message=attempt.message or said)


def _broken_off(facts: JobFacts, attempt: AttemptRecord, why: str) -> AttemptRecord:
    """End an attempt that nobody saw end: one that was to be stopped is, and does not count as a failure."""
    if attempt.stop_reason:
        return replace(attempt, ended_ms=facts.now_ms, outcome=Outcome.STOPPED)
    return replace(attempt, ended_ms=facts.now_ms, outcome=Outcome.LOST, message=f"attempt lost: {why}")


def _is_given_up(facts: JobFacts, attempt: AttemptRecord) -> bool:
    """Return whether nobody could tell how it goes for too long, or since it was to be stopped."""
    if facts.ray is None and attempt.stop_ms is not None and facts.now_ms >= attempt.stop_ms + BLIND_MS:
        return True
    running = find_condition(facts.status.conditions, "Running")
    if not is_blind(facts, attempt) or running is None or running.status != "Unknown":
        return False
    # The status has whole seconds, rounded down.
    since = parse_rfc3339(running.last_transition_time) + 1_000 if running.last_transition_time else facts.now_ms
    return facts.now_ms >= since + BLIND_MS
