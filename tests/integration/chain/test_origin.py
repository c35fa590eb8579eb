"""Contracts that only seem to be of this package are told: their code is the same, what they were made with is not."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from hansa_chain.abi import encode_constructor
from hansa_chain.artifacts import load_bytecode
from hansa_chain.contract import Call
from hansa_chain.creations import constructor_arguments
from hansa_chain.deploy import deploy, deploy_development
from hansa_chain.deployment import Deployment
from hansa_chain.factory import factory_at
from hansa_chain.origin import find_strangers
from hansa_chain.profile import Profile
from hansa_chain.profiles import PROFILES
from hansa_chain.sender import Sender
from hansa_cli import origin_view
from hansa_cli.main import app
from hansa_cli.origin_view import check_origin
from hansa_cli.problem import ExitCode, Problem
from hansa_protocol.identity import Address, keccak
from tests.fixtures.anvil import ACCOUNTS, Anvil
from tests.integration.chain.market import address

PROFILE = PROFILES["l2"]
InitCode = Callable[[Anvil, str, tuple[Any, ...]], bytes]


def init_code(_: Anvil, name: str, arguments: tuple[Any, ...]) -> bytes:
    return load_bytecode(name) + encode_constructor(name, arguments)


def with_one_more_challenger(anvil: Anvil, name: str, arguments: tuple[Any, ...]) -> bytes:
    """Let a person do with bonds and escrow what only challenges may."""
    if name == "Settlement":
        arguments = (*arguments[:-1], [*arguments[-1], address("south")])
    return init_code(anvil, name, arguments)


def with_a_planted_balance(anvil: Anvil, name: str, arguments: tuple[Any, ...]) -> bytes:
    """Write a balance while the contract is made, and leave the genuine code."""
    genuine = init_code(anvil, name, arguments)
    if name != "Vault":
        return genuine
    code = runtime_of(anvil, genuine)
    slot = keccak(bytes(12) + bytes.fromhex(address("south")[2:]) + (1).to_bytes(32, "big"))
    plant = b"\x7f" + (10**20).to_bytes(32, "big") + b"\x7f" + slot + b"\x55"
    size, begin = len(code).to_bytes(2, "big"), (len(plant) + 15).to_bytes(2, "big")
    give = b"\x61" + size + b"\x61" + begin + b"\x60\x00\x39" + b"\x61" + size + b"\x60\x00\xf3"
    return plant + give + code


def runtime_of(anvil: Anvil, genuine: bytes) -> bytes:
    sender = Sender(anvil.chain, ACCOUNTS["south"].key)
    mined = sender.wait_mined(sender.send(Call(None, genuine, "create")).tx_hash)
    made = anvil.chain.request("eth_getTransactionReceipt", mined.tx_hash)["contractAddress"]
    return anvil.chain.code(Address(made), at="latest")


def deploy_as(anvil: Anvil, made_of: InitCode, profile: Profile = PROFILE) -> Deployment:
    """Deploy as a deployer could: with the package's factory, and whatever code it likes."""
    chain, deployer, treasury = anvil.chain, address("ben"), address("treasury")
    token = deploy_development(chain, ACCOUNTS["deployer"].key).token
    label = str(profile).encode()
    sender, factory = Sender(chain, ACCOUNTS["ben"].key), factory_at(chain)

    def place_of(name: str) -> Address:
        return factory.address_of(deployer, keccak(label + name.encode()))

    creations = constructor_arguments(profile, token=token, treasury=treasury, place_of=place_of)
    for name, arguments in creations.items():
        creation = factory.create(keccak(label + name.encode()), made_of(anvil, name, arguments))
        sender.wait_mined(sender.send(creation).tx_hash)
    places = {"HansaToken": token, **{name: place_of(name) for name in creations}}
    return Deployment.observe(chain, places, treasury=treasury, profile=profile, block_number=1)


@pytest.fixture
def node(own_anvil: Anvil) -> Anvil:
    for account in ACCOUNTS.values():
        own_anvil.fund(account.address)
    return own_anvil


@pytest.mark.parametrize(
    ("made_of", "strangers"),
    [
        pytest.param(init_code, (), id="nothing"),
        pytest.param(with_one_more_challenger, ("Settlement",), id="one more challenger"),
        pytest.param(with_a_planted_balance, ("Vault",), id="a planted balance"),
    ],
)
def test_what_a_deployer_hides_is_found_though_code_and_manifest_agree(
    node: Anvil, made_of: InitCode, strangers: tuple[str, ...], tmp_path: Path
) -> None:
    made = deploy_as(node, made_of)
    made.verify(node.chain)
    assert find_strangers(made, node.chain, at="latest") == strangers
    check = check_origin(made, node.chain, at="latest")
    assert check.true is not bool(strangers)
    assert all(name in check.seen for name in strangers)
    made.save(tmp_path / "manifest.json")
    argv = ["chain", "audit", "--manifest", str(tmp_path / "manifest.json"), "--rpc", node.url]
    audited = CliRunner().invoke(app, argv)
    if not strangers:
        assert audited.exit_code == 0, audited.exception or audited.output
        return
    assert isinstance(audited.exception, Problem)
    assert audited.exception.code is ExitCode.FAILED
    assert strangers[0] in str(audited.exception)
    assert "put no money in" in str(audited.exception)


def test_times_that_the_manifest_alone_says_are_found(node: Anvil) -> None:
    key, treasury = ACCOUNTS["deployer"].key, address("treasury")
    token = deploy_development(node.chain, key).token
    made = deploy(node.chain, key, PROFILE, token=token, treasury=treasury)
    assert find_strangers(made, node.chain, at="latest") == ()
    other = replace(made, treasury=address("ada"))
    assert find_strangers(other, node.chain, at="latest") == ("Settlement",)


def test_a_name_that_the_package_does_not_know_is_a_stranger(node: Anvil) -> None:
    made = deploy_as(node, init_code)
    more = replace(made, places={**made.places, "Insurance": made.places["Vault"]})
    assert find_strangers(more, node.chain, at="latest") == ("Insurance",)


def test_times_that_no_profile_has_are_told(node: Anvil) -> None:
    assert check_origin(deploy_as(node, init_code), node.chain, at="latest").seen.startswith("profile l2; the treasury")
    own = replace(PROFILE, withdrawal=90 * 24 * 3_600, leaf_fee=10**24)
    check = check_origin(deploy_as(node, init_code, own), node.chain, at="latest")
    assert check.true
    assert "withdrawals after 90 days, 0:00:00" in check.seen
    assert "costs 1000000 " in check.seen


def test_windows_of_seconds_are_for_development_alone(node: Anvil, monkeypatch: pytest.MonkeyPatch) -> None:
    made = deploy_as(node, init_code, PROFILES["development"])
    assert check_origin(made, node.chain, at="latest").true
    monkeypatch.setattr(origin_view, "DEVELOPMENT_CHAINS", ())
    check = check_origin(made, node.chain, at="latest")
    assert not check.true
    assert "windows of seconds" in check.seen


def test_without_its_factory_nothing_is_known_of_a_deployment(node: Anvil) -> None:
    made = deploy_as(node, init_code)
    node.chain.request("anvil_setCode", factory_at(node.chain).address, "0x")
    assert set(find_strangers(made, node.chain, at="latest")) == made.places.keys() - {"HansaToken"}
