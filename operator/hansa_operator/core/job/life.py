"""The life of an AIJob: from what is known to its next transition. See docs/architecture.md for the picture."""

from dataclasses import replace

from hansa_operator.core.job.admission import decide_waiting
from hansa_operator.core.job.facts import JobDecision, JobFacts
from hansa_operator.core.job.finish import decide_finished
from hansa_operator.core.job.news import job_news
from hansa_operator.core.job.run import decide_departure, decide_running
from hansa_operator.core.job.status import is_over


def decide_job(facts: JobFacts) -> JobDecision:
    """Decide a job's next transition; deciding again on what it leads to changes nothing, and tells nothing."""
    decision = _decide(facts)
    return replace(decision, notices=(*decision.notices, *job_news(facts.status, decision.status)))


def _decide(facts: JobFacts) -> JobDecision:
    if facts.job.metadata.deletion_timestamp is not None:
        return decide_departure(facts)
    attempt = facts.open_attempt
    if attempt is not None:
        return _after_end(facts, decide_running(facts, attempt))
    return _decide_idle(facts)


def _decide_idle(facts: JobFacts) -> JobDecision:
    return decide_finished(facts) if is_over(facts.status) else decide_waiting(facts)


def _after_end(facts: JobFacts, decision: JobDecision) -> JobDecision:
    """Go on within the same transition when the attempt has just ended, so that one status write tells all of it."""
    ended = next((record for record in decision.records if getattr(record, "ended_ms", None) is not None), None)
    if ended is None:
        return decision
    job = facts.job.model_copy(update={"status": decision.status})
    # What was seen of the attempt that has ended says nothing about the next.
    following = _decide_idle(replace(facts, job=job, cluster=None, ray=None).with_attempt(ended))  # type: ignore[arg-type]
    return replace(
        following,
        records=(*decision.records, *following.records),
        effects=(*decision.effects, *following.effects),
        notices=(*decision.notices, *following.notices),
    )
