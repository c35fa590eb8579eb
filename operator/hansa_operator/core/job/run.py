"""An attempt under way: start it, watch it, stop it when it must not go on, and let it go once it has ended."""

from dataclasses import replace

from hansa_operator.api.aijob_reasons import AIJobReason as Reason
from hansa_operator.core.clock import parse_rfc3339, rfc3339
from hansa_operator.core.conditions import find_condition
from hansa_operator.core.job.end import end_of, is_blind, is_overdue
from hansa_operator.core.job.facts import Effect, JobDecision, JobFacts, StopSubmission, SubmitAttempt
from hansa_operator.core.job.finish import decide_finished
from hansa_operator.core.job.limit import end_at_limit, limit_reached, run_limit_ms, time_left_ms
from hansa_operator.core.job.status import Draft, is_over
from hansa_operator.core.job.unstarted import find_failed_start
from hansa_operator.core.notices import Notice
from hansa_operator.ports.ledger import AttemptRecord, Outcome
from hansa_operator.ports.ray import RayJobState

LOOK_MS = 1_000
SLOW_LOOK_MS = 5_000


def decide_running(facts: JobFacts, attempt: AttemptRecord) -> JobDecision:
    """Decide about a job whose attempt is open."""
    ended = end_of(facts, attempt)
    if ended is not None:
        return _end(facts, end_at_limit(facts, ended))
    reason, message = stop_wanted(facts, attempt)
    if not reason or attempt.stop_reason:
        return _carry_on(facts, attempt)
    notice = Notice(reason, message, warning=reason != "Suspended")
    return _stop(facts, _stopped(facts, attempt, reason, message), notice)


def decide_departure(facts: JobFacts) -> JobDecision:
    """Decide about a job that is being deleted: stop, wait for what is owed to be receipted, let go. It always ends."""
    attempt = facts.open_attempt
    if attempt is None:
        return JobDecision(Draft.of(facts).finish(), finalizer=False)
    stopped = attempt if attempt.stop_reason else _stopped(facts, attempt, "Deleted", "the AIJob was deleted")
    ended = end_of(facts, attempt) or end_of(facts, stopped)
    deleted = facts.job.metadata.deletion_timestamp or rfc3339(facts.now_ms)
    if ended is None and is_overdue(parse_rfc3339(deleted), facts.ray, now_ms=facts.now_ms):
        ended = replace(
            stopped, ended_ms=facts.now_ms, outcome=Outcome.STOPPED, message="deleted; its end was not observed"
        )
    if ended is not None:
        done = facts.with_attempt(ended)
        draft = Draft.of(done).attempt(ended).without("Running", "Placed")
        return replace(decide_finished(done, draft), records=(ended,), finalizer=False)
    return replace(_carry_on(facts, stopped), records=() if stopped == attempt else (stopped,))


def _stopped(facts: JobFacts, attempt: AttemptRecord, reason: str, message: str) -> AttemptRecord:
    return replace(attempt, stop_reason=reason, stop_ms=facts.now_ms, message=message)


def _stop(facts: JobFacts, stopped: AttemptRecord, notice: Notice) -> JobDecision:
    """Have an attempt stopped; one that has not begun ends with that."""
    ended = end_of(facts, stopped)
    if ended is not None:
        decision = _end(facts, ended)
        return replace(decision, notices=(notice, *decision.notices))
    return replace(_carry_on(facts, stopped), records=(stopped,), notices=(notice,))


def _end(facts: JobFacts, ended: AttemptRecord) -> JobDecision:
    return JobDecision(Draft.of(facts).attempt(ended).finish(), records=(ended,))


def stop_wanted(facts: JobFacts, attempt: AttemptRecord) -> tuple[str, str]:
    """Return why the attempt must not go on (reason, message), or ("", "")."""
    if facts.ray is not None and facts.ray.state.terminal:
        return "", ""
    if is_over(facts.status):
        return "Finished", "the job has ended for good: nothing of it runs any more"
    if facts.job.spec.suspend:
        return "Suspended", "spec.suspend was set"
    found = limit_reached(facts, attempt), find_failed_start(facts, attempt), _credit_ends(facts)
    return next((one for one in found if one[0]), ("", ""))


def _credit_ends(facts: JobFacts) -> tuple[str, str]:
    credit = facts.references.credit
    if credit is not None and credit.lapsed:
        return "CreditExhausted", "the credit line ended: open another; the job goes on by itself then"
    if credit is not None and credit.ready and credit.usable <= 0:
        return "CreditExhausted", "the credit line has nothing left: deposit more; the job goes on by itself then"
    return "", ""


def _carry_on(facts: JobFacts, attempt: AttemptRecord) -> JobDecision:
    draft, ray = _running(Draft.of(facts).attempt(attempt), attempt), facts.ray
    effects: tuple[Effect, ...] = ()
    if ray is not None and attempt.stop_reason and ray.state in (RayJobState.PENDING, RayJobState.RUNNING):
        effects = (StopSubmission(attempt),)
    elif ray is not None and not attempt.stop_reason and ray.state is RayJobState.ABSENT:
        effects = (SubmitAttempt(attempt, run_limit_ms(facts, attempt)),)
    slow = ray is not None and ray.state is RayJobState.RUNNING and not attempt.stop_reason
    wait_ms = min(SLOW_LOOK_MS, time_left_ms(facts, attempt)) if slow else LOOK_MS
    return JobDecision(draft.finish(), effects=effects, wake_ms=facts.now_ms + max(LOOK_MS, wait_ms))


def _running(draft: Draft, attempt: AttemptRecord) -> Draft:
    """Say how far the attempt is."""
    facts, ray = draft.facts, draft.facts.ray
    where = f"attempt {attempt.attempt}"
    if is_blind(facts, attempt):
        message = "Ray does not answer: the attempt may still run, and is not taken for ended"
        return draft.condition("Running", None, "Unobservable", message)
    if ray is not None and ray.state.terminal:
        known = find_condition(facts.status.conditions, "Running")
        if known is None or known.status != "Unknown":
            # Its receipt comes in a moment, and with it what is to be said.
            return draft
        return draft.condition("Running", False, "Finished", f"{where} has ended; its final receipt is waited for")
    if attempt.stop_reason:
        return draft.condition("Running", False, "Stopping", attempt.message)
    if ray is not None and ray.state is RayJobState.RUNNING:
        return draft.condition("Running", True, "Started", f"{where} runs on {attempt.provider}")
    return _starting(draft, attempt)


def _starting(draft: Draft, attempt: AttemptRecord) -> Draft:
    where, seen = f"Ray cluster {attempt.namespace}/{attempt.provider}", draft.facts.cluster
    if seen is not None and seen.message:
        message = f"{where} did not start and is started again: {seen.message}"
        return draft.condition("Running", False, Reason.CLUSTER_START_FAILED, message)
    return draft.condition("Running", False, "ClusterStarting", f"{where} is being made ready")
