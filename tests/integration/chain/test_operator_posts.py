"""The operator's port to the chain on a real node: posts and payments, recorded before they are sent."""

from dataclasses import replace

import pytest

from hansa_operator.adapters.chain import EvmChain
from hansa_operator.ports.chain import ChainRefused, ChainUnreachable, SentTx, TxState
from hansa_protocol.units import Wei
from tests.fixtures.anvil import WHOLE, Anvil
from tests.integration.chain.hub_adapter import Intents, digest, lend, market_on, open_as, wait_mined
from tests.integration.chain.market import Market, Work, address


async def test_an_epoch_goes_from_post_to_payment_and_every_intent_is_recorded_before_it_is_sent(
    market: Market, hub: EvmChain
) -> None:
    lend(market, "ada")
    batch, intents = market.batch([Work("ada", "north", 10_000)]), Intents(market.anvil)
    market.end_epoch(batch.epoch)
    before = await hub.part(batch, 0)
    assert (before.posted_latest, before.posted_finalized, before.posted_at) == (False, False, None)
    post = await hub.post(batch, 0, digest(batch), intents)
    wait_mined(market, post)
    mined = await hub.part(batch, 0)
    assert (mined.posted_latest, mined.posted_finalized, mined.shortfall) == (True, False, 0)
    assert (await hub.transaction(post.tx_hash)).state is TxState.MINED
    market.anvil.finalize()
    assert (await hub.part(batch, 0)).posted_finalized
    assert (await hub.transaction(post.tx_hash)).state is TxState.FINALIZED
    market.pass_window(market.posted(batch))
    wait_mined(market, await hub.finalize(batch, 0, intents))
    market.anvil.finalize()
    paid = await hub.part(batch, 0)
    assert (paid.paid_latest, paid.paid_finalized) == (True, True)
    assert market.balances()["north"] == 10_000
    assert intents.known_before == [False, False]
    assert [one.nonce for one in intents.sent] == [post.nonce, post.nonce + 1]


async def test_a_post_that_replaces_a_lost_one_happens_once(market: Market, hub: EvmChain) -> None:
    lend(market, "ada")
    batch, intents = market.batch([Work("ada", "north", 10_000)]), Intents(market.anvil)
    market.end_epoch(batch.epoch)
    market.anvil.chain.request("evm_setAutomine", False)
    first = await hub.post(batch, 0, digest(batch), intents)
    second = await hub.post(batch, 0, digest(batch), intents, replaces=first.nonce)
    assert (second.nonce, second.tx_hash == first.tx_hash) == (first.nonce, False)
    market.anvil.mine()
    assert (await hub.transaction(second.tx_hash)).state is TxState.MINED
    assert market.posted(batch).header.taken == 10_300


async def test_a_nonce_that_something_else_used_does_not_stop_a_post(market: Market, hub: EvmChain) -> None:
    lend(market, "ada")
    used = market.anvil.chain.transaction_count(address("hub"), at="latest") - 1
    batch = market.batch([Work("ada", "north", 10_000)])
    market.end_epoch(batch.epoch)
    sent = await hub.post(batch, 0, digest(batch), Intents(market.anvil), replaces=used)
    assert sent.nonce > used
    wait_mined(market, sent)
    assert (await hub.part(batch, 0)).posted_latest


async def test_a_try_that_was_never_sent_leaves_its_nonce_to_whoever_has_it(market: Market, hub: EvmChain) -> None:
    lend(market, "ada")
    batch, intents = market.batch([Work("ada", "north", 10_000)]), Intents(market.anvil)
    market.end_epoch(batch.epoch)
    market.anvil.chain.request("evm_setAutomine", False)

    async def crash(sent: SentTx) -> None:
        await intents(sent)
        raise RuntimeError("the process ends")

    with pytest.raises(RuntimeError, match="the process ends"):
        await hub.post(batch, 0, digest(batch), crash)
    (never,) = intents.sent
    line = await hub.open_line(*market.line("ben", cap=WHOLE), intents)
    assert line.nonce == never.nonce
    post = await hub.post(batch, 0, digest(batch), intents, replaces=never.nonce)
    market.anvil.mine()
    states = [(await hub.transaction(one.tx_hash)).state for one in (never, line, post)]
    assert states == [TxState.UNKNOWN, TxState.MINED, TxState.MINED]
    assert market.contracts.credit_lines.nonce_of(address("ben"), batch.vault, at="latest") == 1
    assert (await hub.part(batch, 0)).posted_latest


async def test_a_transaction_whose_fees_had_to_rise_is_recorded_again(market: Market, hub: EvmChain) -> None:
    market.anvil.chain.request("evm_setAutomine", False)
    before, mint = market.sender("hub"), market.contracts.token.mint(address("hub"), Wei(1))
    first = before.bump(before.send(mint).tx_hash)
    intents = Intents(market.anvil)
    sent = await hub.open_line(*market.line("ada", cap=WHOLE), intents, replaces=first.nonce)
    assert [one.nonce for one in intents.sent] == [first.nonce, first.nonce]
    assert intents.sent[0] != sent == intents.sent[1]
    market.anvil.mine()
    assert (await hub.transaction(sent.tx_hash)).state is TxState.MINED
    assert (await hub.transaction(first.tx_hash)).state is TxState.UNKNOWN


async def test_a_transaction_that_failed_in_its_block_says_why(market: Market, hub: EvmChain) -> None:
    market.anvil.chain.request("evm_setAutomine", False)
    deposit = replace(market.contracts.vault.deposit(address("hub"), Wei(1)), gas_limit=200_000)
    sent = market.sender("hub").send(deposit)
    assert (await hub.transaction(sent.tx_hash)).state is TxState.PENDING
    market.anvil.mine()
    failed = await hub.transaction(sent.tx_hash)
    assert (failed.state, failed.block) == (TxState.REVERTED, market.anvil.chain.stamp().number)
    assert "ERC20InsufficientAllowance" in failed.message


async def test_a_part_is_paid_after_its_window_and_not_before(market: Market, hub: EvmChain) -> None:
    market.bond()
    market.deposit("ada", 1_000)
    market.lend("ada")
    batch, intents = market.batch([Work("ada", "north", 10_000)]), Intents(market.anvil)
    market.end_epoch(batch.epoch)
    with pytest.raises(ChainUnreachable, match="not posted"):
        await hub.finalize(batch, 0, intents)
    wait_mined(market, await hub.post(batch, 0, digest(batch), intents))
    part, posted = await hub.part(batch, 0), market.posted(batch)
    assert (part.shortfall, part.posted_at, part.paid_latest) == (9_300, posted.header.posted_at, False)
    with pytest.raises(ChainRefused) as refused:
        await hub.finalize(batch, 0, intents)
    assert refused.value.reason == "WindowOpen"
    assert len(intents.sent) == 1
    standing = await hub.hub(batch.vault)
    assert (standing.last_epoch, standing.lag_blocks) == (batch.epoch, 2)
    assert standing.gas_balance == market.anvil.chain.balance(address("hub"), at="latest")


async def test_a_reorganised_post_is_not_remembered(own_anvil: Anvil) -> None:
    market = market_on(own_anvil)
    lend(market, "ada")
    hub, intents = await open_as("hub", market), Intents(own_anvil)
    batch = market.batch([Work("ada", "north", 10_000)])
    market.end_epoch(batch.epoch)
    own_anvil.mine(2)
    sent = await hub.post(batch, 0, digest(batch), intents)
    wait_mined(market, sent)
    assert [(await hub.part(batch, 0)).posted_latest for _ in range(2)] == [True, True]
    own_anvil.reorganise(1)
    gone = await hub.part(batch, 0)
    assert (gone.posted_latest, gone.posted_at) == (False, None)
    await hub.transaction(sent.tx_hash)
    own_anvil.mine()
    wait_mined(market, sent)
    again = await hub.part(batch, 0)
    assert (again.posted_latest, again.posted_at) == (True, market.posted(batch).header.posted_at)
    await hub.close()


async def test_a_refused_post_names_the_contracts_error_and_costs_no_gas(market: Market, hub: EvmChain) -> None:
    market.deposit("ada", 50 * WHOLE)
    market.lend("ada")
    batch, intents = market.batch([Work("ada", "north", 10_000)]), Intents(market.anvil)
    market.end_epoch(batch.epoch)
    money = market.anvil.chain.balance(address("hub"), at="latest")
    with pytest.raises(ChainRefused) as refused:
        await hub.post(batch, 0, digest(batch), intents)
    assert refused.value.reason == "InsufficientBond"
    market.anvil.advance(market.deployment.profile.params.post + 1)
    with pytest.raises(ChainRefused) as late:
        await hub.post(batch, 0, digest(batch), intents)
    assert late.value.reason == "PostTooLate"
    assert intents.sent == []
    assert market.anvil.chain.balance(address("hub"), at="latest") == money
