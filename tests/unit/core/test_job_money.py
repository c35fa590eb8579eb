"""What an admitted job may cost, and why one is not admitted that asks for more than there is."""

import pytest

from hansa_operator.core.job.life import decide_job
from tests.builders import NOW, after, aijob, credit, facts, offer, product, references
from tests.unit.core.statuses import said, told

DEADLINE = {"scheduling": {"activeDeadlineSeconds": 100}}


def decide(**changes):
    return decide_job(facts(**changes))


def referring(**changes):
    return decide(references=references(**changes))


def test_without_a_provider_the_job_says_why_each_of_them_does_not_do():
    decision = decide(offers=(offer(schedulable=False, obstacle="it is Dark"), offer("lagos", total_gpus=1)))
    assert told(decision.status) == {"Placed": "False/NoEligibleProvider"}
    message = said(decision.status, "Placed")
    assert "berlin: it is Dark" in message
    assert "lagos: it has 1 GPUs, the job needs 2" in message
    assert "the pool has none" in said(decide(offers=()).status, "Placed")


def test_a_job_that_no_provider_can_take_any_more_reserves_nothing():
    queued = facts(offers=(offer(free_gpus=0),))
    alone = after(queued, decide_job(queued), offers=())
    decision = decide_job(alone)
    assert told(decision.status) == {"Placed": "False/NoEligibleProvider"}
    assert (decision.reserved, decision.queued, decision.status.phase) == (None, None, "Pending")


def test_more_workers_than_the_pool_ever_runs_are_no_reason_to_queue():
    decision = decide(job=aijob(parallelism=17), offers=(offer(total_gpus=100, free_gpus=100, free_workers=16),))
    assert told(decision.status) == {"Placed": "False/NoEligibleProvider"}
    assert "at most 16 workers" in said(decision.status, "Placed")
    assert decision.queued is None


def test_a_job_that_can_cost_more_than_its_budget_is_refused_with_the_sums():
    known = facts(job=aijob(budget={"maxAmount": "0.39"}, **DEADLINE))
    decision = decide_job(known)
    assert told(decision.status) == {"Admitted": "False/BudgetExceeded", "Stalled": "True/BudgetExceeded"}
    assert "2 GPUs for up to 100 s at 7.2 USD per GPU-hour (cheapest provider: berlin) can cost 0.4 USD" in said(
        decision.status, "Admitted"
    )
    assert [notice.reason for notice in decision.notices] == ["BudgetExceeded"]
    assert decide_job(after(known, decision)).notices == (), "people are told once"
    assert told(decide(job=aijob(budget={"maxAmount": "0.4"}, **DEADLINE)).status)["Placed"] == "True/Bound"


def test_a_budget_that_pays_for_no_time_is_refused_and_one_for_what_is_free_is_not():
    poor = aijob(budget={"maxAmount": "0.000003"})
    decision = decide(job=poor)
    assert told(decision.status) == {"Admitted": "False/BudgetExceeded", "Stalled": "True/BudgetExceeded"}
    assert "pays for no run time" in said(decision.status, "Admitted")
    free = decide(job=poor, offers=(offer(unit_price=0),))
    assert told(free.status)["Placed"] == "True/Bound"
    assert free.reserved == 0


def test_limits_with_more_digits_than_the_token_has_are_rounded_down():
    decision = decide(job=aijob(budget={"maxAmount": "10.0000009", "maxUnitPrice": "7.2000009"}))
    assert told(decision.status)["Placed"] == "True/Bound"
    assert decision.records[0].max_amount == 10_000_000


@pytest.mark.parametrize(("usable", "reason"), [(39_999, "False/CreditExhausted"), (40_000, "True/QuotaReserved")])
def test_an_epoch_of_the_job_must_fit_into_the_credit_line(usable, reason):
    decision = referring(credit=credit(usable=usable))
    assert told(decision.status)["Admitted"] == reason
    if usable < 40_000:
        assert "reserves 0.04 USD an epoch, the credit line has 0.039999 USD left" in said(decision.status, "Admitted")
        assert (decision.wake_ms, decision.records) == (NOW + 5_000, ())


def test_no_more_than_the_budget_is_reserved():
    decision = decide(job=aijob(budget={"maxAmount": "0.03"}), references=references(credit=credit(usable=30_000)))
    assert told(decision.status)["Placed"] == "True/Bound"
    assert decision.reserved == 30_000


def test_a_quote_says_what_the_job_costs_at_most_and_who_gets_what():
    quote = decide(job=aijob(**DEADLINE), fee_bps=250).status.quote
    assert (quote.provider, quote.token, quote.unit_price) == ("berlin", "USD", "7.2")
    assert (quote.amount, quote.split.provider, quote.split.protocol) == ("0.41", "0.4", "0.01")


def test_the_terms_of_the_product_become_those_of_the_job():
    terms = decide(references=references(product=product(royalty_bps=700))).records[0]
    assert (terms.service, terms.royalty_bps) == (7, 700)
    later = facts(record=terms, references=references(product=product(royalty_bps=9_000)))
    assert later.terms.royalty_bps == 700
