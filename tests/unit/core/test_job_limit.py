"""What an attempt may run at most, which its runner is told, and the end of one whose runner kept to it."""

from dataclasses import replace

import pytest

from hansa_operator.core.job.facts import SubmitAttempt
from hansa_operator.core.job.life import decide_job
from hansa_operator.ports.ledger import Outcome
from hansa_operator.ports.ray import RayJobState
from tests.builders import NOW, after, aijob, cluster, placed, ray, receipt, report, running
from tests.unit.core.statuses import told

MARGIN_MS = 10_000
STOPPED_BY_RUNNER = 2


def limit_of(known):
    """Return the limit with which the attempt is submitted."""
    (effect,) = decide_job(replace(known, cluster=cluster(), ray=ray(RayJobState.ABSENT, start_ms=None))).effects
    assert isinstance(effect, SubmitAttempt)
    return effect.limit_ms


def test_the_runner_is_told_the_deadline_and_waits_a_little_longer_than_the_operator():
    assert limit_of(placed(job=aijob(scheduling={"activeDeadlineSeconds": 30}))) == 30_000 + MARGIN_MS


def test_the_runner_is_told_for_how_long_the_budget_pays():
    before = placed()
    # 2 GPUs at 2 wei a GPU-millisecond; up to 3 wei more are rounded away.
    assert limit_of(replace(before, record=replace(before.record, max_amount=30_000))) == 7_500 + MARGIN_MS


def test_a_job_that_costs_nothing_and_has_no_deadline_runs_without_a_limit():
    before = placed()
    assert limit_of(before.with_attempt(replace(before.open_attempt, unit_price=0))) is None


def test_a_later_attempt_has_what_the_earlier_ones_left():
    before = running()
    failed = replace(before.open_attempt, outcome=Outcome.FAILED, ended_ms=NOW + 20_000)
    spec = {"scheduling": {"activeDeadlineSeconds": 30, "retries": 3}}
    known = replace(before.with_attempt(failed), job=aijob(before.status, **spec), cluster=None, ray=None)
    assert limit_of(after(known, decide_job(known))) == 10_000 + MARGIN_MS


def ended_by_runner(at_ms, *, max_amount=10**9, **spec):
    """Return the job's status once an operator that was away sees an attempt that its runner ended at this time."""
    before = running()
    end = NOW + at_ms
    known = replace(
        before,
        job=aijob(before.status, **spec),
        record=replace(before.record, max_amount=max_amount),
        now_ms=NOW + 3_600_000,
        ray=ray(RayJobState.FAILED, end_ms=end),
        receipts=(receipt(to_ms=end, outcome=STOPPED_BY_RUNNER),),
        reports=(report(reason="RunTimeExceeded", end_ms=end),),
    )
    return told(decide_job(known).status)


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ({"scheduling": {"activeDeadlineSeconds": 30, "retries": 0}}, "DeadlineExceeded"),
        ({"scheduling": {"retries": 0}, "max_amount": 120_000}, "BudgetExhausted"),
    ],
    ids=["its deadline", "its budget"],
)
def test_an_attempt_that_its_runner_ended_ended_by_its_limit_and_did_not_fail(spec, reason):
    assert ended_by_runner(40_000, **spec)["Failed"] == f"True/{reason}"


def test_a_runner_that_ends_an_attempt_before_its_limit_failed():
    spec = {"scheduling": {"activeDeadlineSeconds": 30, "retries": 0}}
    assert ended_by_runner(29_000, **spec)["Failed"] == "True/RetriesExhausted"
