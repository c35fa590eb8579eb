"""How an attempt ends, what counts as a failure, and what becomes of its job."""

from dataclasses import replace

import pytest

from hansa_operator.core.clock import rfc3339
from hansa_operator.core.job.end import BLIND_MS, RECEIPT_GRACE_MS
from hansa_operator.core.job.life import decide_job
from hansa_operator.ports.ledger import AttemptRecord, Outcome
from hansa_operator.ports.ray import ClusterPhase, RayJobState
from tests.builders import NOW, after, aijob, attempt, cluster, facts, placed, ray, receipt, record, report, running
from tests.unit.core.statuses import said, told

FINAL = (receipt(outcome=1),)
SILENCE = {"cluster": cluster(ClusterPhase.UNKNOWN), "ray": None}
GONE = {"cluster": cluster(ClusterPhase.ABSENT), "ray": None}


def ended_by(decision):
    return [(one.outcome, one.ended_ms) for one in decision.records if isinstance(one, AttemptRecord) and not one.open]


def retrying(known, retries):
    return replace(known, job=aijob(known.status, scheduling={"retries": retries}))


OUTCOMES = {
    "success": (RayJobState.SUCCEEDED, "", Outcome.SUCCEEDED),
    "success although it was to stop": (RayJobState.SUCCEEDED, "Suspended", Outcome.SUCCEEDED),
    "failure": (RayJobState.FAILED, "", Outcome.FAILED),
    "a stop that was asked for": (RayJobState.STOPPED, "Suspended", Outcome.STOPPED),
    "a failure because of that stop": (RayJobState.FAILED, "Suspended", Outcome.STOPPED),
    "a stop that nobody here asked for": (RayJobState.STOPPED, "", Outcome.LOST),
}


@pytest.mark.parametrize(("state", "stop", "outcome"), OUTCOMES.values(), ids=OUTCOMES)
def test_an_attempt_ends_as_ray_says_and_as_was_wanted(state, stop, outcome):
    before = running(receipts=FINAL, ray=ray(state, end_ms=NOW + 1_000), now_ms=NOW + 1_500)
    stopped = replace(before.open_attempt, stop_reason=stop, stop_ms=NOW if stop else None)
    assert ended_by(decide_job(before.with_attempt(stopped))) == [(outcome, NOW + 1_000)]


@pytest.mark.parametrize(
    ("receipts", "waits"), [((), True), ((receipt(),), True), (FINAL, False), ((receipt(attempt=1, outcome=1),), True)]
)
def test_an_end_waits_for_its_final_receipt_but_not_for_long(receipts, waits):
    before = running(receipts=receipts, ray=ray(RayJobState.SUCCEEDED, end_ms=NOW))
    early = decide_job(replace(before, now_ms=NOW + RECEIPT_GRACE_MS - 1))
    assert (ended_by(early) == []) is waits
    assert ended_by(decide_job(replace(before, now_ms=NOW + RECEIPT_GRACE_MS))) == [(Outcome.SUCCEEDED, NOW)]


def test_an_end_during_an_outage_of_the_operator_waits_for_what_agents_send_after_it():
    listening_ms = NOW + 3_600_000
    before = running(ray=ray(RayJobState.SUCCEEDED, end_ms=NOW), listening_ms=listening_ms)
    assert ended_by(decide_job(replace(before, now_ms=listening_ms + RECEIPT_GRACE_MS - 1))) == []
    late = decide_job(replace(before, now_ms=listening_ms + RECEIPT_GRACE_MS))
    assert ended_by(late) == [(Outcome.SUCCEEDED, NOW)]


WRONG_CLOCKS = {
    "no time at all": (None, NOW + 5_000),
    "a time long past": (NOW - 3_600_000, NOW),
    "a time that is far away": (NOW + 3_600_000, NOW + 5_000),
}


@pytest.mark.parametrize(("end_ms", "ended_ms"), WRONG_CLOCKS.values(), ids=WRONG_CLOCKS)
def test_a_clock_that_is_wrong_keeps_no_attempt_open(end_ms, ended_ms):
    known = running(ray=ray(RayJobState.SUCCEEDED, end_ms=end_ms), now_ms=NOW + 5_000)
    assert ended_by(decide_job(known)) == [(Outcome.SUCCEEDED, ended_ms)]


def test_a_clock_that_is_a_little_ahead_ends_nothing_in_the_future():
    known = running(receipts=FINAL, ray=ray(RayJobState.SUCCEEDED, end_ms=NOW + 7_000), now_ms=NOW + 5_000)
    assert ended_by(decide_job(known)) == [(Outcome.SUCCEEDED, NOW + 5_000)]


LOSSES = {
    "its cluster is gone": GONE,
    "its cluster failed": {"cluster": cluster(ClusterPhase.FAILED), "ray": None},
    "its head knows it no more": {"ray": ray(RayJobState.ABSENT, start_ms=None)},
}


@pytest.mark.parametrize("seen", LOSSES.values(), ids=LOSSES)
def test_what_is_certainly_gone_is_lost_and_tried_again(seen):
    before = retrying(running(), 1)
    decision = decide_job(replace(before, **seen, now_ms=NOW + 9_000))
    lost, again = decision.records
    assert (lost.outcome, lost.ended_ms) == (Outcome.LOST, NOW + 9_000)
    assert lost.message.startswith("attempt lost: ")
    assert (again.attempt, again.open) == (1, True)
    assert told(decision.status)["Running"] == "False/ClusterStarting"
    assert (decision.status.attempts, decision.status.current_attempt.index) == (2, 1)


def test_a_new_attempt_remembers_nothing_of_the_one_before_it():
    before = retrying(running(), 1)
    failed = replace(before, ray=ray(RayJobState.FAILED, end_ms=NOW + 1_000), receipts=FINAL, now_ms=NOW + 2_000)
    again = after(failed, decide_job(failed), cluster=cluster(), ray=ray(RayJobState.ABSENT, start_ms=None))
    assert again.status.current_attempt.start_time is None
    assert ended_by(decide_job(again)) == []


@pytest.mark.parametrize("seen", LOSSES.values(), ids=LOSSES)
def test_what_is_lost_while_it_stops_is_no_failure(seen):
    before = running()
    stopping = replace(before.open_attempt, stop_reason="Suspended", stop_ms=NOW, message="spec.suspend was set")
    known = replace(before.with_attempt(stopping), job=aijob(before.status, suspend=True), **seen)
    decision = decide_job(known)
    assert ended_by(decision) == [(Outcome.STOPPED, NOW)]
    assert decision.status.phase == "Suspended"


def test_nothing_is_given_up_before_it_was_out_of_sight_for_five_minutes():
    known = running(**SILENCE, now_ms=NOW + 700)
    hidden = after(known, decide_job(known))
    for wait_ms in (1_000, 60_000, BLIND_MS - 1):
        assert ended_by(decide_job(replace(hidden, now_ms=NOW + 700 + wait_ms))) == []
    decision = decide_job(replace(hidden, now_ms=NOW + 700 + BLIND_MS + 1_000))
    assert ended_by(decision) == [(Outcome.LOST, NOW + 700 + BLIND_MS + 1_000)]
    assert "could not be observed for too long" in decision.records[0].message


@pytest.mark.parametrize("state", [RayJobState.RUNNING, RayJobState.PENDING, RayJobState.ABSENT])
def test_one_look_at_it_begins_the_five_minutes_anew(state):
    known = replace(placed(), **SILENCE)
    hidden = after(known, decide_job(known), cluster=cluster(), ray=ray(state), now_ms=NOW + 200_000)
    seen = after(hidden, decide_job(hidden), **SILENCE, now_ms=NOW + 210_000)
    again = after(seen, decide_job(seen), now_ms=NOW + BLIND_MS + 2_000)
    assert ended_by(decide_job(again)) == []


def test_an_attempt_that_was_never_seen_running_is_submitted_after_silence():
    known = replace(placed(), **SILENCE)
    back = after(known, decide_job(known), cluster=cluster(), ray=ray(RayJobState.ABSENT, start_ms=None))
    assert ended_by(decide_job(back)) == []
    assert len(decide_job(back).effects) == 1


def test_a_stop_that_nobody_sees_happen_ends_all_the_same():
    stopping = attempt(stop_reason="Suspended", stop_ms=NOW)
    starting = cluster(ClusterPhase.STARTING)
    known = facts(record=record(), attempts=(stopping,), cluster=starting, job=aijob(suspend=True))
    assert ended_by(decide_job(replace(known, now_ms=NOW + BLIND_MS - 1))) == []
    assert ended_by(decide_job(replace(known, now_ms=NOW + BLIND_MS))) == [(Outcome.STOPPED, NOW + BLIND_MS)]


RETRIES = {
    "a failure counts": (Outcome.FAILED, 0, "RetriesExhausted"),
    "a loss counts": (Outcome.LOST, 0, "RetriesExhausted"),
    "a retry is tried": (Outcome.FAILED, 1, "Bound"),
    "a stop does not count": (Outcome.STOPPED, 0, "Bound"),
}


@pytest.mark.parametrize(("outcome", "retries", "reason"), RETRIES.values(), ids=RETRIES)
def test_failures_and_losses_use_up_the_retries(outcome, retries, reason):
    ended = attempt(outcome=outcome, ended_ms=NOW, message="out of memory")
    known = facts(job=aijob(scheduling={"retries": retries}), record=record(), attempts=(ended,))
    status = decide_job(known).status
    assert reason in {one.reason for one in status.conditions}
    if reason == "RetriesExhausted":
        assert said(status, "Failed") == "1 of 1 attempts failed: out of memory"


@pytest.mark.parametrize("reason", ["DeadlineExceeded", "BudgetExhausted"])
def test_what_was_stopped_for_good_is_not_tried_again(reason):
    ended = attempt(outcome=Outcome.STOPPED, ended_ms=NOW, stop_reason=reason, stop_ms=NOW, message="enough")
    status = decide_job(facts(job=aijob(scheduling={"retries": 3}), record=record(), attempts=(ended,))).status
    assert told(status)["Failed"] == f"True/{reason}"
    assert told(status)["Placed"] == "False/Finished"


@pytest.mark.parametrize("reason", ["Suspended", "CreditExhausted"])
def test_what_was_stopped_for_a_while_goes_on(reason):
    ended = attempt(outcome=Outcome.STOPPED, ended_ms=NOW, stop_reason=reason, stop_ms=NOW)
    decision = decide_job(facts(record=record(), attempts=(ended,)))
    assert [one.attempt for one in decision.records] == [1]


def test_a_failed_attempt_leaves_no_condition_of_its_own_behind():
    before = retrying(running(), 1)
    failed = replace(before, ray=ray(RayJobState.FAILED, end_ms=NOW), receipts=FINAL, my_turn=False)
    decision = decide_job(failed)
    assert told(decision.status) == {
        "Admitted": "True/QuotaReserved",
        "Placed": "False/Queued",
        "Settled": "False/Pending",
    }
    assert decision.status.phase == "Queued"


def test_the_reason_of_a_failure_is_the_runners_own_if_it_has_one():
    before = running(ray=ray(RayJobState.FAILED, end_ms=NOW, message="exit code 1"), receipts=FINAL)
    assert decide_job(before).records[0].message == "exit code 1"
    told_better = replace(before, reports=(report(message="ValueError: no data"),))
    assert decide_job(told_better).records[0].message == "ValueError: no data"


def test_the_start_of_a_lost_attempt_is_not_forgotten():
    decision = decide_job(running(**GONE, now_ms=NOW + 9_000))
    assert decision.status.current_attempt.start_time == rfc3339(NOW)
