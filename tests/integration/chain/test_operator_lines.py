"""The operator's port to the chain on a real node: credit lines that it relays and reads."""

import asyncio
from dataclasses import replace

import pytest

from hansa_operator.adapters.chain import EvmChain
from hansa_protocol.units import Wei
from tests.fixtures.anvil import WHOLE
from tests.integration.chain.hub_adapter import Intents, lend, wait_mined
from tests.integration.chain.market import Market, address


async def test_a_line_is_relayed_and_its_standing_is_read_at_final_blocks_only(market: Market, hub: EvmChain) -> None:
    market.deposit("ada", 50 * WHOLE)
    market.anvil.finalize()
    vault, epoch = market.contracts.vault.address, market.epoch()
    before = await hub.credit(address("ada"), vault, epoch)
    assert (before.cap, before.next_nonce, before.balance) == (0, 0, 50 * WHOLE)
    line, signature = market.line("ada", cap=7 * WHOLE)
    wait_mined(market, await hub.open_line(line, signature, Intents(market.anvil)))
    assert (await hub.credit(address("ada"), vault, epoch)).cap == 0
    market.anvil.finalize()
    opened = await hub.credit(address("ada"), vault, market.epoch())
    assert (opened.cap, opened.next_nonce, opened.next_from_epoch) == (7 * WHOLE, 1, 0)
    assert opened.reserved_elsewhere == 0


async def test_a_change_of_a_line_that_waits_is_told(market: Market, hub: EvmChain) -> None:
    lend(market, "ada")
    line, signature = market.line("ada", cap=5 * WHOLE, nonce=1)
    wait_mined(market, await hub.open_line(line, signature, Intents(market.anvil)))
    market.anvil.finalize()
    state = await hub.credit(address("ada"), market.contracts.vault.address, market.epoch())
    assert (state.cap, state.next_cap) == (100 * WHOLE, 5 * WHOLE)
    assert state.next_from_epoch > market.epoch()


async def test_the_order_signer_is_that_of_the_epoch(market: Market, hub: EvmChain) -> None:
    lend(market, "ada")
    vault, first = market.contracts.vault.address, market.epoch()
    assert (await hub.credit(address("ada"), vault, first)).order_signer == ""
    named = replace(market.line_of(address("ada"), tenant="team-ada", cap=WHOLE, nonce=1), order_signer=address("ben"))
    market.do("ada", market.contracts.credit_lines.open_by_customer(named))
    market.anvil.finalize()
    waiting = await hub.credit(address("ada"), vault, market.epoch())
    assert waiting.order_signer == ""
    assert (await hub.credit(address("ada"), vault, waiting.next_from_epoch)).order_signer == address("ben")


async def test_a_line_that_ends_is_told_until_its_end_is_in_force(market: Market, hub: EvmChain) -> None:
    lend(market, "ada")
    lines, vault = market.contracts.credit_lines, market.contracts.vault.address
    market.do("ada", lines.revoke(market.contracts.settlement.address, address("hub"), vault))
    market.anvil.finalize()
    before = await hub.credit(address("ada"), vault, market.epoch())
    assert (before.cap, before.next_cap) == (100 * WHOLE, 0)
    after = await hub.credit(address("ada"), vault, before.next_from_epoch)
    assert (after.cap, after.until_epoch, after.next_from_epoch) == (0, 0, 0)


async def test_a_line_beside_another_hubs_waits_for_its_notice(market: Market, hub: EvmChain) -> None:
    market.deposit("ada", 50 * WHOLE)
    lines, vault = market.contracts.credit_lines, market.contracts.vault.address
    elsewhere = replace(market.line_of(address("ada"), tenant="team-ada", cap=WHOLE), hub=address("south"))
    market.do("ada", lines.open_by_customer(elsewhere))
    wait_mined(market, await hub.open_line(*market.line("ada", cap=7 * WHOLE, nonce=1), Intents(market.anvil)))
    market.do("ada", market.contracts.vault.request_withdrawal(Wei(WHOLE)))
    market.anvil.finalize()
    waiting = await hub.credit(address("ada"), vault, market.epoch())
    assert (waiting.cap, waiting.next_cap, waiting.next_nonce) == (0, 7 * WHOLE, 2)
    assert (waiting.balance, waiting.pending_withdrawal, waiting.reserved_elsewhere) == (50 * WHOLE, WHOLE, 2 * WHOLE)
    assert waiting.free_balance == 47 * WHOLE
    begun = await hub.credit(address("ada"), vault, waiting.next_from_epoch)
    assert (begun.cap, begun.next_from_epoch) == (7 * WHOLE, 0)


async def test_lines_relayed_at_once_never_share_a_nonce(market: Market, hub: EvmChain) -> None:
    intents = Intents(market.anvil)
    sent = await asyncio.gather(*(hub.open_line(*market.line(name, cap=WHOLE), intents) for name in ("ada", "ben")))
    assert sent[0].nonce != sent[1].nonce
    wait_mined(market, *sent)
    assert sorted(intents.sent, key=lambda one: one.nonce) == sorted(sent, key=lambda one: one.nonce)


@pytest.mark.parametrize("balance", [2, 4, 9, 50])
async def test_what_is_left_for_a_line_is_what_the_contract_says(market: Market, hub: EvmChain, balance: int) -> None:
    market.deposit("ada", balance * WHOLE)
    lines, between = market.contracts.credit_lines, (address("hub"), market.contracts.vault.address)
    market.do("ada", lines.open_by_customer(market.line_of(address("ada"), tenant="team-ada", cap=5 * WHOLE)))
    elsewhere = replace(market.line_of(address("ada"), tenant="team-ada", cap=WHOLE), hub=address("south"), nonce=1)
    market.do("ada", lines.open_by_customer(elsewhere))
    market.anvil.finalize()
    seen = await hub.credit(address("ada"), between[1], market.epoch())
    settlement = market.contracts.settlement.address
    safe = lines.safe_amount(address("ada"), settlement, *between, at="latest")
    assert min(seen.cap, seen.free_balance) == safe == min(5 * WHOLE, max(0, (balance - 2) * WHOLE))
