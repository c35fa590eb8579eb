"""The operator pays a batch with the post of the next one, in one transaction, and does without when that fails."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from hansa_chain.contract import Call
from hansa_chain.settlement import PostedPart
from hansa_operator.adapters.kube.client import KubeClient
from hansa_operator.api.settlement import Settlement, TransactionStatus
from hansa_operator.ports.kube import ObjectRef
from hansa_operator.ports.ledger import SealState
from hansa_operator.reconcile.kinds.settlements import reconcile_settlement
from hansa_operator.reconcile.transactions import Purpose
from hansa_operator.reconcile.world import World
from hansa_protocol.batch import Batch
from tests.fixtures.anvil import WHOLE
from tests.integration.chain.hub_world import open_world, seal
from tests.integration.chain.market import Market, Work

LATE = 12
"""Seconds after its epoch at which the first batch is posted: its window ends when the next one is sealed."""
WAGE = 10_000


@dataclass(frozen=True)
class Hub:
    """Hold a hub that has posted a batch, whose window has just ended, and has sealed the next one."""

    market: Market
    world: World
    first: Batch
    second: Batch

    async def look(self, batch: Batch) -> Settlement | None:
        """Look at a batch's settlement once."""
        name = f"{self.world.hub.name}-{batch.epoch}"
        await reconcile_settlement(self.world, ObjectRef("Settlement", "", name))
        return self.world.cache.get(Settlement, "", name)

    async def end(self) -> None:
        """Go on until both are over."""
        for _ in range(60):
            for batch in (self.first, self.second):
                await self.look(batch)
            self.market.anvil.advance(1)
            if all(seal.state is SealState.FINALIZED for seal in self.world.books.seals()):
                return
        pytest.fail("a batch is not over")

    def hash_of(self, batch: Batch, action: str) -> str | None:
        record = self.world.books.transaction(f"{self.world.hub.name}-{batch.epoch}", 0, action)
        return record.tx_hash if record is not None else None

    def posted(self, batch: Batch) -> PostedPart:
        """Wait until a batch's post is mined, which is a moment after the node took it, and return what it posted."""
        sent = self.hash_of(batch, "post")
        assert sent is not None
        self.market.sender("hub").wait_mined(sent)
        return self.market.posted(batch)

    def payment(self, batch: Batch) -> Call:
        """Return what pays a batch: anybody can send it."""
        posted = self.posted(batch)
        return self.market.contracts.settlement.finalize(posted.header, batch.parts[0].credits)


@pytest.fixture
async def hub(market: Market, kube: KubeClient, unique: str, tmp_path: Path) -> AsyncIterator[Hub]:
    market.bond()
    market.deposit("ada", 50 * WHOLE)
    market.lend("ada")
    epoch, length = market.epoch(), market.epoch_seconds
    batches = [market.batch([Work("ada", "north", WAGE, job=f"{at}")], epoch=epoch + at) for at in (0, 1)]

    def now_ms() -> int:
        return market.anvil.chain.stamp().timestamp * 1000

    async with open_world(market, tmp_path, name=unique, kube=kube, clock=now_ms) as world:
        playing = Hub(market, world, *batches)
        await seal(world, playing.first)
        await playing.look(playing.first)
        market.anvil.advance_to((epoch + 1) * length + LATE)
        await playing.look(playing.first)
        market.anvil.finalize()
        await playing.look(playing.first)
        window_end = playing.posted(playing.first).header.posted_at + market.deployment.profile.params.window
        market.anvil.advance_to(max(window_end + 1, (epoch + 2) * length + world.times.sealing_seconds))
        await seal(world, playing.second)
        yield playing


async def test_a_payment_waits_for_the_post_and_one_transaction_does_both(hub: Hub) -> None:
    await hub.look(hub.first)
    assert hub.hash_of(hub.first, "finalize") is None
    await hub.look(hub.second)
    await hub.look(hub.second)
    both = hub.hash_of(hub.second, "post")
    assert both is not None
    assert hub.hash_of(hub.first, "finalize") == both
    posted = hub.posted(hub.second)
    assert posted.tx_hash == both
    assert hub.market.balances()["north"] == WAGE
    paid = await hub.look(hub.first)
    assert paid is not None
    assert paid.status is not None
    shown: TransactionStatus | None = paid.status.parts[0].finalize
    assert shown is not None
    assert shown.hash == both
    await hub.end()
    assert hub.market.balances()["north"] == 2 * WAGE
    hub.market.assert_solvent()


async def test_a_post_does_not_wait_for_a_payment_that_the_chain_refuses(hub: Hub) -> None:
    await hub.look(hub.first)
    hub.market.do("ada", hub.payment(hub.first))
    await hub.look(hub.second)
    await hub.look(hub.second)
    assert hub.hash_of(hub.first, "finalize") is None
    assert hub.posted(hub.second).tx_hash == hub.hash_of(hub.second, "post")
    assert hub.world.desk.refusals == {}
    await hub.end()
    assert hub.market.balances()["north"] == 2 * WAGE


async def test_a_post_that_fell_with_its_payment_is_sent_again_alone(hub: Hub) -> None:
    node = hub.market.anvil.chain
    await hub.look(hub.first)
    await hub.look(hub.second)
    node.request("evm_setAutomine", False)
    await hub.look(hub.second)
    both = hub.hash_of(hub.second, "post")
    node.request("anvil_dropTransaction", both)
    faster = hub.market.sender("ada").send(hub.payment(hub.first))
    hub.market.anvil.mine()
    hub.market.sender("ada").wait_mined(faster.tx_hash)
    await hub.look(hub.second)
    hub.market.anvil.mine()
    node.request("evm_setAutomine", True)
    await hub.look(hub.second)
    alone = hub.hash_of(hub.second, "post")
    assert alone != both
    assert hub.posted(hub.second).tx_hash == alone
    assert hub.world.books.transaction(*Purpose(f"{hub.world.hub.name}-{hub.first.epoch}", 0, "finalize")) is not None
    await hub.end()
    assert hub.market.balances()["north"] == 2 * WAGE
    hub.market.assert_solvent()
