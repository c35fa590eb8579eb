"""After the end: the result, what it cost, how far the money is, and how long the object stays."""

from dataclasses import replace

import pytest

from hansa_operator.core.clock import rfc3339
from hansa_operator.core.job.facts import DeleteObject
from hansa_operator.core.job.life import decide_job
from hansa_operator.core.metering.obstacle import Obstacle
from hansa_operator.ports.ledger import EntryState
from hansa_operator.ports.ray import RayJobState
from tests.builders import (
    EPOCH,
    NOW,
    account,
    after,
    aijob,
    entry,
    ray,
    receipt,
    references,
    report,
    running,
    twin,
)
from tests.builders import facts as build_facts
from tests.unit.core.statuses import said, since, told

ENDED = NOW + 1_000
SUCCEEDED = ray(RayJobState.SUCCEEDED, end_ms=ENDED)


def finished(**changes):
    """Return the facts of a job that has succeeded after a second, with all of it receipted."""
    ended = running(ray=SUCCEEDED, receipts=(receipt(outcome=1),), reports=(report(),), now_ms=ENDED)
    return replace(after(ended, decide_job(ended), cluster=None, ray=None), **changes)


def test_a_job_that_succeeded_is_complete_and_holds_nothing():
    before = running(ray=SUCCEEDED, receipts=(receipt(outcome=1),), now_ms=ENDED)
    decision = decide_job(before)
    assert told(decision.status) == {
        "Admitted": "True/QuotaReserved",
        "Placed": "False/Finished",
        "Running": "False/Succeeded",
        "Complete": "True/Succeeded",
        "Settled": "False/Pending",
    }
    assert (decision.status.phase, decision.finalizer, decision.reserved) == ("Succeeded", False, None)
    assert [notice.reason for notice in decision.notices] == ["AttemptEnded", "Completed"]


def test_the_result_is_what_the_runner_reported_also_when_the_report_comes_late():
    assert finished().status.result.model_dump() == {
        "digest": "0x" + "0a" * 32,
        "uri": "http://hub/v1/results",
        "size_bytes": 12,
    }
    unreported = running(ray=SUCCEEDED, receipts=(receipt(outcome=1),), now_ms=ENDED)
    late = after(unreported, decide_job(unreported), cluster=None, ray=None)
    assert late.status.result is None
    assert decide_job(replace(late, reports=(report(result_blob=""),))).status.result.uri is None


def test_a_job_that_failed_has_no_result():
    failed = running(ray=ray(RayJobState.FAILED, end_ms=ENDED), receipts=(receipt(outcome=2),), reports=(report(),))
    decision = decide_job(replace(failed, now_ms=ENDED))
    assert told(decision.status)["Failed"] == "True/RetriesExhausted"
    assert decision.status.result is None


FULL, MORE = entry(), entry(seq=1, batch_epoch=EPOCH + 1, state=EntryState.FINALIZED)
MONEY = {
    "work that is in no batch is pending": (account(), "False/Pending"),
    "work in a batch is sealed": (account(FULL), "False/Sealed"),
    "one paid slice is not all": (account(FULL, MORE), "False/Sealed"),
    "all slices are paid": (account(replace(FULL, state=EntryState.FINALIZED), MORE), "True/Finalized"),
}


@pytest.mark.parametrize(("sealed", "settled"), MONEY.values(), ids=MONEY)
def test_a_job_is_settled_when_all_of_it_is_paid(sealed, settled):
    assert told(decide_job(finished(account=sealed)).status)["Settled"] == settled


def test_work_that_a_batch_had_to_leave_out_says_why():
    obstacle = Obstacle("NotOrdered", "were not sealed with epoch 7")
    status = decide_job(finished(obstacle=obstacle)).status
    assert told(status)["Settled"] == "False/NotOrdered"
    assert said(status, "Settled") == "2000 GPU-milliseconds were not sealed with epoch 7"
    assert told(decide_job(finished(account=account(FULL), obstacle=obstacle)).status)["Settled"] == "False/Sealed"


def test_what_ran_without_a_receipt_is_not_paid_and_a_late_receipt_opens_the_bill_again():
    unpaid = finished(receipts=())
    decision = decide_job(unpaid)
    assert told(decision.status)["Settled"] == "True/NothingToSettle"
    late = after(unpaid, decision, receipts=(receipt(),))
    assert told(decide_job(late).status)["Settled"] == "False/Pending"


def test_the_settlement_with_the_last_slice_is_named():
    assert decide_job(finished(last_settlement="main-aabbccdd-7")).status.last_settlement_ref.name == "main-aabbccdd-7"


def expiring(ttl, known, **changes):
    return replace(known, job=aijob(known.status, ttlSecondsAfterFinished=ttl), **changes)


PAID = {"account": account(replace(FULL, state=EntryState.FINALIZED))}


@pytest.mark.parametrize(("at", "gone"), [(59_999, False), (60_000, True)])
def test_a_settled_job_is_deleted_when_its_time_is_over(at, gone):
    decision = decide_job(expiring(60, finished(**PAID), now_ms=ENDED + at))
    assert decision.effects == ((DeleteObject(),) if gone else ())
    assert decision.wake_ms == (None if gone else ENDED + 60_000)


def test_a_job_that_is_not_paid_stays_and_is_not_looked_at_without_end():
    decision = decide_job(expiring(0, finished(), now_ms=ENDED + 60_000))
    assert (decision.effects, decision.wake_ms) == ((), None)


def test_a_job_without_a_time_to_live_stays():
    decision = decide_job(finished(**PAID, now_ms=ENDED + 10**9))
    assert (decision.effects, decision.wake_ms) == ((), None)


def test_what_has_ended_stays_so_whatever_its_references_become():
    known = finished()
    changed = replace(
        known, references=references(missing=("CreditLine line",), credit=None, twin=twin(active=True)), now_ms=NOW * 2
    )
    decision = decide_job(replace(changed, job=aijob(known.status, suspend=True)))
    assert told(decision.status)["Complete"] == "True/Succeeded"
    assert since(decision.status, "Complete") == rfc3339(ENDED)
    assert decision.records == ()


def test_a_twin_of_finished_work_needs_no_settlement():
    decision = decide_job(build_facts(references=references(twin=twin(succeeded=True))))
    assert told(decision.status)["Settled"] == "True/NothingToSettle"
