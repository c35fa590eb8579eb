"""Receipts of transactions, and why one failed."""

from collections.abc import Sequence
from typing import Any

from hansa_chain.errors import ChainProblem, Reverted
from hansa_chain.outcome import Finalized, Mined
from hansa_chain.reverts import reverted
from hansa_chain.rpc import Chain


def fetch_mined(chain: Chain, hashes: Sequence[str]) -> Mined | Finalized | None:
    """Return the block's account of whichever of these transactions is in one, or None."""
    # Read before the receipt: a receipt that is there afterwards is of a block that was final already.
    final = chain.stamp("finalized").number
    for tx_hash in hashes:
        receipt = chain.request("eth_getTransactionReceipt", tx_hash)
        if receipt is None or receipt["blockNumber"] is None:
            continue
        number = int(receipt["blockNumber"], 16)
        kind = Finalized if number <= final else Mined
        why = None if int(receipt["status"], 16) else _why(chain, tx_hash, number)
        return kind(tx_hash, number, int(receipt["gasUsed"], 16), receipt.get("contractAddress"), why)
    return None


def _why(chain: Chain, tx_hash: str, block_number: int) -> Reverted:
    """Return what the contract said, found by repeating the call before its block."""
    transaction: Any = chain.request("eth_getTransactionByHash", tx_hash)
    message = {"from": transaction["from"], "to": transaction.get("to"), "data": transaction["input"]}
    gas = {"gas": transaction["gas"]}
    try:
        chain.request("eth_call", message | gas, hex(block_number - 1))
    except Reverted as reason:
        return reason
    except ChainProblem:
        return reverted(b"", "the node does not keep that block's state")
    return reverted(b"", "it failed only after what came before it in its block, or ran out of gas")
