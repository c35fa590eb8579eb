"""The operator's port to the chain on a real node: who is there, and which contracts it takes for its own."""

from dataclasses import replace
from pathlib import Path

import pytest

from hansa_operator.adapters.chain import ContractAddresses, EvmChain, open_cases, open_chain
from hansa_operator.ports.chain import ChainRefused
from hansa_protocol.units import Wei
from tests.fixtures.anvil import ACCOUNTS, CHAIN_ID, WHOLE
from tests.integration.chain.hub_adapter import lend, places
from tests.integration.chain.market import Market, address


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


async def test_another_chain_or_one_without_the_contracts_is_refused_for_good(market: Market) -> None:
    for chain_id, reason in ((1, "WrongChain"), (CHAIN_ID, "CodeMissing")):
        there = places(market)
        nowhere = ContractAddresses(address("ada"), there.credit_lines, there.providers, there.services)
        with pytest.raises(ChainRefused) as refused:
            await open_chain(market.anvil.url, chain_id=chain_id, hub_key=ACCOUNTS["hub"].key, contracts=nowhere)
        assert refused.value.reason == reason


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
    wrong = replace(
        places(market), challenges=d.challenges, statements=d.statements, disputes=d.disputes, claims=d.vault
    )
    with pytest.raises(ChainRefused, match="takes no challenges"):
        await open_chain(market.anvil.url, **opening, contracts=wrong)
