"""How long a job has run: receipts tell, and before they come, when it was first seen running."""

from dataclasses import replace

from hansa_operator.core.clock import rfc3339
from hansa_operator.core.job.duration import active_ms, started_ms
from hansa_operator.core.job.life import decide_job
from hansa_operator.ports.ledger import AttemptRecord
from hansa_operator.ports.ray import RayJobState
from tests.builders import NOW, after, aijob, cluster, facts, placed, ray, receipt

SUBMITTED = ray(RayJobState.RUNNING, start_ms=NOW)
"""Ray dates a submission from when it was handed in, also when the worker was busy for long."""


def seen_running_at(now_ms, **spec):
    """Return the facts after a look that was the first to see the attempt run."""
    known = facts(job=aijob(**spec))
    placed_job = after(known, decide_job(known), now_ms=now_ms, cluster=cluster(), ray=SUBMITTED)
    return after(placed_job, decide_job(placed_job))


def test_what_an_attempt_waited_for_a_worker_counts_for_no_deadline():
    known = seen_running_at(NOW + 60_000, scheduling={"activeDeadlineSeconds": 4})
    assert active_ms(known) == 0
    assert known.open_attempt.stop_reason == ""
    assert known.status.current_attempt.start_time == rfc3339(NOW + 60_000)


def test_what_an_attempt_waited_for_a_worker_costs_no_budget():
    # 5 s of two GPUs at 2 wei a millisecond.
    known = seen_running_at(NOW + 60_000, budget={"maxAmount": "0.02"})
    assert known.open_attempt.stop_reason == ""
    later = decide_job(replace(known, now_ms=NOW + 65_000))
    (stopped,) = (made for made in later.records if isinstance(made, AttemptRecord))
    assert stopped.stop_reason == "BudgetExhausted"


def test_a_receipt_tells_better_than_what_was_seen():
    known = seen_running_at(NOW + 60_000)
    came = receipt(from_ms=NOW + 58_500, to_ms=NOW + 59_000)
    assert started_ms(replace(known, receipts=(came,)), known.open_attempt) == NOW + 58_500


def test_what_was_not_seen_running_has_not_begun():
    known = placed()
    assert started_ms(known, known.open_attempt) is None
    pending = replace(known, cluster=cluster(), ray=ray(RayJobState.PENDING))
    assert started_ms(pending, known.open_attempt) is None


def test_a_job_is_looked_at_when_its_deadline_comes():
    known = seen_running_at(NOW, scheduling={"activeDeadlineSeconds": 4})
    later = replace(known, now_ms=NOW + 1_500)
    assert decide_job(later).wake_ms == NOW + 4_000
