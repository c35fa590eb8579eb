"""`hansa chain deploy`: to the chain that was meant, at addresses that are known, and as often as one likes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from hansa_chain.deploy import deploy_development
from hansa_chain.deployment import Deployment
from hansa_protocol.identity import Address
from tests.fixtures.anvil import ACCOUNTS, CHAIN_ID, Anvil
from tests.integration.chain.market import address

HANSA = Path(sys.executable).with_name("hansa")


@pytest.fixture
def token(own_anvil: Anvil) -> Address:
    own_anvil.fund(address("deployer"))
    return deploy_development(own_anvil.chain, ACCOUNTS["deployer"].key).token


def run(anvil: Anvil, folder: Path, token: str, *changes: str) -> subprocess.CompletedProcess[str]:
    options = {
        "--profile": "l2",
        "--chain-id": str(CHAIN_ID),
        "--rpc": anvil.url,
        "--token": token,
        "--treasury": address("treasury"),
        "--manifest": str(folder / "deployment.json"),
    }
    options.update(zip(changes[::2], changes[1::2], strict=True))
    argv = [str(HANSA), "chain", "deploy", *(word for option in options.items() for word in option)]
    environment = {"HANSA_DEPLOYER_KEY": "0x" + ACCOUNTS["deployer"].key.hex(), "PATH": "/usr/bin:/bin"}
    return subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=120, check=False)


def test_a_deployment_is_written_down_and_done_again_changes_nothing(
    own_anvil: Anvil, token: Address, tmp_path: Path
) -> None:
    first = run(own_anvil, tmp_path, token)
    assert first.returncode == 0, first.stderr
    written = json.loads((tmp_path / "deployment.json").read_text())
    Deployment.load(tmp_path / "deployment.json").verify(own_anvil.chain)
    own_anvil.mine(5)
    assert run(own_anvil, tmp_path, token).returncode == 0
    again = json.loads((tmp_path / "deployment.json").read_text())
    assert again["contracts"] == written["contracts"]
    assert again["blockNumber"] == written["blockNumber"], "an audit that begins later would miss what happened"
    assert ACCOUNTS["deployer"].key.hex() not in first.stdout + first.stderr


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (("--chain-id", "1"), "chain"),
        (("--profile", "l3"), "choose one of development, l1, l2"),
        (("--token", "0x1"), "--token"),
        (("--treasury", "nobody"), "--treasury"),
        (("--treasury", "0x" + "00" * 20), "the zero address, from which nobody can take the fee"),
        (("--token", "0x" + "12" * 20), "no token at"),
        (("--manifest", "/nowhere/at/all.json"), "nothing was deployed"),
    ],
    ids=["another chain", "no profile", "no address", "no treasury", "nobody's treasury", "no token", "no folder"],
)
def test_what_is_wrong_is_told_and_nothing_is_deployed(
    own_anvil: Anvil, token: Address, tmp_path: Path, changes: tuple[str, ...], told: str
) -> None:
    before = own_anvil.chain.stamp().number
    ran = run(own_anvil, tmp_path, token, *changes)
    assert ran.returncode != 0
    assert told in ran.stderr
    assert "Traceback" not in ran.stderr
    assert own_anvil.chain.stamp().number == before
    assert not (tmp_path / "deployment.json").exists()
