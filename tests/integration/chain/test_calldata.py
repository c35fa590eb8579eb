"""Calldata that nobody should send is refused with a reason, and changes nothing."""

import json
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import Any

import pytest

from hansa_chain.contract import Call
from hansa_chain.errors import Reverted
from hansa_chain.node_errors import explain
from hansa_chain.proofs import prove_charge, prove_credit, prove_slice
from hansa_protocol.identity import Address
from hansa_protocol.units import Wei
from tests.fixtures.anvil import WHOLE, Anvil, account
from tests.integration.chain.calldata import CONTRACTS, Fuzzed, Fuzzer, Signature
from tests.integration.chain.market import Market, Work, address

SEED = 20_000_000
REFUSED, DRAWN = 10_000, 12_000
"""Of so many that are drawn at least so many are refused: the others read, or write what anybody may."""
SENT = 300
"""So many are sent as transactions too."""
BATCH = 250
STRANGER = account("stranger").address
ASKS_WHOM_IT_IS_TOLD = {"safeAmount"}
"""It asks the vault among its arguments: an account that is none may answer nothing."""
OPEN_TO_ALL = {"credit", "debit", "multicall", "open", "openBatch", "publish", "register", "releaseCover", "skipNonce"}
OPEN_TO_ALL |= {"requestRevoke"}
"""What a stranger may write: what is its own, what others signed, and rows, calls or requests of nothing."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Hold what a call was answered with: nothing, or the refusal."""

    call: Fuzzed
    function: Signature | None
    refusal: Reverted | None

    @property
    def is_well_formed(self) -> bool:
        """Return whether the call is one that the contract's interface has."""
        return self.function is not None and self.function.is_well_formed(self.call.data)


@pytest.fixture
def fuzzer(market: Market) -> Fuzzer:
    """Give a test calls to a market in which something is posted, a case is open, and a customer has money."""
    places = {name: place.address for name, place in market.deployment.places.items() if name in CONTRACTS}
    return Fuzzer(Random(SEED), places, STRANGER, _real_calls(market))


def test_fuzzed_calldata_is_refused_with_a_reason(market: Market, fuzzer: Fuzzer) -> None:
    answers = _answers(market.anvil, fuzzer, DRAWN)
    accepted = [one for one in answers if one.refusal is None]
    refused = [(one, one.refusal) for one in answers if one.refusal is not None]
    assert not [one for one in accepted if one.function is None or not one.function.is_readable(one.call.data)]
    written = {one.function.name for one in accepted if one.function and not one.function.reads}
    assert written <= OPEN_TO_ALL
    assert not [(one, why) for one, why in refused if one.is_well_formed and not _is_typed(one, why)]
    assert len(refused) >= REFUSED
    assert len({why.error_name for _, why in refused}) > 40


def test_what_is_refused_changes_nothing(market: Market, fuzzer: Fuzzer) -> None:
    answers = _answers(market.anvil, fuzzer, 2 * SENT)
    refused = [one.call for one in answers if one.refusal is not None][:SENT]
    before = _storage(market)
    results = list(_send(market.anvil, refused))
    assert results == ["0x0"] * len(refused)
    assert _storage(market) == before
    market.assert_solvent()


def _answers(anvil: Anvil, fuzzer: Fuzzer, count: int) -> list[Answer]:
    """Return what the chain says that the first so many calls would do."""
    calls = list(islice(fuzzer.draw(), count))
    names = {address: name for name, address in fuzzer.places.items()}
    asked = [answer for at in range(0, count, BATCH) for answer in _ask(anvil, calls[at : at + BATCH])]
    functions = [fuzzer.known[names[call.to]].get(call.data[:4]) for call in calls]
    return [Answer(*one) for one in zip(calls, functions, asked, strict=True)]


def _real_calls(market: Market) -> Sequence[tuple[Call, Address]]:
    """Return calls of all kinds that only their bytes make right, after a market has begun."""
    market.bond()
    market.deposit("ada", 50 * WHOLE)
    market.lend("ada")
    batch = market.batch([Work("ada", "north", 10_000)])
    market.end_epoch(batch.epoch)
    posted = market.post(batch)
    c, part, taken = market.contracts, batch.parts[0], [row.amount for row in batch.parts[0].debits]
    proof = prove_slice(posted.header, part, 0, taken)
    row, index, path = prove_credit(part, address("north"))
    line, signature = market.line("ben", cap=WHOLE)
    return (
        (c.settlement.finalize(posted.header, part.credits), STRANGER),
        (c.settlement.finalize_row(posted.header, row, index, path), STRANGER),
        (c.statements.demand(posted.header, *prove_charge(part, address("ada"), taken)), address("ada")),
        (c.challenges.challenge_receipt(proof), address("north")),
        (c.challenges.prove_fault(proof), STRANGER),
        (c.disputes.dispute(proof, (row, index, path)), address("ada")),
        (c.credit_lines.open(line, signature), STRANGER),
        (c.vault.withdraw(address("ada"), Wei(WHOLE)), address("ada")),
        (market.post_call(batch), address("hub")),
    )


def _is_typed(one: Answer, why: Reverted) -> bool:
    """Return whether a refusal names an error of these contracts with its values."""
    if why.error_name == "Unknown":
        return one.function is not None and one.function.name in ASKS_WHOM_IT_IS_TOLD
    return why.error_name != "Panic" and "data" not in why.arguments


def _ask(anvil: Anvil, calls: Sequence[Fuzzed]) -> Iterator[Reverted | None]:
    for answer in _batch(anvil, [("eth_call", [_message(call), "latest"]) for call in calls]):
        problem = explain("eth_call", answer["error"]) if "error" in answer else None
        assert problem is None or isinstance(problem, Reverted), problem
        yield problem


def _send(anvil: Anvil, calls: Sequence[Fuzzed]) -> Iterator[str]:
    """Yield the status of each call as a transaction of its sender."""
    anvil.chain.request("anvil_autoImpersonateAccount", True)
    anvil.chain.request("evm_setAutomine", False)
    nonces = {call.sender: anvil.chain.transaction_count(call.sender, at="latest") for call in calls}
    for sender in nonces:
        anvil.fund(sender)
    sending: list[tuple[str, list[Any]]] = []
    for call in calls:
        transaction = _message(call) | {"gas": hex(1_000_000), "nonce": hex(nonces[call.sender])}
        sending.append(("eth_sendTransaction", [transaction]))
        nonces[call.sender] += 1
    sent = _batch(anvil, sending)
    hashes = [answer["result"] for answer in sent]
    anvil.mine(len(calls))
    anvil.chain.request("anvil_autoImpersonateAccount", False)
    for answer in _receipts(anvil, hashes):
        yield answer["result"]["status"]


def _receipts(anvil: Anvil, hashes: Sequence[str]) -> list[dict[str, Any]]:
    return _batch(anvil, [("eth_getTransactionReceipt", [tx_hash]) for tx_hash in hashes])


def _storage(market: Market) -> dict[str, Any]:
    """Return what stands for all storage of each contract: the root of its trie, its code and its money."""
    places = {name: place.address for name, place in market.deployment.places.items()}
    proofs = _batch(market.anvil, [("eth_getProof", [place, [], "latest"]) for place in places.values()])
    kept = ("storageHash", "codeHash", "balance")
    return {name: [proof["result"][key] for key in kept] for name, proof in zip(places, proofs, strict=True)}


def _message(call: Fuzzed) -> dict[str, str]:
    return {"from": call.sender, "to": call.to, "data": "0x" + call.data.hex()}


def _batch(anvil: Anvil, requests: Sequence[tuple[str, list[Any]]]) -> list[dict[str, Any]]:
    """Return the answers to many requests at once, in their order."""
    body = [
        {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
        for number, (method, params) in enumerate(requests)
    ]
    request = urllib.request.Request(anvil.url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as response:
        answers: list[dict[str, Any]] = json.load(response)
    return sorted(answers, key=lambda answer: answer["id"])
