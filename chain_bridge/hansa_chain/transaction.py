"""One signed transaction: how it is made, how a node takes it, and which ones are not final yet."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from eth_account import Account

from hansa_chain.contract import Call
from hansa_chain.errors import NodeRefused, NonceTaken
from hansa_chain.fees import Fees
from hansa_chain.rpc import Chain


@dataclass(frozen=True, slots=True)
class SentTx:
    """Identify a transaction that was signed and sent."""

    tx_hash: str
    nonce: int


@dataclass(frozen=True, slots=True)
class SignedTx:
    """Hold a signed transaction with what is needed to replace it; `replaces` when its nonce was chosen to."""

    tx_hash: str
    nonce: int
    raw: bytes
    call: Call
    gas: int
    fees: Fees
    replaces: bool

    @property
    def sent(self) -> SentTx:
        """Return what a caller keeps of it."""
        return SentTx(self.tx_hash, self.nonce)


class Underpriced(Exception):
    """Raised when another transaction with the same nonce offers as much."""


def sign_call(call: Call, key: bytes, *, chain_id: int, nonce: int, gas: int, fees: Fees, replaces: bool) -> SignedTx:
    """Return the signed EIP-1559 transaction of a call."""
    transaction: dict[str, Any] = {
        "type": 2,
        "chainId": chain_id,
        "nonce": nonce,
        "gas": gas,
        "maxFeePerGas": fees.max_fee,
        "maxPriorityFeePerGas": fees.tip,
        "value": 0,
        "data": call.data,
    }
    if call.to is not None:
        transaction["to"] = call.to
    signed = Account.sign_transaction(transaction, key)
    raw = bytes(signed.raw_transaction)
    return SignedTx("0x" + signed.hash.hex(), nonce, raw, call, gas, fees, replaces)


def broadcast(chain: Chain, signed: SignedTx) -> None:
    """Give a transaction to the node, which may have it already; raises Underpriced, or NonceTaken when it is late."""
    try:
        chain.request("eth_sendRawTransaction", "0x" + signed.raw.hex())
    except NodeRefused as refused:
        reason = refused.reason.lower()
        if "already known" in reason or "already imported" in reason:
            return
        if "underpriced" in reason:
            raise Underpriced from refused
        if "nonce too low" not in reason:
            raise
        if chain.request("eth_getTransactionByHash", signed.tx_hash) is None:
            raise taken(signed) from refused


def taken(signed: SignedTx) -> NonceTaken:
    """Return the exception that says another transaction has the nonce."""
    return NonceTaken(
        f"{signed.call.action}: nonce {signed.nonce} was used meanwhile: look at the chain, then prepare it again"
    )


class OpenTransactions:
    """Remember every version of each transaction that is not final yet, oldest first, by nonce."""

    def __init__(self) -> None:
        self._by_nonce: dict[int, list[SignedTx]] = {}

    def __len__(self) -> int:
        return len(self._by_nonce)

    def __contains__(self, nonce: int) -> bool:
        return nonce in self._by_nonce

    def newest(self, nonce: int) -> SignedTx | None:
        """Return the last version with a nonce."""
        versions = self._by_nonce.get(nonce)
        return versions[-1] if versions else None

    def versions(self, tx_hash: str) -> tuple[SignedTx, ...]:
        """Return all versions of the transaction that one of them has this hash; none when it is not open."""
        found = (v for v in self._by_nonce.values() if any(one.tx_hash == tx_hash for one in v))
        return tuple(next(found, ()))

    def add(self, signed: SignedTx) -> None:
        """Remember a version; raises NonceTaken when another transaction has its nonce and it was to replace none."""
        versions = self._by_nonce.get(signed.nonce, [])
        if any(one.tx_hash == signed.tx_hash for one in versions):
            return
        if versions and not signed.replaces:
            raise taken(signed)
        self._by_nonce[signed.nonce] = [*versions, signed]

    def remove(self, signed: SignedTx) -> None:
        """Forget a version."""
        left = [one for one in self._by_nonce.pop(signed.nonce, []) if one.tx_hash != signed.tx_hash]
        if left:
            self._by_nonce[signed.nonce] = left

    def close(self, is_over: Callable[[int], bool]) -> None:
        """Forget all versions with the nonces that are over."""
        self._by_nonce = {nonce: v for nonce, v in self._by_nonce.items() if not is_over(nonce)}
