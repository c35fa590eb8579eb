"""The market that the tests of the chain act on, and nodes of their own for tests that upset one."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from hansa_chain.deployment import Contracts, Deployment
from hansa_operator.adapters.chain import EvmChain
from tests.dishonest.scene import Scene, open_scene
from tests.fixtures.anvil import Anvil, start_anvil
from tests.integration.chain.hub_adapter import open_as
from tests.integration.chain.market import Market


@pytest.fixture
def market(anvil: Anvil, contracts: Contracts, deployment: Deployment) -> Market:
    """Give a test all parties on a chain of its own."""
    return Market(anvil, contracts, deployment)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """Give a test a chain whose hub may be dishonest."""
    with open_scene(tmp_path) as opened:
        yield opened


@pytest.fixture
async def hub(market: Market) -> AsyncIterator[EvmChain]:
    """Give a test the hub's own adapter."""
    chain = await open_as("hub", market)
    yield chain
    await chain.close()


@pytest.fixture
def own_anvil(tmp_path: Path) -> Iterator[Anvil]:
    """Run a node that a test may reorganise or lose; it mines each transaction at once."""
    with start_anvil(tmp_path / "anvil.log") as node:
        yield node


@pytest.fixture
def ticking_anvil(tmp_path: Path) -> Iterator[Anvil]:
    """Run a node of a test's own that makes a block a second, as the development chain does."""
    with start_anvil(tmp_path / "anvil.log", block_time=1) as node:
        yield node
