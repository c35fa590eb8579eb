"""Parts of a batch as a chain reports them, and settlements made of them."""

from dataclasses import replace
from typing import Any

from hansa_operator.api.settlement import Settlement, SettlementStatus
from hansa_operator.core.settlement.life import SettlementDecision, SettlementFacts, decide_settlement
from hansa_operator.core.settlement.parts import PartFacts
from hansa_operator.core.transactions import Sent
from hansa_operator.ports.chain import ChainStamp, ChainTimes, PartState, TxState, TxView
from hansa_operator.ports.ledger import TransactionRecord

TIMES = ChainTimes(
    epoch_seconds=100, post_seconds=40, window_seconds=30, sealing_seconds=3, finality_seconds=3, fee_bps=300
)
EPOCH = 17_000_000
END = (EPOCH + 1) * 100
DEADLINE = END + 40
NOW = (END + 10) * 1000
HASH = "0x" + "ab" * 32
ADDRESS, ROOT = "0x" + "11" * 20, "0x" + "22" * 32


def settlement(status: SettlementStatus | None = None, *, parts: int = 1) -> Settlement:
    part = {"jobsRoot": ROOT, "debitRoot": ROOT, "creditRoot": ROOT, "totals": {"debits": "2", "credits": "1.9"}}
    spec = {
        "hubRef": {"name": "main"},
        "chainID": 31337,
        "contract": ADDRESS,
        "vault": ADDRESS,
        "epoch": EPOCH,
        "slices": 3,
        "parts": [part] * parts,
        "batch": {"uri": "file:///x", "sha256": "3" * 64, "sizeBytes": 9},
    }
    made = Settlement.model_validate({"metadata": {"name": "s", "generation": 1}, "spec": spec})
    return made.model_copy(update={"status": status})


def unposted(at: int = END + 10, *, final: int | None = None) -> PartState:
    """Return a part that is not posted, read at a block of this time."""
    stamps = ChainStamp(at, at), ChainStamp(at - 2, at - 2 if final is None else final)
    return PartState(*stamps, False, False, None, 0, False, False)


def posted(at: int, *, posted_at: int = END + 5, final: bool = True, paid: int = 0, shortfall: int = 0) -> PartState:
    """Return a posted part; `paid` is 0 not, 1 at the latest block, 2 at the final one."""
    stamps = ChainStamp(at, at), ChainStamp(at - 2, at - 2)
    return PartState(*stamps, True, final, posted_at, shortfall, paid > 0, paid > 1)


def sent(
    state: TxState | None, *, ago_ms: int = 0, tx_hash: str = HASH, attempts: int = 1, block: int | None = None
) -> Sent:
    record = TransactionRecord("s", 0, "post", tx_hash, nonce=7, sent_ms=NOW - ago_ms, attempts=attempts)
    return Sent(record, None if state is None else TxView(state, block))


def facts(*parts: PartFacts, status: SettlementStatus | None = None, **changes: Any) -> SettlementFacts:
    base = SettlementFacts(settlement(status, parts=len(parts)), NOW, TIMES, decimals=6, parts=parts)
    return replace(base, **changes)


def decide(*parts: PartFacts, status: SettlementStatus | None = None, **changes: Any) -> SettlementDecision:
    return decide_settlement(facts(*parts, status=status, **changes))


NEW = PartFacts(unposted())
WINDOW_END = END + 5 + 30
