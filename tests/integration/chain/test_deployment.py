"""The contracts themselves refuse the times that a profile refuses, and nothing goes to a chain it is not for."""

from dataclasses import replace

import pytest

from hansa_chain.abi import encode_constructor
from hansa_chain.artifacts import load_artifact, load_bytecode
from hansa_chain.contract import Call
from hansa_chain.deploy import deploy, deploy_development
from hansa_chain.deployment import Deployment
from hansa_chain.errors import ArtifactMissing, ChainProblem, Reverted
from hansa_chain.factory import factory_at
from hansa_chain.profile import ProfileUnsafe
from hansa_chain.profiles import DEVELOPMENT, PROFILES
from hansa_chain.rpc import Chain
from hansa_chain.sender import Sender
from tests.fixtures.anvil import ACCOUNTS, Anvil
from tests.integration.chain.market import address

P = DEVELOPMENT.params


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"post": 9}, "TimeTooShort"),
        ({"post": 19}, "TimeTooShort"),
        ({"window": 8}, "TimeTooShort"),
        ({"answer": 6}, "TimeTooShort"),
        ({"reveal": 6}, "TimeTooShort"),
        ({"fee_bps": 2_001}, "RateOutOfBounds"),
        ({"cover_bps": 9_999}, "RateOutOfBounds"),
        ({"cover_bps": 50_001}, "RateOutOfBounds"),
        ({"court": 9}, "TimeTooShort"),
        ({"finality": 4}, "TimeTooShort"),
        ({"finality": 0}, "TimeTooShort"),
    ],
)
def test_the_settlement_refuses_what_the_profile_refuses(
    chain: Chain, deployment: Deployment, changes: dict[str, int], error: str
) -> None:
    params = replace(P, **changes)
    with pytest.raises(ProfileUnsafe):
        replace(DEVELOPMENT, params=params)
    d = deployment
    arguments = (params.to_abi(), d.credit_lines, d.providers, d.treasury, [d.vault], [])
    creation = load_bytecode("Settlement") + encode_constructor("Settlement", arguments)
    with pytest.raises(Reverted) as refused:
        Sender(chain, ACCOUNTS["hub"].key).send(Call(None, creation, "create Settlement"))
    assert refused.value.error_name == error


@pytest.mark.parametrize("name", PROFILES)
def test_each_profile_is_taken_by_the_contracts_at_addresses_known_before(own_anvil: Anvil, name: str) -> None:
    own_anvil.fund(address("deployer"))
    chain, key, treasury = own_anvil.chain, ACCOUNTS["deployer"].key, address("treasury")
    token = deploy_development(chain, key).token
    first = deploy(chain, key, PROFILES[name], token=token, treasury=treasury)
    assert first.contracts(chain).settlement.params(at="latest") == PROFILES[name].params
    first.verify(chain)
    nonce = chain.transaction_count(address("deployer"), at="latest")
    again = deploy(chain, key, PROFILES[name], token=token, treasury=treasury)
    assert again.places == first.places
    assert chain.transaction_count(address("deployer"), at="latest") == nonce, "what is there is not deployed again"
    other = deploy(chain, key, PROFILES[name], token=token, treasury=address("ada"))
    assert other.places["Services"] != first.places["Services"]


def test_a_leaf_fee_is_as_many_tokens_whatever_decimals_a_token_has(own_anvil: Anvil) -> None:
    own_anvil.fund(address("deployer"))
    chain, token = own_anvil.chain, address("ada")
    # It answers every call with 6.
    chain.request("anvil_setCode", token, "0x600660005260206000f3")
    made = deploy(chain, ACCOUNTS["deployer"].key, PROFILES["l1"], token=token, treasury=address("treasury"))
    assert made.contracts(chain).statements.leaf_fee(at="latest") == 10 * 10**6
    assert made.profile.leaf_fee == 10 * 10**6
    # And now with 25.
    chain.request("anvil_setCode", token, "0x601960005260206000f3")
    with pytest.raises(ChainProblem, match="has 25 decimals, at most 24 fit"):
        deploy(chain, ACCOUNTS["deployer"].key, PROFILES["l1"], token=token, treasury=address("treasury"))


def test_a_deployment_of_several_blocks_goes_on_and_names_the_first(ticking_anvil: Anvil) -> None:
    ticking_anvil.fund(address("deployer"))
    chain, key = ticking_anvil.chain, ACCOUNTS["deployer"].key
    token = deploy_development(chain, key).token
    chain.request("evm_setBlockGasLimit", hex(12_000_000))
    made = [deploy(chain, key, PROFILES["l2"], token=token, treasury=address("treasury")) for _ in range(2)]
    first = made[0].block_number
    assert [one.block_number for one in made] == [first, first]
    assert chain.code(made[0].credit_lines, at=chain.stamp(first))
    assert not chain.code(made[0].credit_lines, at=chain.stamp(first - 1))
    assert not chain.code(made[0].claims, at=chain.stamp(first)), "it does not fit into one block"


def test_addresses_are_the_same_on_every_chain(own_anvil: Anvil, anvil: Anvil) -> None:
    places = {factory_at(node.chain).address_of(address("deployer"), b"s" * 32) for node in (own_anvil, anvil)}
    assert len(places) == 1


def test_a_token_that_is_not_there_is_named(anvil: Anvil) -> None:
    nobody = address("ben")
    with pytest.raises(ChainProblem, match="no token at 0x"):
        deploy(anvil.chain, ACCOUNTS["deployer"].key, DEVELOPMENT, token=nobody, treasury=nobody)


def test_a_contract_that_is_no_token_and_a_token_as_treasury_are_refused(chain: Chain, deployment: Deployment) -> None:
    key, token = ACCOUNTS["deployer"].key, deployment.token
    for other in (deployment.vault, deployment.settlement, deployment.services):
        with pytest.raises(ChainProblem, match="no token at 0x"):
            deploy(chain, key, PROFILES["l2"], token=other, treasury=address("treasury"))
    with pytest.raises(ChainProblem, match="the treasury is the token"):
        deploy(chain, key, PROFILES["l2"], token=token, treasury=token)


def test_the_development_token_goes_to_no_other_chain(anvil: Anvil) -> None:
    elsewhere = Chain(anvil.chain._provider, url=anvil.url, chain_id=1)
    with pytest.raises(ChainProblem, match="no development chain"):
        deploy_development(elsewhere, ACCOUNTS["deployer"].key)


def test_a_missing_artifact_says_how_to_get_it() -> None:
    with pytest.raises(ArtifactMissing, match="make setup"):
        load_artifact("Court")


def test_windows_of_seconds_are_for_development_chains_alone(anvil: Anvil, deployment: Deployment) -> None:
    elsewhere = Chain(anvil.chain._provider, url=anvil.url, chain_id=1)
    with pytest.raises(ChainProblem, match="choose another profile"):
        deploy(elsewhere, ACCOUNTS["deployer"].key, DEVELOPMENT, token=deployment.token, treasury=address("treasury"))
