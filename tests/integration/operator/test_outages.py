"""What a running job outlives: chain, API server, agent and operator away."""

import signal
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from hansa_cli.cluster.client import Resource
from hansa_cli.demo.books import faults_of
from hansa_cli.sandbox.manifests import SYSTEM
from tests.integration.operator.market import OPERATOR, Market, wei_of
from tests.integration.operator.scene import Scene, Stage
from tests.integration.operator.tenant import Tenant
from tests.integration.operator.things import PATIENCE_SECONDS, Held

AWAY_SECONDS = 6.0
LEASES = Resource("coordination.k8s.io/v1", "leases", "Lease", namespaced=True)


@dataclass(frozen=True, slots=True)
class Endured:
    """Report what a job went through; `heads` counts Ray heads before and after the operator ended by SIGTERM."""

    job: Held
    settlements: tuple[str, str]
    end_seconds: float
    lease_holder: str
    heads: tuple[int, int]


def next_settlement(market: Market) -> str:
    """Wait for a settlement that is not there yet; returns its name at the moment when it appears."""
    known = set(market.journal.all("Settlement"))
    came = market.journal.until(lambda: set(market.journal.all("Settlement")) != known, seconds=PATIENCE_SECONDS)
    assert came, f"no settlement came after {sorted(known)}"
    return next(name for _, name in set(market.journal.all("Settlement")) - known)


def steadfast(tenant: Tenant) -> Endured:
    market, job = tenant.market, tenant.hold("steadfast")
    job.until_begun()
    market.pause("chain", AWAY_SECONDS)
    market.pause("kube-apiserver", AWAY_SECONDS)
    market.kill("agent-lubeck")
    market.start_agents()
    first = next_settlement(market)
    market.kill(OPERATOR)
    market.start_operator()
    second = next_settlement(market)
    before = len(market.ray_heads(tenant.namespace))
    end_seconds = market.kill(OPERATOR, signal.SIGTERM)
    lease = market.cluster.get(LEASES, SYSTEM, f"hansa-{market.cast.hub}") or {}
    heads = (before, len(market.ray_heads(tenant.namespace)))
    # It ends while no operator is there to see it.
    job.let_go()
    market.start_operator()
    job.until_settled()
    return Endured(job, (first, second), end_seconds, lease["spec"].get("holderIdentity", ""), heads)


@pytest.fixture(scope="module")
def scene(stage: Stage, newcomer: Callable[[], Tenant]) -> Scene:
    stage.clear()
    return stage.play({steadfast: newcomer()})


def test_a_job_outlives_chain_api_server_agent_and_operator(scene: Scene) -> None:
    job = scene.of(steadfast).job
    assert job.outcomes == ["Succeeded"]
    assert job.status["attempts"] == 1


def test_nothing_is_lost_of_what_ran_and_nothing_is_billed_twice(scene: Scene) -> None:
    job = scene.of(steadfast).job
    slices, ran_ms = job.market.slices(job.job_id), job.ran_ms()
    assert faults_of(slices) == []
    assert ran_ms <= job.status["usage"]["gpuMilliseconds"] < ran_ms + 5_000


def test_a_balance_moves_by_what_the_job_says_to_the_wei(scene: Scene) -> None:
    job = scene.of(steadfast).job
    paid = Tenant(job.market, job.namespace).paid
    assert paid == wei_of(job.status["usage"]["amount"]) == job.charged


def test_a_settlement_whose_operator_dies_is_posted_later_or_rolls_over(scene: Scene) -> None:
    seen = scene.of(steadfast)
    for name in seen.settlements:
        settlement = seen.job.market.journal.newest("Settlement", "", name)
        assert settlement is not None
        assert settlement["status"]["phase"] in ("Finalized", "Missed")


def test_an_operator_that_is_asked_to_end_does_so_soon_and_leaves_ray_running(scene: Scene) -> None:
    seen = scene.of(steadfast)
    assert seen.end_seconds < 10
    assert seen.lease_holder == ""
    assert seen.heads == (1, 1)
