"""The operator's port to the chain on a real node: what the hub sets aside for its providers."""

import pytest

from hansa_operator.adapters.chain import EvmChain
from hansa_operator.ports.chain import ChainRefused
from hansa_protocol.units import Wei
from tests.fixtures.anvil import WHOLE
from tests.integration.chain.hub_adapter import Intents, wait_mined
from tests.integration.chain.market import Market, address


def provide(market: Market) -> None:
    """Let the hub have a bond, and a provider be registered."""
    market.bond()
    market.do("north", market.contracts.providers.register(market.contracts.vault.address, Wei(0), address("north")))


async def guaranteed(market: Market, hub: EvmChain) -> int:
    market.anvil.finalize()
    return (await hub.provider(address("north"), market.contracts.vault.address, market.epoch())).guaranteed


async def test_a_guarantee_is_raised_to_a_total_and_read_at_final_blocks(market: Market, hub: EvmChain) -> None:
    provide(market)
    vault, intents = market.contracts.vault.address, Intents(market.anvil)
    assert await guaranteed(market, hub) == 0
    wait_mined(market, await hub.guarantee(address("north"), vault, 3 * WHOLE, intents))
    assert await guaranteed(market, hub) == 3 * WHOLE
    wait_mined(market, await hub.guarantee(address("north"), vault, 5 * WHOLE, intents))
    assert await guaranteed(market, hub) == 5 * WHOLE
    with pytest.raises(ChainRefused) as refused:
        await hub.guarantee(address("north"), vault, 5 * WHOLE, intents)
    assert refused.value.reason == "AlreadyGuaranteed"


async def test_what_the_hub_asks_back_is_not_told_as_guaranteed(market: Market, hub: EvmChain) -> None:
    provide(market)
    settlement, vault = market.contracts.settlement, market.contracts.vault.address
    wait_mined(market, await hub.guarantee(address("north"), vault, 3 * WHOLE, Intents(market.anvil)))
    market.do("hub", settlement.request_revoke(vault, address("north"), 2 * WHOLE))
    assert await guaranteed(market, hub) == WHOLE


async def test_a_bond_that_is_too_small_is_told_with_what_is_free(market: Market, hub: EvmChain) -> None:
    market.bond()
    vault = market.contracts.vault.address
    with pytest.raises(ChainRefused, match="free") as refused:
        await hub.guarantee(address("north"), vault, 10**9 * WHOLE, Intents(market.anvil))
    assert refused.value.reason == "InsufficientBond"
