"""After the end: result, usage, settlement, time to live."""

from hansa_operator.core.clock import parse_rfc3339
from hansa_operator.core.conditions import find_condition
from hansa_operator.core.job.facts import DeleteObject, JobDecision, JobFacts
from hansa_operator.core.job.status import Draft
from hansa_operator.core.metering.obstacle import Obstacle
from hansa_operator.ports.ledger import EntryState, Outcome


def conclude(draft: Draft, kind: str, reason: str, message: str) -> JobDecision:
    """End the job for good: `kind` is Complete or Failed."""
    draft = draft.without("Reconciling", "Stalled").condition("Running", False, reason, message)
    draft = draft.condition(kind, True, reason, message)
    draft = draft.condition("Placed", False, "Finished", f"the job holds no capacity: {reason}")
    return decide_finished(draft.facts, draft)


def decide_finished(facts: JobFacts, draft: Draft | None = None) -> JobDecision:
    """Decide about a job that holds no capacity any more: tell its result and how far its money is."""
    draft = _result(draft or Draft.of(facts))
    draft = _settled(draft)
    expires = _expiry(draft)
    if expires is not None and facts.now_ms >= expires and _is_settled(draft):
        return JobDecision(draft.finish(), finalizer=False, effects=(DeleteObject(),))
    # What is left to be settled then tells by itself when it is.
    wake = expires if expires is not None and expires > facts.now_ms else None
    return JobDecision(draft.finish(), finalizer=False, wake_ms=wake)


def _result(draft: Draft) -> Draft:
    facts = draft.facts
    last = facts.last_attempt
    if last is None or last.outcome is not Outcome.SUCCEEDED:
        return draft
    report = facts.report(last)
    if report is None:
        return draft
    uri = facts.result_uri if report.result_blob else None
    return draft.set(result={"digest": report.result_digest, "uri": uri, "size_bytes": report.result_bytes})


def _settled(draft: Draft) -> Draft:
    facts = draft.facts
    entries = facts.account.entries
    waiting = sum(one.gpu_milliseconds for one in facts.open_slices)
    if facts.last_settlement:
        draft = draft.set(last_settlement_ref={"name": facts.last_settlement})
    if waiting:
        obstacle = facts.obstacle or Obstacle("Pending", "are to be sealed")
        return draft.condition("Settled", False, obstacle.reason, f"{waiting} GPU-milliseconds {obstacle.words}")
    if not entries:
        return draft.condition("Settled", True, "NothingToSettle", "nothing ran that is billed")
    if all(entry.state is EntryState.FINALIZED for entry in entries):
        return draft.condition("Settled", True, "Finalized", f"all {len(entries)} slice(s) are paid")
    return draft.condition(
        "Settled", False, "Sealed", "the slices are sealed; they are paid after the challenge window"
    )


def _expiry(draft: Draft) -> int | None:
    ttl = draft.facts.job.spec.ttl_seconds_after_finished
    ended = find_condition(draft.status.conditions, "Complete") or find_condition(draft.status.conditions, "Failed")
    if ttl is None or ended is None or not ended.last_transition_time:
        return None
    return parse_rfc3339(ended.last_transition_time) + ttl * 1000


def _is_settled(draft: Draft) -> bool:
    settled = find_condition(draft.status.conditions, "Settled")
    return settled is not None and settled.status == "True"
