"""Call data of a transaction: what was said to a contract, also where another contract said it."""

from collections.abc import Iterator, Mapping
from typing import Any

from eth_abi.exceptions import DecodingError

from hansa_chain.abi import Function
from hansa_chain.errors import ChainUnreachable, NodeRefused
from hansa_chain.rpc import Chain
from hansa_protocol.identity import Address


def calls_to(chain: Chain, contract: Address, tx_hash: str) -> tuple[bytes, ...]:
    """Return the data of a transaction's calls to a contract.

    It is none when other contracts made the calls and the node gives no traces of transactions.
    """
    transaction = chain.request("eth_getTransactionByHash", tx_hash) or {}
    if _is(transaction.get("to"), contract):
        return (_bytes(transaction["input"]),)
    try:
        trace = chain.request("debug_traceTransaction", tx_hash, {"tracer": "callTracer"})
    except (NodeRefused, ChainUnreachable):
        # Some nodes refuse traces with an answer that is no JSON-RPC; whether the node is there, other reads tell.
        return ()
    return tuple(_calls(trace, contract))


def arguments_of(function: Function, data: bytes) -> tuple[Any, ...]:
    """Return the arguments of call data, none when it is not for this function."""
    if data[:4] != function.selector:
        return ()
    try:
        return function.decode_call(data)
    except DecodingError:
        return ()


def _calls(trace: Mapping[str, Any], contract: Address) -> Iterator[bytes]:
    """Yield the data of the calls that a trace has, without those that were undone."""
    if trace.get("error"):
        return
    if trace.get("type") == "CALL" and _is(trace.get("to"), contract):
        yield _bytes(trace["input"])
    for inner in trace.get("calls") or ():
        yield from _calls(inner, contract)


def _is(text: str | None, contract: Address) -> bool:
    return text is not None and text.lower() == contract.lower()


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))
