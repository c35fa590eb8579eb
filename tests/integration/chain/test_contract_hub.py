"""A hub that is a contract: what it posts and reveals is in the inner calls of transactions, which traces have."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from hansa_chain.contract import Call
from hansa_chain.errors import NodeRefused
from hansa_chain.proofs import prove_charge, prove_leaves, subject_of_row
from hansa_chain.rpc import Chain
from hansa_chain.settlement import PostedPart
from hansa_cli.problem import ExitCode
from hansa_protocol.batch import Batch
from hansa_protocol.identity import Address, address_word, parse_address
from hansa_protocol.signing import sign
from tests.dishonest.catching import Run, sending, verify
from tests.dishonest.scene import BOND, CUSTOMER, FULL, ORDER_SIGNER, PROVIDER, Scene, open_scene
from tests.fixtures.anvil import ACCOUNTS
from tests.integration.chain.market import address

FORWARDER = bytes.fromhex(
    "602380600b6000396000f3602036038060206000376000600091600060006000355af115601d57005b60006000fd"
)
"""Creates a contract that calls the address in its first word with the rest of its call data."""


@dataclass(frozen=True)
class Hidden:
    """Hold a batch that a contract posted, and whose file nobody shows."""

    scene: Scene
    hub: Address
    batch: Batch
    posted: PostedPart

    def verify(self, name: str, *options: str) -> Run:
        asked = ("--hub", self.hub, "--epoch", str(self.batch.epoch), "--account", address(name))
        return verify(self.scene, [], *asked, *options)

    def demand_and_reveal(self) -> None:
        self.verify(CUSTOMER, *sending(self.scene, CUSTOMER))
        part, header = self.batch.parts[0], self.posted.header
        charge, _ = prove_charge(part, address(CUSTOMER), [row.amount for row in part.debits])
        statements = self.scene.market.contracts.statements
        answer = statements.reveal(subject_of_row(header, charge), prove_leaves(header, part, [0]))
        self.scene.market.do("hub", forwarded(self.hub, answer))


def forwarded(through: Address, call: Call) -> Call:
    assert call.to is not None
    return Call(through, address_word(call.to) + call.data, call.action)


@pytest.fixture
def hidden(tmp_path: Path) -> Iterator[Hidden]:
    with open_scene(tmp_path) as scene:
        market, contracts = scene.market, scene.market.contracts
        mined = market.do("hub", Call(None, FORWARDER, "create"))
        receipt = market.anvil.chain.request("eth_getTransactionReceipt", mined.tx_hash)
        hub, vault = parse_address(receipt["contractAddress"]), contracts.vault.address
        token, settlement, lines = contracts.token, contracts.settlement, contracts.credit_lines
        market.do("hub", token.approve(settlement.address, BOND), settlement.deposit_bond(vault, hub, BOND))
        # The line on the balance that is there already is the other hub's, so this one waits for the notice.
        line = replace(market.line(CUSTOMER, cap=FULL, nonce=1)[0], hub=hub, order_signer=address(ORDER_SIGNER))
        market.do("hub", lines.open(line, sign(line.digest(lines.domain), ACCOUNTS[CUSTOMER].key)))
        market.anvil.advance(market.deployment.profile.notice + market.epoch_seconds)
        epoch = scene.next_epoch()
        batch = replace(scene.batch(epoch, [scene.work(b"\7" * 32, epoch)[0]], []), hub=hub)
        market.end_epoch(epoch)
        market.do("hub", forwarded(hub, settlement.post_part(batch, 0, b"\1" * 32)))
        yield Hidden(scene, hub, batch, market.posted(batch))


def refuse_traces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the node be one without traces."""
    ask = Chain.request

    def request(self: Chain, method: str, *params: Any) -> Any:
        if method.startswith("debug_"):
            raise NodeRefused(method, "the method does not exist")
        return ask(self, method, *params)

    monkeypatch.setattr(Chain, "request", request)


def test_what_a_contract_posts_and_reveals_is_read_from_traces(hidden: Hidden) -> None:
    assert "It is credited 10 HANSA." in hidden.verify(PROVIDER).printed
    hidden.demand_and_reveal()
    run = hidden.verify(CUSTOMER, "--orders", "none")
    assert "no order of it is among those given" in run.printed
    assert "do challengeOrder" in run.printed


def test_without_traces_it_is_told_what_cannot_be_read_and_the_demand_goes_on(
    hidden: Hidden, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_traces(monkeypatch)
    blind = hidden.verify(PROVIDER)
    assert "What it is credited cannot be read." in blind.printed
    assert f"its credits can be read: other contracts made transaction {hidden.posted.tx_hash}" in blind.printed
    hidden.demand_and_reveal()
    run = hidden.verify(CUSTOMER, "--orders", "none")
    assert "its revealed slices can be read: other contracts made transaction" in run.printed
    assert (run.code, run.sent) == (ExitCode.FAILED, ())
