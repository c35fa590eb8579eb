"""What a running job outlives: chain, API server, agent and operator away."""

from hansa_cli.demo.books import faults_of
from tests.integration.operator.market import wei_of
from tests.integration.operator.outages import steadfast
from tests.integration.operator.scene import Scene
from tests.integration.operator.tenant import Tenant


def test_a_job_outlives_chain_api_server_agent_and_operator(outages: Scene) -> None:
    job = outages.of(steadfast).job
    assert job.outcomes == ["Succeeded"]
    assert job.status["attempts"] == 1


def test_nothing_is_lost_of_what_ran_and_nothing_is_billed_twice(outages: Scene) -> None:
    job = outages.of(steadfast).job
    slices, ran_ms = job.market.slices(job.job_id), job.ran_ms()
    assert faults_of(slices) == []
    assert ran_ms <= job.status["usage"]["gpuMilliseconds"] < ran_ms + 5_000


def test_a_balance_moves_by_what_the_job_says_to_the_wei(outages: Scene) -> None:
    job = outages.of(steadfast).job
    paid = Tenant(job.market, job.namespace).paid
    assert paid == wei_of(job.status["usage"]["amount"]) == job.charged


def test_a_settlement_whose_operator_dies_is_posted_later_or_rolls_over(outages: Scene) -> None:
    seen = outages.of(steadfast)
    for name in seen.settlements:
        settlement = seen.job.market.journal.newest("Settlement", "", name)
        assert settlement is not None
        assert settlement["status"]["phase"] in ("Finalized", "Missed")


def test_an_operator_that_is_asked_to_end_does_so_soon_and_leaves_ray_running(outages: Scene) -> None:
    seen = outages.of(steadfast)
    assert seen.end_seconds < 10
    assert seen.lease_holder == ""
    assert seen.heads == (1, 1)
