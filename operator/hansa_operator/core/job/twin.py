"""A job whose work another one has done or does: it runs no second time, and is not charged."""

from hansa_operator.core.job.facts import JobDecision, Twin
from hansa_operator.core.job.finish import conclude
from hansa_operator.core.job.money import RETRY_MS
from hansa_operator.core.job.status import Draft


def follow_twin(draft: Draft, twin: Twin, shared: str) -> JobDecision | None:
    """Complete the job if its twin has, and let it wait while that runs; None when it did neither.

    `shared` is what the two have in common.
    """
    if twin.succeeded:
        message = f"job {twin.name} with this {shared} has done the same work: nothing runs or is charged"
        return conclude(draft, "Complete", "AlreadyCompleted", message)
    if twin.active:
        message = f"job {twin.name} with this {shared} is doing the same work: waiting for its end"
        draft = draft.condition("Placed", False, "Queued", message)
        return JobDecision(draft.finish(), wake_ms=draft.facts.now_ms + RETRY_MS)
    return None
