"""A job that is being deleted: stopped, receipted if it can be, and let go in bounded time whatever is seen of it."""

from dataclasses import replace

import pytest

from hansa_operator.core.job.end import DELETION_MS, RECEIPT_GRACE_MS
from hansa_operator.core.job.facts import StopSubmission
from hansa_operator.core.job.life import decide_job
from hansa_operator.ports.ledger import AttemptRecord, Outcome
from hansa_operator.ports.ray import ClusterPhase, RayJobState
from tests.builders import NOW, after, aijob, cluster, facts, placed, ray, receipt, running

SILENCE = {"cluster": cluster(ClusterPhase.UNKNOWN), "ray": None}
GONE = {"cluster": cluster(ClusterPhase.ABSENT), "ray": None}


def ended_by(decision):
    return [(one.outcome, one.ended_ms) for one in decision.records if isinstance(one, AttemptRecord) and not one.open]


def departing(known, **changes):
    return replace(known, job=aijob(known.status, deleted_ms=NOW), **changes)


def test_a_deleted_job_is_stopped_and_let_go_when_it_has_ended():
    leaving = departing(running())
    first = decide_job(leaving)
    assert [type(effect) for effect in first.effects] == [StopSubmission]
    assert first.finalizer is None
    stopped = ray(RayJobState.STOPPED, end_ms=NOW + 2_000)
    waiting = after(leaving, first, ray=stopped, now_ms=NOW + 3_000)
    assert ended_by(decide_job(waiting)) == []
    gone = decide_job(replace(waiting, receipts=(receipt(outcome=3),)))
    assert ended_by(gone) == [(Outcome.STOPPED, NOW + 2_000)]
    assert gone.finalizer is False


def test_a_deleted_job_that_holds_nothing_is_let_go_at_once():
    assert decide_job(departing(facts())).finalizer is False
    lost = decide_job(departing(running(), **GONE))
    assert (ended_by(lost), lost.finalizer) == ([(Outcome.LOST, NOW)], False)
    fresh = decide_job(departing(placed(), **GONE))
    assert (ended_by(fresh), fresh.finalizer) == ([(Outcome.STOPPED, NOW)], False)


@pytest.mark.parametrize("seen", [SILENCE, {"cluster": None, "ray": None}, {"ray": ray()}], ids=["silence", "no", "on"])
def test_a_deletion_ends_whatever_ray_says(seen):
    leaving = departing(running(), **seen)
    known = after(leaving, decide_job(leaving), now_ms=NOW + DELETION_MS - 1)
    assert (ended_by(decide_job(known)), decide_job(known).finalizer) == ([], None)
    over = decide_job(replace(known, now_ms=NOW + DELETION_MS))
    assert (ended_by(over), over.finalizer) == ([(Outcome.STOPPED, NOW + DELETION_MS)], False)


def test_a_deletion_waits_for_the_receipt_of_an_end_that_it_sees_late():
    late = DELETION_MS - 1_000
    leaving = departing(running(), ray=ray(RayJobState.STOPPED, end_ms=NOW + late))
    assert decide_job(replace(leaving, now_ms=NOW + DELETION_MS + 1_000)).finalizer is None
    assert decide_job(replace(leaving, now_ms=NOW + late + RECEIPT_GRACE_MS)).finalizer is False


def test_a_clock_that_runs_along_does_not_hold_up_a_deletion():
    at = DELETION_MS + 2 * RECEIPT_GRACE_MS
    leaving = departing(running(), now_ms=NOW + at, ray=ray(RayJobState.STOPPED, end_ms=NOW + at))
    assert decide_job(leaving).finalizer is False
