"""One sandbox for all tests of the running operator, what is played in it, and its last accounts."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hansa_chain.deployment import Deployment
from hansa_cli.cluster.access import load_access
from hansa_cli.cluster.hansa_kinds import AIJOBS, CREDIT_LINES, SETTLEMENTS
from hansa_cli.sandbox.cast import DEMO, Cast, Customer
from hansa_cli.sandbox.closing import Gate
from hansa_cli.sandbox.environment import Building, bring_up, connect, plan
from hansa_cli.sandbox.home import Home
from hansa_cli.sandbox.keys import make_keys
from hansa_cli.sandbox.leftovers import processes_of
from hansa_cli.sandbox.teardown import tear_down
from hansa_cli.screen import Steps
from tests.integration.operator import doubts, lives, orders, waits
from tests.integration.operator.audit import find_faults
from tests.integration.operator.journal import Journal
from tests.integration.operator.market import Market
from tests.integration.operator.orders import Buyer
from tests.integration.operator.outages import steadfast
from tests.integration.operator.scene import Scene, Stage, open_stage
from tests.integration.operator.tenant import Tenant
from tests.integration.operator.writes import Writes

TENANTS = 3
CAST: Cast = replace(
    DEMO,
    customers=tuple(Customer(f"tenant-{number}", deposit="100", cap_per_epoch="20") for number in range(TENANTS)),
    # Logical GPUs cost nothing: nobody waits for one who does not test that, or starts a cluster for want of one.
    providers=tuple(replace(merchant, gpus=16) for merchant in DEMO.providers),
)


PLAY_SECONDS = 1200
"""How long a test may wait for what is played: all clusters of a scene start at once, beside other tests."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each test here the time that a whole scene may take: the first to look at it waits for it."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.timeout(PLAY_SECONDS))


@pytest.fixture(scope="session")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Market]:
    """Bring a sandbox up once; at the end its accounts are right, and no process of it is left."""
    home = Home(tmp_path_factory.mktemp("operator") / "hansa")
    record = plan(home)
    try:
        with Steps() as steps:
            bring_up(Building(home, record, CAST, Gate(), steps))
        journal = Journal(load_access(home.kubeconfig), AIJOBS, SETTLEMENTS, CREDIT_LINES)
        deployment, keys = Deployment.load(home.deployment), make_keys(home, CAST.roles)
        market = Market(home, record, CAST, keys, journal, connect(record), deployment)
        yield market
        assert find_faults(market) == []
        journal.close()
    finally:
        tear_down(home, keep_files=True)
    assert processes_of(home.root, record.id) == []


@pytest.fixture(scope="session")
def newcomer(market: Market) -> Callable[[], Tenant]:
    """Give whoever calls it a customer that nobody else acts as."""
    free = iter(CAST.customers)
    return lambda: Tenant(market, next(free).namespace)


@pytest.fixture(scope="session")
def stage(market: Market) -> Iterator[Stage]:
    """Give all scenes a stage, which is empty before the market closes."""
    with open_stage() as stage:
        yield stage


@pytest.fixture(scope="session")
def writes(market: Market) -> Writes:
    """Begin to count what the operator writes into statuses of jobs."""
    return Writes(market)


@pytest.fixture(scope="session")
def quiet(market: Market, stage: Stage, newcomer: Callable[[], Tenant], writes: Writes) -> Scene:
    """Play everything in which no part of the market is broken, at once."""
    resident = newcomer()
    acts = dict.fromkeys((*lives.ACTS, *waits.ACTS), resident)
    ordered = dict.fromkeys((*orders.ACTS, doubts.doubted), Buyer.beside(resident))
    return stage.play({lives.bereaved: newcomer(), **ordered, **acts}, at_end=writes.stop)


@pytest.fixture(scope="session")
def outages(stage: Stage, newcomer: Callable[[], Tenant]) -> Scene:
    """Play what breaks parts of the market, once everything else is over."""
    stage.clear()
    return stage.play({steadfast: newcomer()})
