"""Jobs on a line that asks for orders: they run by their order, once, and cost no more than it says, for no longer."""

from hansa_chain.cases import State
from hansa_cli.cluster.hansa_kinds import HUBS, read_one
from hansa_cli.job_view import conditions
from hansa_operator.core.clock import parse_rfc3339
from tests.integration.operator import doubts, orders
from tests.integration.operator.market import Market, wei_of
from tests.integration.operator.outages import steadfast
from tests.integration.operator.scene import Scene


def test_a_job_without_an_order_does_not_run_and_is_told_how_to_get_one(quiet: Scene) -> None:
    job = quiet.of(orders.unordered)
    assert "hansa order sign" in job.message("Stalled")
    assert not job.status.get("attempts")


def test_an_order_for_something_else_is_none(quiet: Scene) -> None:
    job = quiet.of(orders.tampered)
    assert "signed for something else" in job.message("Stalled")
    assert not job.status.get("attempts")


def test_the_same_order_under_two_names_runs_once_and_is_charged_once(quiet: Scene) -> None:
    ran, refrained = quiet.of(orders.applied_twice)
    assert refrained.reason("Complete") == "AlreadyCompleted"
    assert not refrained.status.get("attempts")
    assert ran.outcomes == ["Succeeded"]
    slices = ran.market.slices(ran.job_id)
    assert slices, "the leaves carry the order's digest"
    assert 0 < ran.charged == slices[-1].leaf.cumulative <= wei_of("0.75")
    assert refrained.charged == 0


def test_nothing_is_charged_for_time_after_the_end_of_the_order(quiet: Scene) -> None:
    job = quiet.of(orders.expired)
    until_ms = job.manifest["spec"]["order"]["expiresAt"] * 1000
    slices = job.market.slices(job.job_id)
    assert slices
    assert all(paid.leaf.to_ms <= until_ms for paid in slices)
    assert parse_rfc3339(job.status["currentAttempt"]["endTime"]) < until_ms + 20_000


def test_a_job_that_is_doubted_after_it_was_deleted_is_answered_with_its_order(quiet: Scene, market: Market) -> None:
    doubt = quiet.of(doubts.doubted)
    assert (doubt.state, doubt.earned) == (State.ANSWERED, doubt.fee)
    hub = read_one(market.cluster, HUBS, None, market.cast.hub)
    assert conditions(hub)["ChallengesAnswered"]["status"] == "True"


def test_after_the_operator_was_killed_the_job_has_its_order_still(outages: Scene) -> None:
    seen = outages.of(steadfast)
    job, again = seen.ordered, seen.again
    assert job.status["attempts"] == 1
    assert (job.reason("Complete"), again.reason("Complete")) == ("Succeeded", "AlreadyCompleted")
    ids = {version.status["jobID"] for version in job.versions if version.status.get("jobID")}
    assert ids == {job.job_id}
    assert not again.status.get("attempts")
    assert job.charged > 0
    assert again.charged == 0
