"""What an ordered job can cost: no more than its order says, for no time after it, and under its order's digest."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from hansa_operator.core.job.life import decide_job
from hansa_operator.core.metering.slicing import JobWork, slice_job
from hansa_operator.ports.ledger import JobRecord
from tests.builders import EPOCH, EPOCH_MS, NOW, account, aijob, credit, facts, references
from tests.ordered import SIGNER, build_order, signed
from tests.strategies import amounts, bps, metered

budgets = st.sampled_from(["0.000003", "0.05", "1", "10", "10.000001"])
limits = st.sampled_from([2, 3, 50_000, 1_000_000, 10_000_000, 10_000_001])
ends = st.integers(NOW // 1000 + 1, NOW // 1000 + 5 * EPOCH_MS // 1000)


def admitted(budget, limit, expires_at):
    """Return the terms of a job that is admitted by an order, or None."""
    job = aijob(budget={"maxAmount": budget})
    order = signed(build_order(job, max_amount=limit, expires_at=expires_at))
    known = references(credit=credit(order_signer=SIGNER), order=order)
    decision = decide_job(facts(job=job, job_id=order.job_id, references=known))
    return next((made for made in decision.records if isinstance(made, JobRecord)), None), order


@given(metered(), budgets, limits, ends, bps)
def test_no_slice_of_an_ordered_job_is_beyond_its_order(work, budget, limit, expires_at, fee_bps):
    placed, receipts = work
    terms, order = admitted(budget, limit, expires_at)
    if terms is None:
        return
    known = account()
    for epoch in range(EPOCH, EPOCH + 5):
        come = tuple(grown[min(epoch - EPOCH, len(grown) - 1)] for grown in receipts.values())
        found = slice_job(JobWork(terms, tuple(placed), come, known), epoch=epoch, fee_bps=fee_bps)
        for leaf in found.leaves if found is not None else ():
            assert leaf.job_id == order.digest
            assert leaf.cumulative <= order.order.max_amount
            assert leaf.to_ms <= 1000 * order.order.expires_at
        known = found.account if found is not None else known


@given(metered(), amounts, st.integers(NOW, NOW + 4 * EPOCH_MS))
def test_an_end_of_the_order_takes_nothing_from_what_ran_before(work, budget, until_ms):
    placed, receipts = work
    terms, _ = admitted("10", 10_000_000, until_ms // 1000 + 1)
    terms = replace(terms, max_amount=budget)
    come = tuple(grown[-1] for grown in receipts.values())
    before = tuple(one for one in come if one.to_ms <= terms.until_ms)
    with_end = slice_job(JobWork(terms, tuple(placed), before, account()), epoch=EPOCH + 9, fee_bps=0)
    without = slice_job(
        JobWork(replace(terms, order=None), tuple(placed), before, account()), epoch=EPOCH + 9, fee_bps=0
    )
    assert with_end == without
