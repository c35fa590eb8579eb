"""An attempt whose job is gone: it is stopped, receipted if it can be, and let go in bounded time."""

from dataclasses import replace

import pytest

from hansa_operator.core.job.end import DELETION_MS, RECEIPT_GRACE_MS
from hansa_operator.core.job.orphan import decide_orphan
from hansa_operator.ports.ledger import Outcome
from hansa_operator.ports.ray import ClusterPhase, RayJobState
from tests.builders import NOW, attempt, cluster, ray, receipt

STOPPING = attempt(stop_reason="Deleted", message="the AIJob is gone", stop_ms=NOW)


def decide(phase=ClusterPhase.READY, state=None, *, orphan=STOPPING, receipts=(), at=0, end_ms=None):
    view = ray(state, end_ms=end_ms) if state is not None else None
    return decide_orphan(orphan, cluster(phase), view, receipts, now_ms=NOW + at)


def test_an_orphan_is_stopped_and_remembers_since_when():
    decision = decide(state=RayJobState.RUNNING, orphan=attempt())
    assert (decision.record, decision.stop) == (STOPPING, True)
    assert decide(state=RayJobState.RUNNING, at=5_000).record == STOPPING


ENDS = {
    "its cluster is gone": (ClusterPhase.ABSENT, None),
    "its cluster failed": (ClusterPhase.FAILED, None),
    "it was never submitted": (ClusterPhase.READY, RayJobState.ABSENT),
}


@pytest.mark.parametrize(("phase", "state"), ENDS.values(), ids=ENDS)
def test_what_is_certainly_gone_is_let_go_at_once(phase, state):
    decision = decide(phase, state, at=1_000)
    assert decision.record == replace(STOPPING, ended_ms=NOW + 1_000, outcome=Outcome.STOPPED)
    assert not decision.stop


STAYS = {
    "it still runs": (ClusterPhase.READY, RayJobState.RUNNING),
    "Ray does not answer": (ClusterPhase.READY, RayJobState.UNKNOWN),
    "its cluster does not answer": (ClusterPhase.UNKNOWN, None),
    "its cluster starts": (ClusterPhase.STARTING, None),
}


@pytest.mark.parametrize(("phase", "state"), STAYS.values(), ids=STAYS)
def test_what_may_still_run_is_waited_for_and_not_for_ever(phase, state):
    assert decide(phase, state, at=DELETION_MS - 1).record.open
    over = decide(phase, state, at=DELETION_MS).record
    assert (over.outcome, over.ended_ms) == (Outcome.STOPPED, NOW + DELETION_MS)


def test_an_end_waits_for_its_receipt_even_when_it_is_seen_late():
    late = {"state": RayJobState.STOPPED, "end_ms": NOW + DELETION_MS - 1_000}
    assert decide(**late, at=DELETION_MS).record.open
    assert not decide(**late, at=DELETION_MS, receipts=[receipt(outcome=3)]).record.open
    over = decide(**late, at=DELETION_MS - 1_000 + RECEIPT_GRACE_MS).record
    assert over.ended_ms == NOW + DELETION_MS - 1_000
    along = {"state": RayJobState.STOPPED, "end_ms": NOW + 10**6}
    assert not decide(**along, at=10**6).record.open, "whatever its clock says"


@pytest.mark.parametrize("end_ms", [None, 0, NOW + 10**9])
def test_a_clock_that_is_wrong_is_not_waited_for(end_ms):
    over = decide(state=RayJobState.STOPPED, end_ms=end_ms, at=1_000).record
    assert NOW <= over.ended_ms <= NOW + 1_000


def test_work_that_was_done_counts_as_done():
    over = decide(state=RayJobState.SUCCEEDED, end_ms=NOW, receipts=[receipt(outcome=1)], at=1_000).record
    assert over.outcome is Outcome.SUCCEEDED
