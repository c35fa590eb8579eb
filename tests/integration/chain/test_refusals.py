"""Whatever the chain refuses says why and what to do."""

import http.server
import threading
from collections.abc import Callable, Iterator

import pytest

from hansa_chain.abi import known_errors
from hansa_chain.contract import Call
from hansa_chain.errors import ChainUnreachable, InsufficientGasMoney, Reverted, WrongChain
from hansa_chain.reverts import REFUSED_LINES, REMEDIES
from hansa_chain.rpc import Chain
from hansa_chain.sender import Sender
from hansa_protocol.units import Wei
from tests.fixtures.anvil import CHAIN_ID, WHOLE, Anvil
from tests.integration.chain.market import Market, Work, address


def test_every_error_of_every_contract_has_a_remedy() -> None:
    assert {name for name, _ in known_errors().values()} == set(REMEDIES) - {"Unknown"}


Try = Callable[[Market], Call]

REFUSALS: dict[str, Try] = {
    "ERC20InsufficientAllowance": lambda m: m.contracts.vault.deposit(address("ada"), Wei(1)),
    "ZeroAmount": lambda m: m.contracts.vault.deposit(address("ada"), Wei(0)),
    "InvalidPayee": lambda m: m.contracts.vault.deposit(m.contracts.vault.address, Wei(1)),
    "NoWithdrawalPending": lambda m: m.contracts.vault.withdraw(address("ada"), Wei(1)),
    "InsufficientBalance": lambda m: m.contracts.vault.request_withdrawal(Wei(1)),
    "RoyaltyTooHigh": lambda m: m.contracts.services.publish(
        "n", "1", payout=address("ada"), royalty_bps=9_999, content_digest=b"\1" * 32
    ),
    "UnknownVault": lambda m: m.contracts.settlement.deposit_bond(address("ben"), address("hub"), Wei(1)),
    "NoUnbondPending": lambda m: m.contracts.settlement.unbond(m.contracts.vault.address),
    "NotRegistered": lambda m: m.contracts.providers.top_up(m.contracts.vault.address, address("ben"), Wei(1)),
    "LineNotSet": lambda m: m.contracts.credit_lines.open(*m.line("ben", cap=1, nonce=7)),
    "NotTheCustomer": lambda m: m.contracts.credit_lines.open_by_customer(m.line("ben", cap=1)[0]),
    "PostTooEarly": lambda m: m.post_call(m.batch([Work("ada", "north", 10_000)], epoch=m.epoch() + 1_000)),
    "PostTooLate": lambda m: m.post_call(m.batch([Work("ada", "north", 10_000)], epoch=m.epoch() - 3)),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refused_call_is_never_sent_and_says_what_to_do(market: Market, name: str) -> None:
    before = market.anvil.chain.stamp().number
    with pytest.raises(Reverted) as refused:
        market.do("ada", REFUSALS[name](market))
    assert refused.value.error_name == name
    assert "{" not in refused.value.remedy
    assert "(" not in refused.value.remedy.replace("(unix seconds)", "")
    assert market.anvil.chain.stamp().number == before


def test_a_refused_line_says_which_reason(market: Market) -> None:
    assert len(REFUSED_LINES) == 8
    with pytest.raises(Reverted, match="nonce is not the next one"):
        market.do("ada", market.contracts.credit_lines.open(*market.line("ada", cap=1, nonce=7)))


def test_a_customer_without_a_line_is_named(market: Market) -> None:
    market.bond()
    batch = market.batch([Work("ada", "north", 10_000)])
    market.end_epoch(batch.epoch)
    with pytest.raises(Reverted, match=rf"NoLineInForce.*{address('ada')}"):
        market.post(batch)


def test_a_hub_without_a_bond_is_told_how_much_is_missing(market: Market) -> None:
    market.deposit("ada", WHOLE)
    market.lend("ada")
    batch = market.batch([Work("ada", "north", 10_000)])
    market.end_epoch(batch.epoch)
    with pytest.raises(Reverted, match="has 0 wei free for this, which takes 10300: bond more"):
        market.post(batch)


def test_another_chain_is_refused_by_its_id(anvil: Anvil) -> None:
    with pytest.raises(WrongChain, match=f"serves chain {CHAIN_ID}, and chain 1 was asked for"):
        Chain.connect(anvil.url, chain_id=1)


def test_a_node_that_is_not_there_is_unreachable_and_its_key_stays_secret() -> None:
    with pytest.raises(ChainUnreachable, match="check that the node runs") as unreachable:
        Chain.connect("http://user:secret@127.0.0.1:9/secret?key=secret", chain_id=1, timeout=2)
    assert "secret" not in str(unreachable.value)


@pytest.fixture
def web_page() -> Iterator[str]:
    """Serve pages that are no JSON-RPC."""

    class Page(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>welcome</html>")

        def log_message(self, *_: object) -> None:
            return

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_a_web_page_is_no_node(web_page: str) -> None:
    with pytest.raises(ChainUnreachable):
        Chain.connect(web_page, chain_id=1)


def test_who_has_no_gas_money_is_told_to_get_some(market: Market) -> None:
    poor = Sender(market.anvil.chain, b"\x55" * 32)
    with pytest.raises(InsufficientGasMoney, match="Send gas money"):
        poor.send(market.contracts.token.mint(poor.address, Wei(1)))
