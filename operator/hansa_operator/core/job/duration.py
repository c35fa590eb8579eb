"""How long a job has run: what deadlines and budgets count."""

from hansa_operator.core.clock import parse_rfc3339, rfc3339
from hansa_operator.core.job.facts import JobFacts
from hansa_operator.ports.ledger import AttemptRecord
from hansa_operator.ports.ray import RayJobState


def started_ms(facts: JobFacts, attempt: AttemptRecord) -> int | None:
    """Return when an attempt's user code began (unix ms), None when it has not as far as is known.

    Receipts and the runner's report tell; before they are there, it counts from when it was seen running.
    """
    told = [receipt.from_ms for receipt in facts.receipts if receipt.attempt == attempt.attempt]
    report, seen = facts.report(attempt), seen_running(facts, attempt)
    if report is not None:
        told.append(report.start_ms)
    return min(told, default=parse_rfc3339(seen) if seen is not None else None)


def seen_running(facts: JobFacts, attempt: AttemptRecord) -> str | None:
    """Return when an attempt was first seen running, which the status remembers; None when it was not.

    Ray's own time is that of the submission, and busy workers may begin much later.
    """
    shown = (facts.status.current_attempt, *facts.status.recent_attempts)
    known = next((one.start_time for one in shown if one is not None and one.index == attempt.attempt), None)
    running = attempt.open and facts.ray is not None and facts.ray.state is RayJobState.RUNNING
    return rfc3339(facts.now_ms) if running and known is None else known


def active_ms(facts: JobFacts) -> int:
    """Return how long all attempts ran together; what they waited in the queue or were suspended does not count."""
    total = 0
    for attempt in facts.attempts:
        start = started_ms(facts, attempt)
        if start is not None:
            total += max(0, (facts.now_ms if attempt.ended_ms is None else attempt.ended_ms) - start)
    return total
