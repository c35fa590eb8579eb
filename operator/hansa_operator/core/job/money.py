"""Admission by money: an offer within budget and credit, or why there is none; then placement."""

from itertools import takewhile

from hansa_operator.core.job.ask import Ask
from hansa_operator.core.job.facts import JobDecision
from hansa_operator.core.job.finish import conclude
from hansa_operator.core.job.place import LOOK_AGAIN_MS, place
from hansa_operator.core.job.queue import most_workers
from hansa_operator.core.job.status import Draft
from hansa_operator.core.market.offers import Offer, eligible, why_not

RETRY_MS = 5_000


def decide_money(draft: Draft) -> JobDecision:
    """Admit the job if its budget and its credit line carry the cheapest offer, and place it on one that they carry."""
    ask = Ask.of(draft.facts)
    offers = eligible(draft.facts.offers, ask.need)
    pool = draft.facts.references.pool
    if pool is not None and ask.need.workers > most_workers(pool.spec):
        return _too_wide(draft, ask, most_workers(pool.spec))
    if not offers:
        return _no_offer(draft, ask)
    cheapest = offers[0]
    draft = draft.set(quote=ask.show(cheapest))
    if draft.facts.attempts and not ask.buys_time(cheapest):
        spent = f"what is left of the budget of {ask.tell(ask.budget)} pays for no more run time"
        return conclude(draft, "Failed", "BudgetExhausted", spent)
    if not ask.is_within_budget(cheapest):
        return _over_budget(draft, ask, cheapest)
    wanted = ask.reservation(cheapest)
    if wanted > ask.credit.usable:
        return _no_credit(draft, ask, wanted)
    # Dearer offers take more of both: those that are covered come first.
    return place(draft, ask, tuple(takewhile(ask.is_covered, offers)))


def _too_wide(draft: Draft, ask: Ask, most: int) -> JobDecision:
    message = (
        f"the pool runs at most {most} workers of a namespace at once, and parallelism is {ask.need.workers}: lower it "
        "in a new job, or have an admin raise the pool's spec.maxWorkersPerNamespace or spec.maxWorkers"
    )
    return JobDecision(draft.condition("Placed", False, "NoEligibleProvider", message).finish())


def _no_offer(draft: Draft, ask: Ask) -> JobDecision:
    offers, need = draft.facts.offers, ask.need
    told = "; ".join(f"{offer.provider}: {why_not(offer, need)}" for offer in offers[:5])
    message = f"no provider of the pool can take this job ({told or 'the pool has none'}); it goes on once one can"
    draft = draft.condition("Placed", False, "NoEligibleProvider", message)
    return JobDecision(draft.finish(), wake_ms=draft.facts.now_ms + LOOK_AGAIN_MS)


def _over_budget(draft: Draft, ask: Ask, cheapest: Offer) -> JobDecision:
    price, budget = ask.tell(cheapest.unit_price), ask.tell(ask.budget)
    deadline = draft.facts.job.spec.active_deadline_seconds
    message = f"budget.maxAmount {budget} pays for no run time at {price} per GPU-hour: raise it in a new job"
    if ask.buys_time(cheapest):
        gpus = "1 GPU" if ask.need.gpus == 1 else f"{ask.need.gpus} GPUs"
        message = (
            f"{gpus} for up to {deadline} s at {price} per GPU-hour (cheapest provider: "
            f"{cheapest.provider}) can cost {ask.tell(ask.quote(cheapest).split.debit)}, which is over "
            f"budget.maxAmount {budget}: raise the budget or lower activeDeadlineSeconds in a new job"
        )
    return JobDecision(draft.refused("BudgetExceeded", message).finish())


def _no_credit(draft: Draft, ask: Ask, wanted: int) -> JobDecision:
    message = (
        f"the job reserves {ask.tell(wanted)} an epoch, the credit line has {ask.tell(ask.credit.usable)} left: "
        "deposit more, raise the line's cap, or wait for other jobs to end"
    )
    draft = draft.condition("Admitted", False, "CreditExhausted", message)
    return JobDecision(draft.finish(), wake_ms=draft.facts.now_ms + RETRY_MS)
