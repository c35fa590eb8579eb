"""The one owner of an account's nonce: signs, sends, replaces, sends again what the node forgot, tells how it went."""

import time
from threading import RLock
from typing import Any

from hansa_chain.contract import Call
from hansa_chain.errors import ChainUnreachable, NodeRefused, NonceTaken, Reverted, TransactionNotSeen
from hansa_chain.fees import Fees, fetch_fees
from hansa_chain.outcome import Dropped, Finalized, Mined, Outcome, Pending
from hansa_chain.receipts import fetch_mined
from hansa_chain.rpc import Chain, Tag
from hansa_chain.transaction import OpenTransactions, SentTx, SignedTx, Underpriced, broadcast, sign_call, taken
from hansa_protocol.identity import Address
from hansa_protocol.signing import address_of

__all__ = ["Sender", "SentTx", "SignedTx"]

_GAS_HEADROOM_PERCENT = 125
_MOST_GAS = 2**24
"""Most that one transaction may use on chains that have a limit (EIP-7825)."""
_MOST_RAISES = 12
_MOST_OPEN = 64


class Sender:
    """Send an account's transactions; share one per account and process, between threads if need be."""

    def __init__(self, chain: Chain, key: bytes, *, fee_ceiling: int | None = None) -> None:
        self.chain = chain
        self.address: Address = address_of(key)
        self._key = key
        self._fee_ceiling = fee_ceiling
        self._lock = RLock()
        self._open = OpenTransactions()

    def send(self, call: Call, *, nonce: int | None = None) -> SentTx:
        """Sign and submit a call.

        With the `nonce` of an earlier try the new transaction takes its place, so that at most one of them happens.
        Raises Reverted, NonceTaken, FeesAboveCeiling, InsufficientGasMoney or ChainUnreachable: then nothing was sent.
        """
        with self._lock:
            return self.submit(self.prepare(call, nonce=nonce))

    def prepare(self, call: Call, *, nonce: int | None = None) -> SignedTx:
        """Simulate and sign a call without sending it: its hash and nonce can be recorded first.

        The nonce is not reserved: when something else is sent first, submitting raises NonceTaken.
        """
        with self._lock:
            fees = fetch_fees(self.chain)
            if nonce is None:
                # On top of what is pending, so that an approval and the call that needs it can go out together.
                gas = self._estimate(call, "pending")
                return self._sign(call, self._next_nonce(), gas, fees, replaces=False)
            if nonce < self.chain.transaction_count(self.address, at="latest"):
                raise NonceTaken(f"{call.action}: nonce {nonce} is used: look at the chain before sending again")
            # Not on top of what is pending: that holds the very transaction that is to be replaced.
            gas, earlier = self._estimate(call, "latest"), self._open.newest(nonce)
            return self._sign(call, nonce, gas, fees.raised_over(earlier.fees) if earlier else fees, replaces=True)

    def submit(self, signed: SignedTx) -> SentTx:
        """Send a signed transaction; sending it twice does no harm. Raises as `send` does.

        When the node does not answer, nobody knows whether it arrived: it counts as sent, and `outcome` sends it again
        until the node knows it.
        """
        with self._lock:
            for _ in range(_MOST_RAISES):
                self._open.add(signed)
                try:
                    broadcast(self.chain, signed)
                except ChainUnreachable:
                    return signed.sent
                except Underpriced:
                    self._open.remove(signed)
                    signed = self._raised(signed)
                except (NodeRefused, NonceTaken):
                    self._open.remove(signed)
                    raise
                else:
                    return signed.sent
            raise NodeRefused("eth_sendRawTransaction", "replacement transaction underpriced, again and again")

    def bump(self, tx_hash: str) -> SentTx:
        """Replace a pending transaction of this process by the same call with higher fees."""
        with self._lock:
            versions = self._open.versions(tx_hash)
            if not versions:
                raise TransactionNotSeen(f"{tx_hash} is not open here: ask for its outcome, then send the call again")
            last = versions[-1]
            fees = fetch_fees(self.chain).raised_over(last.fees)
            return self.submit(self._sign(last.call, last.nonce, last.gas, fees, replaces=True))

    def outcome(self, tx_hash: str) -> Outcome:
        """Return where a transaction is, its replacements included; one that the node forgot is sent again."""
        with self._lock:
            versions = self._open.versions(tx_hash)
        # The lock is not held while the node is asked: others send meanwhile.
        hashes = [one.tx_hash for one in versions] or [tx_hash]
        mined = fetch_mined(self.chain, hashes)
        if mined is not None:
            if isinstance(mined, Finalized) and versions:
                self._close(versions[-1].nonce)
            return mined
        if any(self.chain.request("eth_getTransactionByHash", one) is not None for one in hashes):
            return Pending(hashes[-1])
        return self._send_again(versions[-1]) if versions else Dropped(tx_hash)

    def wait_mined(self, tx_hash: str, *, timeout_seconds: float = 60.0) -> Mined | Finalized:
        """Wait until a transaction is in a block; raises Reverted when it failed there, else TransactionNotSeen."""
        return self._wait(tx_hash, (Mined, Finalized), timeout_seconds)

    def wait_finalized(self, tx_hash: str, *, timeout_seconds: float = 60.0) -> Mined | Finalized:
        """Wait until a transaction cannot be undone; raises as wait_mined does."""
        return self._wait(tx_hash, (Finalized,), timeout_seconds)

    def _wait(
        self, tx_hash: str, wanted: tuple[type[Mined] | type[Finalized], ...], timeout_seconds: float
    ) -> Mined | Finalized:
        deadline = time.monotonic() + timeout_seconds
        while True:
            seen = self.outcome(tx_hash)
            if isinstance(seen, Mined | Finalized) and isinstance(seen, wanted):
                if seen.reverted is not None:
                    raise seen.reverted
                return seen
            if isinstance(seen, Dropped) or time.monotonic() > deadline:
                raise TransactionNotSeen(
                    f"{tx_hash} is {type(seen).__name__.lower()} after {timeout_seconds:g} s: look at the node, "
                    "then send again with the same nonce"
                )
            time.sleep(0.1)

    def _next_nonce(self) -> int:
        # The node's count misses what it forgot and will be sent again; the own memory misses a process before this.
        nonce = self.chain.transaction_count(self.address, at="latest")
        pending = self.chain.transaction_count(self.address, at="pending")
        while nonce < pending or nonce in self._open:
            nonce += 1
        if len(self._open) > _MOST_OPEN:
            final = self.chain.transaction_count(self.address, at="finalized")
            self._open.close(lambda one: one < final)
        return nonce

    def _estimate(self, call: Call, at: Tag) -> int:
        if call.gas_limit is not None:
            return call.gas_limit
        message: dict[str, Any] = {"from": self.address, "data": "0x" + call.data.hex()}
        if call.to is not None:
            message["to"] = call.to
        needed = int(self.chain.request("eth_estimateGas", message, at), 16)
        return max(needed, min(needed * _GAS_HEADROOM_PERCENT // 100, _MOST_GAS))

    def _sign(self, call: Call, nonce: int, gas: int, fees: Fees, *, replaces: bool) -> SignedTx:
        affordable = fees.checked(self._fee_ceiling)
        chain_id = self.chain.chain_id
        return sign_call(call, self._key, chain_id=chain_id, nonce=nonce, gas=gas, fees=affordable, replaces=replaces)

    def _raised(self, signed: SignedTx) -> SignedTx:
        """Return the transaction with fees above those of one that a process before this has pending."""
        if not signed.replaces:
            raise taken(signed)
        fees = signed.fees.raised_over(signed.fees)
        return self._sign(signed.call, signed.nonce, signed.gas, fees, replaces=True)

    def _send_again(self, signed: SignedTx) -> Outcome:
        try:
            broadcast(self.chain, signed)
        except NonceTaken:
            self._close(signed.nonce)
            return Dropped(signed.tx_hash)
        except (Underpriced, Reverted) as refused:
            raise ChainUnreachable(f"the node takes {signed.tx_hash} back only later: {refused}") from refused
        return Pending(signed.tx_hash)

    def _close(self, nonce: int) -> None:
        with self._lock:
            self._open.close(lambda one: one == nonce)
