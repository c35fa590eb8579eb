"""Writes of the hub: signed first, then sent; only a try of the same call is replaced. These block."""

from dataclasses import dataclass, field
from hashlib import sha256

from hansa_chain.contract import Call
from hansa_chain.errors import NonceTaken
from hansa_chain.outcome import Dropped, Finalized, Mined, Outcome, Pending
from hansa_chain.sender import Sender, SignedTx
from hansa_operator.ports.chain import SentTx, TxState, TxView

MOST_REMEMBERED = 256
"""More than a hub has under way at once."""


@dataclass(slots=True)
class Writes:
    """Send the hub's transactions; the one owner of its nonce in this process."""

    sender: Sender
    _digests: dict[int, bytes] = field(default_factory=dict)

    def prepare(self, call: Call, replaces: int | None) -> SignedTx:
        """Simulate and sign a call, in the place of its earlier try with the nonce `replaces` where that still waits.

        When the nonce went to something else the call gets one of its own: the contracts let each call happen once.
        """
        if replaces is None or self._digests.get(replaces, _digest(call)) != _digest(call):
            return self.sender.prepare(call)
        try:
            return self.sender.prepare(call, nonce=replaces)
        except NonceTaken:
            # Something is mined with that nonce. Were it this call, simulating it again would be refused.
            return self.sender.prepare(call)

    def submit(self, signed: SignedTx) -> SentTx:
        """Send what was signed; another hash comes back when its fees had to be raised."""
        sent = self.sender.submit(signed)
        self._digests[sent.nonce] = _digest(signed.call)
        while len(self._digests) > MOST_REMEMBERED:
            self._digests.pop(next(iter(self._digests)))
        return SentTx(sent.tx_hash, sent.nonce)

    def view(self, tx_hash: str) -> TxView:
        """Return where a transaction is."""
        return _view(self.sender.outcome(tx_hash))


def _digest(call: Call) -> bytes:
    return sha256(call.data).digest()


def _view(outcome: Outcome) -> TxView:
    match outcome:
        case Pending():
            return TxView(TxState.PENDING)
        case Dropped():
            return TxView(TxState.UNKNOWN)
        case Mined(reverted=problem) | Finalized(reverted=problem) if problem is not None:
            return TxView(TxState.REVERTED, outcome.block_number, str(problem))
        case Mined():
            return TxView(TxState.MINED, outcome.block_number)
        case Finalized():
            return TxView(TxState.FINALIZED, outcome.block_number)
