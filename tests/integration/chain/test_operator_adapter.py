"""The operator's port to the chain on a real node: what it reads, what it records before it sends, what it refuses."""

import asyncio
import os
import signal
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from hansa_chain.deploy import deploy_development
from hansa_operator.adapters.chain import ContractAddresses, EvmChain, open_cases, open_chain
from hansa_operator.ports.chain import ChainRefused, ChainUnreachable, SentTx, TxState
from hansa_protocol.batch import Batch, encode_batch
from hansa_protocol.units import Wei
from tests.fixtures.anvil import ACCOUNTS, CHAIN_ID, WHOLE, Anvil, start_anvil
from tests.integration.chain.market import Market, Work, address


def places(market: Market) -> ContractAddresses:
    deployment = market.deployment
    return ContractAddresses(deployment.settlement, deployment.credit_lines, deployment.providers, deployment.services)


async def open_as(name: str, market: Market) -> EvmChain:
    key = ACCOUNTS[name].key
    return await open_chain(market.anvil.url, chain_id=CHAIN_ID, hub_key=key, contracts=places(market))


@pytest.fixture
async def hub(market: Market) -> AsyncIterator[EvmChain]:
    """Give a test the hub's own adapter."""
    chain = await open_as("hub", market)
    yield chain
    await chain.close()


def market_on(node: Anvil) -> Market:
    """Return a market on a node that a test may upset."""
    for one in ACCOUNTS.values():
        node.fund(one.address)
    tokens = {ACCOUNTS[name].address: Wei(1_000 * WHOLE) for name in ("hub", "ada")}
    deployment = deploy_development(node.chain, ACCOUNTS["deployer"].key, mint=tokens)
    return Market(node, deployment.contracts(node.chain), deployment)


class Intents:
    """Record what is about to be sent, and whether the node knew it then."""

    def __init__(self, anvil: Anvil) -> None:
        self._anvil = anvil
        self.sent: list[SentTx] = []
        self.known_before: list[bool] = []

    async def __call__(self, sent: SentTx) -> None:
        found = self._anvil.chain.request("eth_getTransactionByHash", sent.tx_hash)
        self.known_before.append(found is not None)
        self.sent.append(sent)


def digest(batch: Batch) -> str:
    return sha256(encode_batch(batch)).hexdigest()


def wait_mined(market: Market, *sent: SentTx) -> None:
    """Wait for blocks with these transactions: a node makes them only after it has answered."""
    for one in sent:
        market.sender("hub").wait_mined(one.tx_hash)


def lend(market: Market, *names: str) -> None:
    market.bond()
    for name in names:
        market.deposit(name, 50 * WHOLE)
    market.lend(*names)
    market.anvil.finalize()


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


async def test_a_hub_without_gas_money_is_told_so(market: Market) -> None:
    poor = await open_chain(market.anvil.url, chain_id=CHAIN_ID, hub_key=b"\x55" * 32, contracts=places(market))
    with pytest.raises(ChainRefused, match="Send gas money") as refused:
        await poor.open_line(*market.line("ada", cap=WHOLE), Intents(market.anvil))
    assert refused.value.reason == "InsufficientGas"
    await poor.close()


async def test_strangers_and_what_is_no_vault_have_nothing_and_are_no_errors(market: Market, hub: EvmChain) -> None:
    lend(market, "ada")
    vault, nowhere, epoch = market.contracts.vault.address, address("ben"), market.epoch()
    for customer, where in (("ben", vault), ("ada", nowhere)):
        credit = await hub.credit(address(customer), where, epoch)
        assert (credit.cap, credit.next_nonce, credit.balance, credit.free_balance) == (0, 0, 0, 0)
    for where in (vault, nowhere):
        provider = await hub.provider(address("south"), where, epoch)
        assert (provider.bond, provider.receipt_key) == (0, "")
    standing = await hub.hub(nowhere)
    assert (standing.last_epoch, standing.bond, standing.free_bond) == (None, 0, 0)
    assert await hub.service(address("author"), "nothing", "1") is None


async def test_a_providers_bond_counts_without_what_is_leaving(market: Market, hub: EvmChain) -> None:
    providers, vault = market.contracts.providers, market.contracts.vault.address
    approve = market.contracts.token.approve(providers.address, Wei(5 * WHOLE))
    register = providers.register(vault, Wei(5 * WHOLE), address("south"))
    market.do("north", approve, register, providers.request_unbond(vault, Wei(2 * WHOLE)))
    market.anvil.finalize()
    state = await hub.provider(address("north"), vault, market.epoch())
    assert (state.bond, state.receipt_key) == (3 * WHOLE, address("south"))
    assert (await hub.provider(address("north"), vault, market.epoch() - 1)).receipt_key == ""


async def test_a_product_and_the_hubs_standing_are_read(market: Market, hub: EvmChain) -> None:
    service = market.publish(royalty_bps=500)
    market.bond(3 * WHOLE)
    market.anvil.finalize()
    found = await hub.service(address("author"), "ocr", "1.0.0")
    assert found is not None
    assert (found.service_id, found.payout, found.royalty_bps) == (service, address("author"), 500)
    standing = await hub.hub(market.contracts.vault.address)
    assert (standing.last_epoch, standing.bond, standing.free_bond) == (None, 3 * WHOLE, 3 * WHOLE)
    times, params = await hub.times(), market.deployment.profile.params
    assert (times.epoch_seconds, times.post_seconds, times.fee_bps) == (params.epoch, params.post, params.fee_bps)


@pytest.mark.parametrize("who", ["vault", "settlement", "treasury", "author"])
async def test_a_product_whose_royalty_no_post_could_credit_is_told(market: Market, hub: EvmChain, who: str) -> None:
    places = {"vault": market.contracts.vault.address, "settlement": market.contracts.settlement.address}
    payout = places.get(who) or address(who)
    market.do(
        "author",
        market.contracts.services.publish("bad", "1", payout=payout, royalty_bps=1, content_digest=b"d" * 32),
    )
    market.anvil.finalize()
    found = await hub.service(address("author"), "bad", "1")
    assert found is not None
    assert found.payable == (who == "author")


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


async def test_another_chain_or_one_without_the_contracts_is_refused_for_good(market: Market) -> None:
    for chain_id, reason in ((1, "WrongChain"), (CHAIN_ID, "CodeMissing")):
        there = places(market)
        nowhere = ContractAddresses(address("ada"), there.credit_lines, there.providers, there.services)
        with pytest.raises(ChainRefused) as refused:
            await open_chain(market.anvil.url, chain_id=chain_id, hub_key=ACCOUNTS["hub"].key, contracts=nowhere)
        assert refused.value.reason == reason


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


@pytest.mark.parametrize("wrong", ["", "code", "address"])
async def test_contracts_are_held_to_their_manifest(market: Market, tmp_path: Path, wrong: str) -> None:
    market.anvil.finalize()
    deployment, manifest = market.deployment, tmp_path / "deployment.json"
    place = deployment.places["Providers"]
    if wrong == "code":
        place = replace(place, code_hash="0x" + "ab" * 32)
    if wrong == "address":
        place = deployment.places["Services"]
    replace(deployment, places={**deployment.places, "Providers": place}).save(manifest)
    opening = {"chain_id": CHAIN_ID, "hub_key": ACCOUNTS["hub"].key, "contracts": places(market), "manifest": manifest}
    if not wrong:
        await (await open_chain(market.anvil.url, **opening)).close()
        return
    with pytest.raises(ChainRefused) as refused:
        await open_chain(market.anvil.url, **opening)
    assert {"code": "has other code than the manifest says", "address": "the Hub's contracts.providers"}[wrong] in str(
        refused.value
    )


async def test_where_challenges_are_comes_from_the_hub_or_the_manifest_and_must_be_the_settlements(
    market: Market, tmp_path: Path
) -> None:
    market.anvil.finalize()
    manifest = tmp_path / "deployment.json"
    market.deployment.save(manifest)
    opening = {"chain_id": CHAIN_ID, "hub_key": ACCOUNTS["hub"].key}
    bare = await open_chain(market.anvil.url, **opening, contracts=places(market))
    known = await open_chain(market.anvil.url, **opening, contracts=places(market), manifest=manifest)
    assert (open_cases(bare), open_cases(known) is not None) == (None, True)
    await bare.close()
    await known.close()
    d = market.deployment
    wrong = replace(places(market), challenges=d.challenges, statements=d.statements, claims=d.vault)
    with pytest.raises(ChainRefused, match="takes no challenges"):
        await open_chain(market.anvil.url, **opening, contracts=wrong)
