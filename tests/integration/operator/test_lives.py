"""What becomes of jobs, and what each costs."""

from collections.abc import Callable
from itertools import pairwise

import pytest

from hansa_cli.demo.books import faults_of
from hansa_cli.job_view import is_true
from tests.integration.operator import lives
from tests.integration.operator.market import wei_of
from tests.integration.operator.scene import Scene
from tests.integration.operator.tenant import Tenant
from tests.integration.operator.things import Job

PRICE_PER_SECOND = wei_of("1.8") * 103 // 100 // 3600
"""What a second on one GPU of the cheaper provider costs (wei), the protocol's 3 % included."""

PAID = (lives.retried, lives.hopeless, lives.overdue, lives.spent, lives.suspended)


@pytest.mark.parametrize("act", PAID, ids=lambda act: act.__name__)
def test_what_a_status_says_is_what_the_chain_took(quiet: Scene, act: Callable[[Tenant], Job]) -> None:
    job = quiet.of(act)
    usage = job.status["usage"]
    assert job.reason("Settled") == "Finalized"
    assert usage["amount"] == usage["sealedAmount"] == usage["settledAmount"]
    assert wei_of(usage["amount"]) == job.charged > 0


def test_a_job_is_paid_for_the_time_that_its_code_ran(quiet: Scene) -> None:
    last = quiet.of(lives.plain).versions[-1]
    assert is_true(last.manifest, "Complete")
    assert last.status["attempts"] == 1
    assert 12_000 <= last.status["usage"]["gpuMilliseconds"] < 15_000


def test_a_job_is_deleted_after_its_time_to_live_but_not_before_it_is_paid(quiet: Scene) -> None:
    job = quiet.of(lives.plain)
    last = job.versions[-1]
    assert is_true(last.manifest, "Settled")
    assert wei_of(last.status["usage"]["settledAmount"]) == job.charged > 0


def test_a_failed_attempt_is_tried_again_and_paid(quiet: Scene) -> None:
    job = quiet.of(lives.retried)
    assert is_true(job.manifest, "Complete")
    assert job.outcomes == ["Failed", "Succeeded"]
    assert {paid.leaf.attempt for paid in job.market.slices(job.job_id)} == {0, 1}


def test_a_job_fails_when_its_retries_are_used_up(quiet: Scene) -> None:
    job = quiet.of(lives.hopeless)
    assert job.reason("Failed") == "RetriesExhausted"
    assert job.outcomes == ["Failed"]
    assert "exit code 3" in job.message("Failed")


def test_a_job_is_stopped_at_its_deadline_and_not_tried_again(quiet: Scene) -> None:
    job = quiet.of(lives.overdue)
    assert job.reason("Failed") == "DeadlineExceeded"
    assert job.outcomes == ["Stopped"]
    assert 3_000 <= job.status["usage"]["gpuMilliseconds"] < 12_000


def test_a_job_is_stopped_when_its_budget_is_spent_and_never_costs_more(quiet: Scene) -> None:
    job = quiet.of(lives.spent)
    assert job.reason("Failed") == "BudgetExhausted"
    assert job.outcomes == ["Stopped"]
    assert wei_of("0.002") - 2 * PRICE_PER_SECOND < job.charged <= wei_of("0.002")


def test_a_suspended_job_stops_and_runs_again_and_pays_for_both(quiet: Scene) -> None:
    job = quiet.of(lives.suspended)
    assert is_true(job.manifest, "Complete")
    assert job.outcomes == ["Stopped", "Succeeded"]
    assert {paid.leaf.attempt for paid in job.market.slices(job.job_id)} == {0, 1}


def test_a_job_that_nobody_takes_fails_at_its_start_deadline_and_costs_nothing(quiet: Scene) -> None:
    job = quiet.of(lives.late)
    assert job.reason("Failed") == "DeadlineExceeded"
    assert job.reason("Settled") == "NothingToSettle"
    assert not job.status.get("attempts")


def test_a_job_that_is_deleted_while_it_starts_is_gone_soon_and_costs_nothing(quiet: Scene) -> None:
    job = quiet.of(lives.deleted_while_starting)
    seconds = job.versions[-1].at - next(one.at for one in job.versions if one.deleting)
    assert seconds < 90
    assert job.charged == 0


def test_an_attempt_whose_ray_head_dies_is_lost_and_tried_again(quiet: Scene) -> None:
    job = quiet.of(lives.bereaved)
    slices = job.market.slices(job.job_id)
    assert job.outcomes == ["Lost", "Succeeded"]
    assert {paid.leaf.attempt for paid in slices} == {0, 1}
    assert faults_of(slices) == []


def test_a_job_that_is_deleted_in_mid_run_pays_for_what_ran(quiet: Scene) -> None:
    job = quiet.of(lives.deleted)
    placed = next(one.at for one in job.versions if is_true(one.manifest, "Placed"))
    assert job.charged <= PRICE_PER_SECOND * (job.versions[-1].at - placed)


def test_a_job_that_is_deleted_before_it_is_paid_is_paid_all_the_same(quiet: Scene) -> None:
    gone, other, _ = quiet.of(lives.twins)
    assert not is_true(gone.manifest, "Settled")
    assert other.market.charged(gone.status["jobID"]) == wei_of(gone.status["usage"]["amount"])


def test_the_same_work_under_the_same_key_runs_and_is_charged_once(quiet: Scene) -> None:
    _, other, again = quiet.of(lives.twins)
    for job in (other, again):
        assert job.reason("Complete") == "AlreadyCompleted"
        assert job.reason("Settled") == "NothingToSettle"
        assert not job.status.get("attempts")
        assert job.charged == 0


def test_nothing_is_written_while_a_job_runs_but_what_was_sealed_and_paid(quiet: Scene) -> None:
    running = [one for one in quiet.of(lives.plain).versions if is_true(one.manifest, "Running")]
    usages = [one.status.get("usage") for one in running]
    assert len(running) <= 3
    assert all(before != after for before, after in pairwise(usages))
