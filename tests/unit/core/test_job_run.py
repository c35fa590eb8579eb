"""An attempt under way: started, watched, and stopped when it must not go on."""

from dataclasses import replace

import pytest

from hansa_operator.core.clock import rfc3339
from hansa_operator.core.job.facts import StopSubmission, SubmitAttempt
from hansa_operator.core.job.life import decide_job
from hansa_operator.ports.ledger import AttemptRecord, Outcome
from hansa_operator.ports.ray import ClusterPhase, RayJobState
from tests.builders import NOW, after, aijob, cluster, credit, offer, placed, ray, receipt, references, running
from tests.metered import PRICE
from tests.unit.core.statuses import said, since, told

STARTING = {
    "there is no cluster yet": (ClusterPhase.ABSENT, None),
    "it starts": (ClusterPhase.STARTING, None),
    "the one before it stops": (ClusterPhase.STOPPING, None),
    "it failed and is made anew": (ClusterPhase.FAILED, None),
    "the job waits for its workers": (ClusterPhase.READY, RayJobState.PENDING),
}


@pytest.mark.parametrize(("phase", "state"), STARTING.values(), ids=STARTING)
def test_an_attempt_that_has_not_begun_waits_for_its_cluster(phase, state):
    seen = replace(placed(), cluster=cluster(phase), ray=ray(state) if state else None)
    decision = decide_job(seen)
    assert told(decision.status)["Running"] == "False/ClusterStarting"
    assert (decision.records, decision.effects, decision.wake_ms) == ((), (), NOW + 1_000)


def test_why_a_cluster_does_not_start_is_told():
    decision = decide_job(replace(placed(), cluster=cluster(ClusterPhase.STARTING, message="no memory is left")))
    assert told(decision.status)["Running"] == "False/ClusterStartFailed"
    assert said(decision.status, "Running").endswith("did not start and is started again: no memory is left")
    assert [(one.reason, one.warning) for one in decision.notices] == [("ClusterStartFailed", True)]
    again = after(placed(), decision, cluster=cluster(ClusterPhase.STARTING, message="no disk is left"))
    assert decide_job(again).notices == ()


def test_an_attempt_whose_cluster_does_not_start_goes_to_another_provider_and_is_no_failure():
    offers = (offer(), offer("north", unit_price=PRICE + 1))
    before = placed(offers=offers, cluster=cluster(ClusterPhase.FAILED, message="no memory is left"))
    assert stopping(replace(before, now_ms=NOW + 599_999)) == ([], [])
    decision = decide_job(replace(before, now_ms=NOW + 600_000))
    ended, following = decision.records
    assert (ended.provider, ended.outcome, ended.stop_reason) == ("berlin", Outcome.STOPPED, "ClusterStartFailed")
    assert "within 10 minutes, others go first now: no memory is left" in ended.message
    assert (following.provider, following.attempt) == ("north", 1)
    assert after(before, decision).failures == 0
    assert ("ClusterStartFailed", True) in [(one.reason, one.warning) for one in decision.notices]


def test_where_no_other_provider_is_left_the_same_one_is_asked_again():
    before = placed(cluster=cluster(ClusterPhase.FAILED, message="no memory is left"))
    decision = decide_job(replace(before, now_ms=NOW + 600_000))
    assert [record.provider for record in decision.records] == ["berlin", "berlin"]


def test_what_has_begun_is_not_given_up_while_its_cluster_grows():
    grows = cluster(ClusterPhase.STARTING, message="one of two workers joined")
    known = running()
    rich = replace(known.record, max_amount=10**12)
    assert stopping(replace(known, record=rich, cluster=grows, now_ms=NOW + 600_000)) == ([], [])


def test_a_ready_cluster_gets_the_submission():
    before = placed()
    decision = decide_job(replace(before, cluster=cluster(), ray=ray(RayJobState.ABSENT, start_ms=None)))
    assert [(type(one), one.attempt) for one in decision.effects] == [(SubmitAttempt, before.open_attempt)]


def test_an_attempt_that_runs_is_told_once_and_looked_at_now_and_then():
    known = running()
    assert told(known.status)["Running"] == "True/Started"
    assert (known.status.phase, known.status.current_attempt.start_time) == ("Running", rfc3339(NOW))
    later = decide_job(replace(known, now_ms=NOW + 60_000))
    assert (later.status, later.effects, later.wake_ms) == (known.status, (), NOW + 65_000)


def test_receipts_and_reports_of_a_running_attempt_bring_no_write():
    known = running(receipts=(receipt(from_ms=NOW + 700, to_ms=NOW + 1_000),), now_ms=NOW + 2_000)
    assert decide_job(known).status == known.status


def test_silence_is_unknown_and_neither_an_end_nor_a_failure():
    known = running(cluster=cluster(ClusterPhase.UNKNOWN), ray=None, now_ms=NOW + 5_000)
    silent = decide_job(known)
    assert told(silent.status)["Running"] == "Unknown/Unobservable"
    assert (silent.status.phase, silent.records, silent.effects) == ("Unknown", (), ())
    heard = after(known, silent, cluster=cluster(), ray=ray(), now_ms=NOW + 9_000)
    assert told(decide_job(heard).status)["Running"] == "True/Started"
    assert since(decide_job(heard).status, "Running") == rfc3339(NOW + 9_000)


def test_a_cluster_that_starts_once_more_hides_what_ran_on_it():
    known = running(cluster=cluster(ClusterPhase.STARTING), ray=None)
    assert told(decide_job(known).status)["Running"] == "Unknown/Unobservable"


def stopping(known):
    """Return the stop that is decided: its reason, and what Ray is asked."""
    decision = decide_job(known)
    made = [one for one in decision.records if isinstance(one, AttemptRecord)]
    return [(one.stop_reason, one.stop_ms) for one in made], [type(effect) for effect in decision.effects]


@pytest.mark.parametrize(("at", "stopped"), [(29_999, False), (30_000, True)])
def test_a_job_that_runs_too_long_is_stopped(at, stopped):
    known = running(job=aijob(running().status, scheduling={"activeDeadlineSeconds": 30}), now_ms=NOW + at)
    found, effects = stopping(known)
    assert found == ([("DeadlineExceeded", NOW + 30_000)] if stopped else [])
    assert effects == ([StopSubmission] if stopped else [])
    if not stopped:
        assert decide_job(known).wake_ms == NOW + at + 1_000, "it is looked at in time"


@pytest.mark.parametrize(("at", "stopped"), [(7_499, False), (7_500, True)])
def test_a_job_is_stopped_when_its_budget_is_spent_whatever_was_receipted(at, stopped):
    before = running()
    poor = replace(before.record, max_amount=30_000)
    assert stopping(replace(before, record=poor, now_ms=NOW + at))[0] == (
        [("BudgetExhausted", NOW + 7_500)] if stopped else []
    )
    told_late = (receipt(from_ms=NOW + 400, to_ms=NOW + 1_000),)
    assert stopping(replace(before, record=poor, now_ms=NOW + at, receipts=told_late))[0] == []


@pytest.mark.parametrize(("line", "stopped"), [({"usable": 0}, True), ({"usable": 1}, False)])
def test_a_job_is_stopped_when_the_credit_line_has_nothing_left(line, stopped):
    known = running(references=references(credit=credit(**line)))
    assert stopping(known)[0] == ([("CreditExhausted", NOW)] if stopped else [])


def test_a_line_that_cannot_be_looked_at_stops_nothing():
    assert stopping(running(references=references(credit=credit(ready=False, usable=0)))) == ([], [])


def test_a_stop_is_asked_for_until_the_job_has_ended_and_its_reason_stays():
    before = running()
    suspended = replace(before, job=aijob(before.status, suspend=True))
    first = decide_job(suspended)
    assert told(first.status)["Running"] == "False/Stopping"
    assert [(notice.reason, notice.warning) for notice in first.notices] == [("Suspended", False)]
    again = decide_job(after(suspended, first, now_ms=NOW + 1_000))
    assert ([type(effect) for effect in again.effects], again.records) == ([StopSubmission], ())
    resumed = after(suspended, first, now_ms=NOW + 2_000, job=aijob(first.status))
    assert [type(effect) for effect in decide_job(resumed).effects] == [StopSubmission], "it ends before it goes on"


def test_an_attempt_that_has_not_begun_is_stopped_at_once():
    before = replace(placed(), cluster=cluster(ClusterPhase.ABSENT))
    decision = decide_job(replace(before, job=aijob(before.status, suspend=True)))
    (ended,) = decision.records
    assert (ended.outcome, ended.stop_reason) == (Outcome.STOPPED, "Suspended")
    assert decision.status.phase == "Suspended"
    assert (decision.finalizer, decision.reserved) == (False, None)


def test_what_has_ended_is_not_stopped_any_more():
    ended = running(ray=ray(RayJobState.FAILED, end_ms=NOW + 1_000), now_ms=NOW + 2_000)
    assert stopping(replace(ended, job=aijob(ended.status, suspend=True))) == ([], [])


def test_a_ledger_that_was_restored_does_not_bring_an_ended_job_back():
    before = running()
    ended = decide_job(replace(before, ray=ray(RayJobState.SUCCEEDED, end_ms=NOW), now_ms=NOW + 20_000))
    assert told(ended.status)["Complete"] == "True/Succeeded"
    restored = replace(before, job=aijob(ended.status), now_ms=NOW + 60_000)
    assert stopping(restored) == ([("Finished", NOW + 60_000)], [StopSubmission])
    gone = decide_job(replace(restored, cluster=cluster(ClusterPhase.ABSENT), ray=None))
    assert told(gone.status)["Complete"] == "True/Succeeded"
    assert "Failed" not in told(gone.status)
    assert [one.open for one in gone.records] == [False]


def test_time_in_which_a_job_is_suspended_does_not_count_against_its_deadline():
    spec = {"scheduling": {"activeDeadlineSeconds": 30}}
    before = running()
    stopped = replace(before.open_attempt, stop_reason="Suspended", outcome=Outcome.STOPPED, ended_ms=NOW + 20_000)
    resumed = replace(
        before.with_attempt(stopped), job=aijob(before.status, **spec), cluster=None, ray=None, now_ms=NOW + 900_000
    )
    decision = decide_job(resumed)
    assert told(decision.status)["Placed"] == "True/Bound"
    again = after(resumed, decision, cluster=cluster(), ray=ray())
    seen = after(again, decide_job(again))
    assert stopping(replace(seen, now_ms=NOW + 909_000)) == ([], [])
    assert stopping(replace(seen, now_ms=NOW + 910_000))[0] == [("DeadlineExceeded", NOW + 910_000)]


def test_a_job_that_has_used_its_deadline_is_not_placed_again():
    spec = {"scheduling": {"activeDeadlineSeconds": 20, "retries": 3}}
    before = running()
    lost = replace(before.open_attempt, outcome=Outcome.LOST, ended_ms=NOW + 20_000)
    known = replace(before.with_attempt(lost), job=aijob(before.status, **spec), cluster=None, ray=None)
    assert told(decide_job(known).status)["Failed"] == "True/DeadlineExceeded"


def test_a_job_whose_budget_pays_for_no_more_time_is_not_placed_again():
    before = running()
    failed = replace(before.open_attempt, outcome=Outcome.FAILED, ended_ms=NOW + 1_000)
    known = replace(
        before.with_attempt(failed),
        job=aijob(before.status, budget={"maxAmount": "0.004003"}, scheduling={"retries": 3}),
        receipts=(receipt(outcome=2),),
    )
    assert known.open_slices[0].split.debit == 4_000
    assert told(decide_job(replace(known, cluster=None, ray=None)).status)["Failed"] == "True/BudgetExhausted"
