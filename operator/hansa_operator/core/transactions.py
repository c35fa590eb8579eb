"""Transactions as decisions see them: what was recorded before it was sent, and where that is now."""

from dataclasses import dataclass
from typing import assert_never

from hansa_operator.ports.chain import TxState, TxView
from hansa_operator.ports.ledger import TransactionRecord


@dataclass(frozen=True, slots=True)
class Sent:
    """Pair a transaction's record with where it is; `view` is None when the chain could not be asked."""

    record: TransactionRecord
    view: TxView | None

    @property
    def landed(self) -> bool:
        """Return whether a block has it and it succeeded there."""
        return self.view is not None and self.view.state in (TxState.MINED, TxState.FINALIZED)

    def is_lost(self, now_ms: int, *, patience_ms: int) -> bool:
        """Return whether nothing comes of it: it reverted, or no node has known it for that long after it was sent."""
        if self.view is None:
            return False
        match self.view.state:
            case TxState.REVERTED:
                return True
            case TxState.UNKNOWN:
                return now_ms > self.record.sent_ms + patience_ms
            case TxState.PENDING | TxState.MINED | TxState.FINALIZED:
                return False
            case never:
                assert_never(never)


def is_due(sent: Sent | None, now_ms: int, *, patience_ms: int) -> bool:
    """Return whether a write that is wanted has to be sent (again)."""
    return sent is None or sent.is_lost(now_ms, patience_ms=patience_ms)


def replaced_nonce(sent: Sent | None) -> int | None:
    """Return the nonce whose transaction the next try takes the place of; one that reverted has used its nonce up."""
    if sent is None or (sent.view is not None and sent.view.state is TxState.REVERTED):
        return None
    return sent.record.nonce
