"""The operator's port to the chain on a real node that is away, late, or asked without gas money."""

import os
import signal
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from hansa_chain.deploy import deploy_development
from hansa_operator.adapters.chain import open_chain
from hansa_operator.ports.chain import ChainRefused, ChainUnreachable, SentTx
from tests.fixtures.anvil import ACCOUNTS, CHAIN_ID, WHOLE, Anvil, start_anvil
from tests.integration.chain.hub_adapter import Intents, digest, lend, market_on, open_as, places
from tests.integration.chain.market import Market, Work, address


async def test_a_hub_without_gas_money_is_told_so(market: Market) -> None:
    poor = await open_chain(market.anvil.url, chain_id=CHAIN_ID, hub_key=b"\x55" * 32, contracts=places(market))
    with pytest.raises(ChainRefused, match="Send gas money") as refused:
        await poor.open_line(*market.line("ada", cap=WHOLE), Intents(market.anvil))
    assert refused.value.reason == "InsufficientGas"
    await poor.close()


async def test_a_node_that_does_not_answer_says_nothing_about_the_chain(own_anvil: Anvil) -> None:
    market = market_on(own_anvil)
    lend(market, "ada")
    hub, intents = await open_as("hub", market), Intents(own_anvil)
    batch, vault = market.batch([Work("ada", "north", 10_000)]), market.contracts.vault.address
    line = market.line("ada", cap=WHOLE, nonce=1)
    os.kill(own_anvil.pid, signal.SIGKILL)
    calls: list[Callable[[], Awaitable[object]]] = [
        hub.times,
        hub.stamp,
        lambda: hub.credit(address("ada"), vault, batch.epoch),
        lambda: hub.provider(address("north"), vault, batch.epoch),
        lambda: hub.service(address("author"), "ocr", "1.0.0"),
        lambda: hub.hub(vault),
        lambda: hub.part(batch, 0),
        lambda: hub.open_line(*line, intents),
        lambda: hub.post(batch, 0, digest(batch), intents),
        lambda: hub.post(batch, 0, digest(batch), intents, replaces=0),
        lambda: hub.finalize(batch, 0, intents),
        lambda: hub.transaction("0x" + "11" * 32),
    ]
    for call in calls:
        with pytest.raises(ChainUnreachable, match="check that the node runs"):
            await call()
    assert intents.sent == []
    await hub.close()


async def test_a_node_that_goes_after_the_intent_loses_no_transaction(own_anvil: Anvil) -> None:
    market = market_on(own_anvil)
    own_anvil.finalize()
    hub, intents = await open_as("hub", market), Intents(own_anvil)

    async def lose_the_node(sent: SentTx) -> None:
        await intents(sent)
        os.kill(own_anvil.pid, signal.SIGKILL)

    sent = await hub.open_line(*market.line("ada", cap=WHOLE), lose_the_node)
    assert intents.sent == [sent]
    with pytest.raises(ChainUnreachable):
        await hub.transaction(sent.tx_hash)
    await hub.close()


@pytest.mark.parametrize(
    ("url", "kind"),
    [("http://hub:s3cr3t@127.0.0.1:9/s3cr3t?key=s3cr3t", ChainUnreachable), ("http://host:s3cr3t/", ChainRefused)],
)
async def test_a_url_keeps_its_secrets_even_in_tracebacks(
    market: Market, url: str, kind: type[ChainUnreachable] | type[ChainRefused]
) -> None:
    with pytest.raises(kind) as problem:
        await open_chain(url, chain_id=CHAIN_ID, hub_key=ACCOUNTS["hub"].key, contracts=places(market))
    assert "s3cr3t" not in "".join(traceback.format_exception(problem.value))


async def test_contracts_that_are_not_final_yet_are_waited_for(tmp_path: Path) -> None:
    with start_anvil(tmp_path / "anvil.log", final_after=20) as node:
        node.fund(address("deployer"))
        fresh = deploy_development(node.chain, ACCOUNTS["deployer"].key)
        market = Market(node, fresh.contracts(node.chain), fresh)
        with pytest.raises(ChainUnreachable, match="not final yet"):
            await open_as("hub", market)
        node.finalize()
        await (await open_as("hub", market)).close()
