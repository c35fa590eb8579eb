"""What is billed of a job: within its budget, and each millisecond at most once, whatever its receipts say."""

from hypothesis import given
from hypothesis import strategies as st

from hansa_operator.core.market.quote import cost_of
from hansa_operator.core.metering.billing import open_slices, unbilled
from tests.builders import account, record
from tests.strategies import amounts, metered, terms


def latest(receipts):
    return [grown[-1] for grown in receipts.values()]


@given(metered(), terms, amounts, st.randoms(use_true_random=False))
def test_all_slices_together_cost_no_more_than_the_budget(work, rates, budget, random):
    placed, receipts = work
    found = latest(receipts)
    random.shuffle(found)
    slices = list(open_slices(placed, found, account(), rates, max_amount=budget))
    assert sum(one.split.debit for one in slices) <= budget
    for one in slices:
        assert one.split == cost_of(one.gpu_milliseconds, one.attempt.unit_price, rates)
        assert one.split.debit > 0
        assert 0 < one.gpu_milliseconds <= one.receipt.billable_gpu_milliseconds
        assert one.gpu_milliseconds <= one.attempt.gpus * (one.to_ms - one.from_ms)


@given(metered(), terms, amounts, st.integers(1, 10**6))
def test_a_job_never_costs_more_than_its_quote_on_its_dearest_provider(work, rates, budget, deadline_ms):
    placed, receipts = work
    job = record(max_amount=budget, active_deadline_ms=deadline_ms)
    quotes = [cost_of(deadline_ms * one.gpus, one.unit_price, rates).debit for one in placed]
    billed = sum(one.split.debit for one in unbilled(job, placed, latest(receipts), account(), rates))
    assert billed <= min(budget, max(quotes, default=0))


@given(metered(), terms)
def test_a_budget_that_is_large_enough_cuts_nothing(work, rates):
    placed, receipts = work
    by_number = {one.attempt: one for one in placed}
    slices = list(open_slices(placed, latest(receipts), account(), rates, max_amount=10**40))
    billed = {(one.receipt.attempt, one.receipt.epoch): one.gpu_milliseconds for one in slices}
    for found in latest(receipts):
        price = by_number[found.attempt].unit_price
        free = cost_of(found.billable_gpu_milliseconds, price, rates).debit == 0
        assert free or billed[found.attempt, found.epoch] == found.billable_gpu_milliseconds


@given(metered(), terms, amounts, st.integers(1, 5))
def test_nobody_pays_for_more_than_the_budget_by_claiming_more(work, rates, budget, factor):
    placed, receipts = work
    honest = list(open_slices(placed, latest(receipts), account(), rates, max_amount=budget))
    inflated = [
        type(one)(**{**_fields(one), "billable_gpu_milliseconds": factor * one.billable_gpu_milliseconds})
        for one in latest(receipts)
    ]
    greedy = list(open_slices(placed, inflated, account(), rates, max_amount=budget))
    assert sum(one.split.debit for one in greedy) <= budget
    assert sum(one.split.debit for one in honest) <= budget
    for one in greedy:
        assert one.gpu_milliseconds <= one.attempt.gpus * (one.to_ms - one.from_ms)


def _fields(one):
    return {name: getattr(one, name) for name in one.__slots__}
