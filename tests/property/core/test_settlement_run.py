"""Settlements against a chain that drops, reverts and takes back: every part ends paid or missed, and never both."""

from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from hansa_operator.api.settlement import Settlement, SettlementStatus
from hansa_operator.core.settlement.life import (
    Finalize,
    MarkMissed,
    MarkPaid,
    Post,
    SettlementDecision,
    SettlementFacts,
    Write,
    decide_settlement,
)
from hansa_operator.core.settlement.parts import PartFacts
from hansa_operator.core.transactions import Sent
from hansa_operator.ports.ledger import TransactionRecord
from tests.property.core.chain_model import END, EPOCH, TIMES, Block, Node

PARTS = 2
ADDRESS, ROOT = "0x" + "11" * 20, "0x" + "22" * 32


@dataclass
class Hub:
    """Do what is decided, and remember what was sent and marked."""

    node: Node
    now_ms: int = (END + 1) * 1000
    status: SettlementStatus | None = None
    records: dict[tuple[str, int], TransactionRecord] = field(default_factory=dict)
    missed: set[int] = field(default_factory=set)
    paid: bool = False

    def step(self, *, blind: bool = False) -> SettlementDecision:
        decision = decide_settlement(self.look(blind=blind))
        self.status = decision.status
        for action in decision.actions:
            match action:
                case Post() | Finalize():
                    self.write(action)
                case MarkMissed(parts):
                    self.missed.update(parts)
                case MarkPaid():
                    self.paid = True
        return decision

    def look(self, *, blind: bool) -> SettlementFacts:
        parts = tuple(
            PartFacts(None if blind else self.node.state(part), self.sent("Post", part), self.sent("Finalize", part))
            for part in range(PARTS)
        )
        return SettlementFacts(settlement(self.status), self.now_ms, TIMES, 6, parts)

    def sent(self, kind: str, part: int) -> Sent | None:
        record = self.records.get((kind, part))
        return Sent(record, self.node.view(record.tx_hash)) if record is not None else None

    def write(self, action: Write) -> None:
        kind = type(action).__name__
        tx = self.node.send(action)
        if tx is not None:
            record = TransactionRecord("s", action.part, kind, tx.name, tx.nonce, self.now_ms, 1)
            self.records[kind, action.part] = record

    def rest(self, seconds: int) -> None:
        self.now_ms += seconds * 1000


def settlement(status: SettlementStatus | None) -> Settlement:
    part = {"jobsRoot": ROOT, "debitRoot": ROOT, "creditRoot": ROOT, "totals": {"debits": "2", "credits": "1.9"}}
    spec = {
        "hubRef": {"name": "main"},
        "chainID": 31337,
        "contract": ADDRESS,
        "vault": ADDRESS,
        "epoch": EPOCH,
        "slices": 3,
        "parts": [part] * PARTS,
        "batch": {"uri": "file:///x", "sha256": "3" * 64, "sizeBytes": 9},
    }
    made = Settlement.model_validate({"metadata": {"name": "s"}, "spec": spec})
    return made.model_copy(update={"status": status})


EVENTS = st.lists(st.sampled_from(["mine", "slow", "jam", "drop", "lose", "return", "blind"]), max_size=25)


@settings(max_examples=100)
@given(EVENTS)
def test_every_part_ends_paid_or_missed_whatever_the_chain_does(events: list[str]) -> None:
    node = Node([Block(END)])
    hub = Hub(node)
    for event in events:
        match event:
            case "mine":
                node.mine(1)
            case "slow":
                node.mine(7)
            case "jam":
                node.mine(5, full=True)
            case "drop":
                node.pool.clear()
            case "lose" | "return":
                node.take_back(forget=event == "lose")
        hub.rest(1)
        hub.step(blind=event == "blind")
        final = node.blocks[node.final]
        assert not hub.missed & set(final.posted)
        assert not hub.paid or final.paid == set(range(PARTS)) - hub.missed
    for _ in range(60):
        node.mine(1)
        hub.rest(1)
        decision = hub.step()
    assert decision.wake_ms is None
    assert set(node.blocks[-1].paid) == set(range(PARTS)) - hub.missed
    assert hub.paid is bool(node.blocks[-1].paid)
    assert decision.status.phase == ("Finalized" if hub.paid else "Missed")
