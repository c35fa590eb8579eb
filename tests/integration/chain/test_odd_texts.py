"""What anybody writes into the contracts stops nobody else from verifying and auditing."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from eth_abi.abi import encode
from typer.testing import CliRunner

from hansa_chain.contract import Call
from hansa_cli.main import app
from hansa_protocol.keccak import keccak
from hansa_protocol.parts import ServiceTerms, Tariff, net_part
from hansa_protocol.signing import sign
from tests.dishonest.catching import verify
from tests.dishonest.scene import AMOUNT, CUSTOMER, Scene
from tests.fixtures.anvil import ACCOUNTS
from tests.integration.chain.market import address

NO_TEXT = b"\xff\xfe\xff\xfe"
SERVICE = "publish(string,string,address,uint16,bytes32)"
LINE = "(address,address,address,address,string,uint96,uint64,address,uint256,uint64)"


def call_with(to: str, signature: str, types: list[str], values: list[object]) -> Call:
    """Return a call in which the text TEXT is bytes that are no UTF-8."""
    data = encode(types, values).replace(b"TEXT", NO_TEXT)
    return Call(address(to) if to in ACCOUNTS else to, keccak(signature.encode())[:4] + data, signature)


def publish(scene: Scene) -> None:
    types = ["string", "string", "address", "uint16", "bytes32"]
    services = scene.market.contracts.services.address
    scene.market.do("hub", call_with(services, SERVICE, types, ["TEXT", "1", address("hub"), 0, b"\1" * 32]))


def test_a_service_whose_name_is_no_text_hides_no_slice(scene: Scene) -> None:
    publish(scene)
    epoch, ordered = scene.next_epoch(), scene.order()
    leaf, receipt = scene.work(ordered.digest, epoch)
    invented = replace(leaf, service=1, job_id=b"\7" * 32)
    terms = Tariff({1: ServiceTerms(1, address("hub"), 0)}, scene.market.deployment.profile.params.fee_bps)
    batch = replace(scene.batch(epoch, [leaf], [receipt]), parts=(net_part(0, [leaf, invented], terms),))
    file, _ = scene.post(batch)
    seen = verify(scene, [file], "--account", address(CUSTOMER), "--orders", str(scene.orders_file()))
    assert "challengeOrder" in seen.printed
    assert (b"\7" * 32).hex() in seen.printed


def odd_tenant(scene: Scene) -> None:
    c, zero = scene.market.contracts, "0x" + "00" * 20
    own = (address("south"), c.settlement.address, address("hub"), c.vault.address)
    line = (*own, "TEXT", AMOUNT, 2**40, zero, 0, 2**40)
    scene.market.do("south", call_with(c.credit_lines.address, f"openByCustomer({LINE})", [LINE], [line]))


def odd_vault(scene: Scene) -> None:
    market = scene.market
    line = replace(market.line_of(address("south"), tenant="x", cap=AMOUNT), vault=address("ben"))
    lines = market.contracts.credit_lines
    market.do("hub", lines.open(line, sign(line.digest(lines.domain), ACCOUNTS["south"].key)))


@pytest.mark.parametrize("write", [publish, odd_tenant, odd_vault])
@pytest.mark.parametrize("form", ["table", "json"])
def test_an_audit_goes_on_over_what_strangers_wrote(scene: Scene, write: Callable[[Scene], None], form: str) -> None:
    write(scene)
    argv = ["chain", "audit", "--rpc", scene.rpc_url, "--manifest", str(scene.manifest), "-o", form]
    done = CliRunner().invoke(app, argv)
    assert done.exit_code == 0, done.exception or done.output
    if form == "json":
        assert json.loads(done.stdout)["differences"] == 0
