"""How long a job may run by its deadline, order and budget. The runner heeds it too, should no operator be there."""

from dataclasses import replace

from hansa_jobs.runner.reasons import RUN_TIME_EXCEEDED
from hansa_operator.core.job.duration import active_ms, started_ms
from hansa_operator.core.job.facts import JobFacts
from hansa_operator.core.job.order import find_objection, left_ms
from hansa_operator.core.job.status import accrued_debit
from hansa_operator.core.market.quote import LONGEST_MS, affordable_milliseconds
from hansa_operator.ports.ledger import AttemptRecord, Outcome

MARGIN_MS = 10_000
"""How much longer the runner waits than the operator, which stops an attempt earlier and says why while it is there."""


def limit_reached(facts: JobFacts, attempt: AttemptRecord) -> tuple[str, str]:
    """Return by which limit the attempt must not go on (reason, message), or ("", "")."""
    if _deadline_left_ms(facts) <= 0:
        limit = facts.job.spec.active_deadline_seconds
        return "DeadlineExceeded", f"the job ran for activeDeadlineSeconds ({limit} s)"
    objection = find_objection(facts)
    if objection is not None:
        return str(objection.reason), objection.message
    if _affordable_ms(facts, attempt) <= 0:
        return "BudgetExhausted", "budget.maxAmount is spent; what ran until now is kept and charged"
    return "", ""


def time_left_ms(facts: JobFacts, attempt: AttemptRecord) -> int:
    """Return how long the attempt may still run, 10**15 without any limit."""
    return min(_affordable_ms(facts, attempt), _deadline_left_ms(facts), left_ms(facts))


def run_limit_ms(facts: JobFacts, attempt: AttemptRecord) -> int | None:
    """Return after how long the runner ends an attempt that is submitted now, None without any limit."""
    left = time_left_ms(facts, attempt)
    return max(0, left) + MARGIN_MS if left < LONGEST_MS else None


def end_at_limit(facts: JobFacts, ended: AttemptRecord) -> AttemptRecord:
    """Return an attempt as stopped by the limit that it had reached when its runner ended it, else as it is."""
    report = facts.report(ended)
    if ended.outcome is not Outcome.FAILED or report is None or report.reason != RUN_TIME_EXCEEDED:
        return ended
    reason, message = limit_reached(facts.with_attempt(ended), ended)
    return replace(ended, outcome=Outcome.STOPPED, stop_reason=reason, message=message) if reason else ended


def _affordable_ms(facts: JobFacts, attempt: AttemptRecord) -> int:
    """Return how many ms the attempt may still run before the budget is spent; receipts lag, so time counts too."""
    if facts.record is None:
        return LONGEST_MS
    earlier = replace(facts, receipts=tuple(known for known in facts.receipts if known.attempt != attempt.attempt))
    others = tuple(entry for entry in facts.account.entries if entry.attempt != attempt.attempt)
    spent = accrued_debit(replace(earlier, account=replace(facts.account, entries=others)))
    most = affordable_milliseconds(
        facts.record.max_amount - spent, gpus=attempt.gpus, unit_price=attempt.unit_price, terms=facts.terms
    )
    start, end = started_ms(facts, attempt), facts.now_ms if attempt.ended_ms is None else attempt.ended_ms
    return most if start is None else most - max(0, end - start)


def _deadline_left_ms(facts: JobFacts) -> int:
    limit = facts.job.spec.active_deadline_seconds
    return LONGEST_MS if limit is None else limit * 1000 - active_ms(facts)
