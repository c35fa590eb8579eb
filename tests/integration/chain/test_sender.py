"""One owner of a nonce: nothing is lost, nothing happens twice, whatever becomes of the node's memory."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from hansa_chain.contract import Call
from hansa_chain.errors import ChainUnreachable, FeesAboveCeiling, NonceTaken, Reverted, TransactionNotSeen
from hansa_chain.outcome import Dropped, Finalized, Mined, Pending
from hansa_chain.rpc import Chain
from hansa_chain.sender import Sender
from hansa_protocol.units import Wei
from tests.fixtures.anvil import ACCOUNTS, Anvil
from tests.integration.chain.market import Market, address


@pytest.fixture
def sender(market: Market) -> Sender:
    return market.sender("hub")


@pytest.fixture
def held(anvil: Anvil, chain: Chain) -> Anvil:
    """Stop mining: transactions wait until a test mines a block."""
    chain.request("evm_setAutomine", False)
    return anvil


def minted(market: Market) -> int:
    return market.contracts.token.balance_of(address("author"), at="latest")


def mint(market: Market, amount: int = 1) -> Call:
    return market.contracts.token.mint(address("author"), Wei(amount))


def test_a_transaction_is_pending_then_mined_then_final(market: Market, sender: Sender, held: Anvil) -> None:
    sent = sender.send(mint(market))
    assert isinstance(sender.outcome(sent.tx_hash), Pending)
    held.mine()
    assert isinstance(sender.outcome(sent.tx_hash), Mined)
    held.finalize()
    assert isinstance(sender.outcome(sent.tx_hash), Finalized)
    assert minted(market) == 1


def test_calls_that_need_each_other_go_out_together(market: Market, sender: Sender, held: Anvil) -> None:
    vault = market.contracts.vault
    approve = market.contracts.token.approve(vault.address, Wei(5))
    both = [sender.send(call) for call in (approve, vault.deposit(address("ada"), Wei(5)))]
    held.mine()
    outcomes = [sender.outcome(sent.tx_hash) for sent in both]
    assert [isinstance(one, Mined) and one.reverted is None for one in outcomes] == [True, True]


def test_a_lost_transaction_is_sent_again_as_it_was(market: Market, sender: Sender, held: Anvil) -> None:
    sent = sender.send(mint(market))
    held.chain.request("anvil_dropTransaction", sent.tx_hash)
    assert held.chain.request("eth_getTransactionByHash", sent.tx_hash) is None
    assert isinstance(sender.outcome(sent.tx_hash), Pending)
    held.mine()
    assert isinstance(sender.outcome(sent.tx_hash), Mined)
    assert minted(market) == 1


def test_a_lost_transaction_keeps_its_nonce(market: Market, sender: Sender, held: Anvil) -> None:
    lost = sender.send(mint(market, 1))
    held.chain.request("anvil_dropTransaction", lost.tx_hash)
    after = sender.send(mint(market, 2))
    assert after.nonce == lost.nonce + 1
    assert isinstance(sender.outcome(lost.tx_hash), Pending)
    held.mine()
    assert minted(market) == 3


def test_a_bumped_transaction_happens_once_and_both_hashes_say_so(market: Market, sender: Sender, held: Anvil) -> None:
    first = sender.send(mint(market))
    second = sender.bump(first.tx_hash)
    assert (second.nonce, second.tx_hash != first.tx_hash) == (first.nonce, True)
    held.mine()
    outcomes = [sender.outcome(sent.tx_hash) for sent in (first, second)]
    assert outcomes[0] == outcomes[1]
    assert isinstance(outcomes[0], Mined)
    assert minted(market) == 1


def test_a_recorded_nonce_makes_a_retry_harmless_after_a_restart(market: Market, sender: Sender, held: Anvil) -> None:
    before = sender.send(mint(market))
    restarted = Sender(held.chain, ACCOUNTS["hub"].key)
    again = restarted.send(mint(market, 2), nonce=before.nonce)
    assert again.nonce == before.nonce
    held.mine()
    assert isinstance(restarted.outcome(again.tx_hash), Mined)
    assert minted(market) == 2
    with pytest.raises(NonceTaken, match="look at the chain"):
        restarted.send(mint(market), nonce=before.nonce)
    assert isinstance(restarted.outcome(before.tx_hash), Dropped)


def test_a_restarted_sender_goes_on_behind_what_is_pending(market: Market, sender: Sender, held: Anvil) -> None:
    before = sender.send(mint(market))
    after = Sender(held.chain, ACCOUNTS["hub"].key).send(mint(market))
    assert after.nonce == before.nonce + 1
    held.mine()
    assert minted(market) == 2


def test_submitting_a_signed_transaction_twice_does_no_harm(market: Market, sender: Sender, held: Anvil) -> None:
    signed = sender.prepare(mint(market))
    assert sender.submit(signed) == sender.submit(signed)
    held.mine()
    assert sender.submit(signed).tx_hash == signed.tx_hash
    assert minted(market) == 1


def test_a_prepared_transaction_never_takes_the_place_of_another(market: Market, sender: Sender, held: Anvil) -> None:
    prepared = sender.prepare(mint(market, 1))
    sender.send(mint(market, 2))
    for one in (sender, Sender(held.chain, ACCOUNTS["hub"].key)):
        with pytest.raises(NonceTaken, match="prepare it again"):
            one.submit(prepared)
    held.mine()
    assert minted(market) == 2


def test_a_node_that_is_gone_loses_no_transaction(own_anvil: Anvil) -> None:
    sender = own_sender(own_anvil)
    signed = sender.prepare(nothing(sender))
    os.kill(own_anvil.pid, signal.SIGKILL)
    assert sender.submit(signed).tx_hash == signed.tx_hash
    with pytest.raises(ChainUnreachable, match="check that the node runs"):
        sender.outcome(signed.tx_hash)


def test_threads_never_share_a_nonce(market: Market, sender: Sender) -> None:
    with ThreadPoolExecutor(max_workers=12) as threads:
        sent = list(threads.map(lambda _: sender.send(mint(market)), range(12)))
    for one in sent:
        sender.wait_mined(one.tx_hash)
    assert minted(market) == 12


def test_a_transaction_survives_a_reorganisation(own_anvil: Anvil) -> None:
    sender = own_sender(own_anvil)
    own_anvil.mine(3)
    sent = sender.send(nothing(sender))
    assert isinstance(sender.outcome(sent.tx_hash), Mined)
    own_anvil.reorganise(2)
    assert own_anvil.chain.transaction_count(sender.address, at="latest") == 0
    sender.outcome(sent.tx_hash)
    own_anvil.mine()
    assert isinstance(sender.outcome(sent.tx_hash), Mined)
    assert own_anvil.chain.transaction_count(sender.address, at="latest") == 1


def test_a_transaction_that_failed_in_its_block_says_why(market: Market, sender: Sender, held: Anvil) -> None:
    deposit = replace(market.contracts.vault.deposit(address("ada"), Wei(1)), gas_limit=200_000)
    sent = sender.send(deposit)
    held.mine()
    with pytest.raises(Reverted, match=r"ERC20InsufficientAllowance.*Approve 1 wei"):
        sender.wait_mined(sent.tx_hash)


def test_fees_above_the_ceiling_send_nothing(market: Market) -> None:
    with pytest.raises(FeesAboveCeiling, match="ceiling is 1"):
        Sender(market.anvil.chain, ACCOUNTS["hub"].key, fee_ceiling=1).send(mint(market))


def test_waiting_ends_and_says_so(market: Market, sender: Sender, held: Anvil) -> None:
    sent = sender.send(mint(market))
    with pytest.raises(TransactionNotSeen, match="is pending"):
        sender.wait_mined(sent.tx_hash, timeout_seconds=0.2)


def test_finality_comes_by_itself_on_a_chain_that_makes_blocks(ticking_anvil: Anvil) -> None:
    sender = own_sender(ticking_anvil)
    sent = sender.send(nothing(sender))
    assert isinstance(sender.wait_finalized(sent.tx_hash, timeout_seconds=30), Finalized)


def own_sender(node: Anvil) -> Sender:
    sender = Sender(node.chain, ACCOUNTS["hub"].key)
    node.fund(sender.address)
    return sender


def nothing(sender: Sender) -> Call:
    """Return a call that does nothing but use its nonce."""
    return Call(sender.address, b"", "nothing")
