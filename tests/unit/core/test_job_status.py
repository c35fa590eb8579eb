"""The status as people and tools read it: usage, attempts, phase, and times that mean something."""

from dataclasses import replace

import pytest

from hansa_operator.api.aijob import AIJobStatus
from hansa_operator.api.meta import Condition
from hansa_operator.core.job.life import decide_job
from hansa_operator.core.job.status import CONDITIONS, Draft, phase_of
from hansa_operator.ports.ledger import EntryState, Outcome
from hansa_operator.ports.ray import RayJobState
from tests.builders import EPOCH, EPOCH_MS, NOW, account, aijob, attempt, entry, facts, ray, receipt, record, running


def condition(kind, status, reason="Because"):
    return Condition(type=kind, status=status, reason=reason)


PHASES = {
    "Pending": (),
    "Queued": (condition("Admitted", "True"), condition("Placed", "False")),
    "Starting": (condition("Placed", "True"), condition("Running", "False")),
    "Running": (condition("Placed", "True"), condition("Running", "True")),
    "Unknown": (condition("Placed", "True"), condition("Running", "Unknown")),
    "Suspended": (condition("Running", "False", "Suspended"), condition("Admitted", "True")),
    "Stalled": (condition("Stalled", "True"), condition("Admitted", "False")),
    "Failed": (condition("Failed", "True"), condition("Running", "False")),
    "Succeeded": (condition("Complete", "True"), condition("Stalled", "True")),
}


@pytest.mark.parametrize(("phase", "conditions"), PHASES.items(), ids=PHASES)
def test_a_phase_follows_from_the_conditions(phase, conditions):
    assert phase_of(AIJobStatus(conditions=conditions)) == phase


@pytest.mark.parametrize("reason", ["Stopping", "Finished"])
def test_an_attempt_that_is_about_to_end_is_not_shown_as_starting(reason):
    conditions = (condition("Placed", "True"), condition("Running", "False", reason))
    assert phase_of(AIJobStatus(conditions=conditions)) == "Running"


def test_conditions_are_shown_in_one_order_and_others_are_dropped():
    draft = Draft.of(facts(job=aijob(AIJobStatus(conditions=(condition("Odd", "True"), condition("Stalled", "True"))))))
    for kind in reversed(CONDITIONS):
        draft = draft.condition(kind, True, "Because", "it is so")
    assert tuple(one.type for one in draft.finish().conditions) == CONDITIONS


def test_a_long_message_is_cut():
    assert (
        len(Draft.of(facts()).condition("Placed", False, "Queued", "x" * 9_000).finish().conditions[0].message) == 512
    )


def usage(known):
    found = decide_job(known).status.usage
    return found and (found.gpu_milliseconds, found.amount, found.sealed_amount, found.settled_amount)


def test_a_running_job_shows_what_is_sealed_and_nothing_that_changes_all_the_time():
    assert usage(running()) is None
    assert usage(running(receipts=(receipt(),))) is None
    sealed = account(
        entry(state=EntryState.FINALIZED), entry(seq=1, batch_epoch=EPOCH + 1, gpu_milliseconds=500, debit=1_000)
    )
    assert usage(running(receipts=(receipt(),), account=sealed)) == (2_500, "0.005", "0.005", "0.004")


def test_an_ended_job_shows_all_of_it():
    more = receipt(from_ms=NOW + EPOCH_MS, to_ms=NOW + EPOCH_MS + 1_000, outcome=1)
    ended = running(receipts=(receipt(), more), account=account(entry()), ray=ray(RayJobState.SUCCEEDED, end_ms=NOW))
    assert usage(ended) == (4_000, "0.008", "0.004", "0")


def test_a_retry_goes_on_showing_what_the_attempts_before_it_cost():
    failed = running(
        job=aijob(running().status, scheduling={"retries": 1}),
        receipts=(receipt(outcome=2),),
        ray=ray(RayJobState.FAILED, end_ms=NOW),
    )
    again = decide_job(failed)
    assert again.status.usage.amount == "0.004"
    assert again.status.current_attempt.outcome is None


def test_a_batch_that_missed_its_time_is_not_shown_as_sealed():
    sealed = running(account=account(entry()), receipts=(receipt(),))
    shown = replace(sealed, job=aijob(decide_job(sealed).status), account=account())
    assert usage(shown) == (0, "0", "0", "0")


def test_the_latest_attempt_and_three_before_it_are_shown():
    ended = tuple(
        attempt(attempt=number, ended_ms=NOW, outcome=Outcome.STOPPED, provider=f"p{number}") for number in range(6)
    )
    status = decide_job(facts(record=record(), attempts=ended, my_turn=False)).status
    assert (status.attempts, status.current_attempt.index, status.current_attempt.outcome) == (6, 5, "Stopped")
    assert [one.index for one in status.recent_attempts] == [2, 3, 4]


def test_a_status_says_which_version_of_the_job_it_is_about():
    job = aijob()
    newer = job.model_copy(update={"metadata": job.metadata.model_copy(update={"generation": 7})})
    status = decide_job(facts(job=newer)).status
    assert status.observed_generation == 7
    assert {one.observed_generation for one in status.conditions} == {7}
