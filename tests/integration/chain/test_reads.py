"""Reads that name the same block agree, and a block that is gone is not taken for an answer."""

from dataclasses import replace
from pathlib import Path

import pytest

from hansa_chain.deployment import Deployment
from hansa_chain.errors import BlockUnknown, DeploymentInvalid
from hansa_chain.rpc import Chain
from hansa_chain.vault import Vault
from hansa_protocol.units import Wei
from tests.fixtures.anvil import Anvil
from tests.integration.chain.market import Market, address


def test_a_stamp_freezes_what_is_read(market: Market) -> None:
    stamp, token = market.anvil.chain.stamp(), market.contracts.token
    market.do("hub", token.mint(address("author"), Wei(5)))
    assert [token.balance_of(address("author"), at=at) for at in (stamp, "latest")] == [0, 5]


def test_a_reorganised_block_is_unknown_and_not_empty(own_anvil: Anvil) -> None:
    own_anvil.mine(3)
    stamp = own_anvil.chain.stamp()
    own_anvil.reorganise(2)
    with pytest.raises(BlockUnknown):
        own_anvil.chain.balance(address("author"), at=stamp)


def test_a_block_that_is_not_there_yet_is_unknown(chain: Chain) -> None:
    with pytest.raises(BlockUnknown):
        chain.stamp(10**9)


def test_the_first_block_since_a_time_is_found(anvil: Anvil, chain: Chain) -> None:
    start = chain.stamp()
    anvil.advance(100)
    anvil.advance(100)
    newest = chain.stamp()
    found = [chain.first_block_since(start.timestamp + s, newest=newest) for s in (1, 100, 101, 200, 201)]
    assert found == [start.number + n for n in (1, 1, 2, 2, 3)]


def test_an_address_without_its_contract_says_so(chain: Chain) -> None:
    with pytest.raises(DeploymentInvalid, match="does not answer as Vault does"):
        Vault(chain, address("ada")).total_held(at="latest")


def test_a_manifest_survives_its_file_and_fits_its_chain(deployment: Deployment, chain: Chain, tmp_path: Path) -> None:
    file = tmp_path / "deployment.json"
    deployment.save(file)
    loaded = Deployment.load(file)
    assert loaded == deployment
    loaded.verify(chain)


def test_a_chain_that_was_started_anew_is_noticed(deployment: Deployment, chain: Chain) -> None:
    empty = replace(deployment.places["Vault"], address=address("ada"))
    with pytest.raises(DeploymentInvalid, match="no contract Vault"):
        replace(deployment, places={**deployment.places, "Vault": empty}).verify(chain)
    other = replace(deployment.places["Vault"], address=deployment.token)
    with pytest.raises(DeploymentInvalid, match="other code"):
        replace(deployment, places={**deployment.places, "Vault": other}).verify(chain)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "hansa-deployment/2"}', "\x00"])
def test_a_broken_manifest_says_so(text: str, tmp_path: Path) -> None:
    file = tmp_path / "deployment.json"
    file.write_text(text)
    with pytest.raises(DeploymentInvalid, match="no manifest"):
        Deployment.load(file)


def test_a_manifest_that_lacks_a_contract_names_it(deployment: Deployment, tmp_path: Path) -> None:
    file = tmp_path / "deployment.json"
    places = {name: place for name, place in deployment.places.items() if name != "Claims"}
    replace(deployment, places=places).save(file)
    with pytest.raises(DeploymentInvalid, match="it does not say where Claims are"):
        Deployment.load(file)


def test_a_missing_manifest_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DeploymentInvalid, match="deploy first"):
        Deployment.load(tmp_path / "none.json")
