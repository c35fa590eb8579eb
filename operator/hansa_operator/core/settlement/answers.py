"""Answers: what the hub shows to each open case out of its batch files and its ledger, the most urgent first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hansa_operator.core.order.record import kept_order
from hansa_operator.ports.cases import (
    CaseKind,
    Expire,
    OpenCase,
    PayeeRows,
    Reveal,
    Show,
    ShowCredit,
    ShowOrder,
    ShowReceipt,
)
from hansa_operator.ports.ledger import OrderRecord
from hansa_protocol.batch import Batch
from hansa_protocol.eip712 import settlement_domain
from hansa_protocol.leaf import Leaf

NO_ROWS = PayeeRows()
MOST_LEAVES = 200
"""Slices that one call shows: some three million gas."""


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """Gather what is known of a case.

    `batch` is what was sealed for its epoch, None where ledger or store have none that was posted. `order` is that of
    the slice's job, `rows` is how those of a claim's payee stand, `refused` is why the last try was refused.
    """

    case: OpenCase
    batch: Batch | None
    order: OrderRecord | None = None
    rows: PayeeRows = NO_ROWS
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """Pair a case with what to show; `step` tells several answers to one case apart."""

    case: OpenCase
    batch: Batch
    show: Show

    @property
    def step(self) -> int:
        """Return the least index or the part of what is shown."""
        match self.show:
            case Reveal(indexes):
                return indexes[0]
            case ShowCredit(part):
                return part
            case ShowOrder() | ShowReceipt() | Expire():
                return 0


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Say why a case gets no answer."""

    case: OpenCase
    why: str


def decide_answers(cases: Iterable[CaseFacts], now: int) -> Iterator[Answer | Unanswered]:
    """Yield what to do about open cases at a block's time (unix seconds), the most urgent first.

    A claim whose rows wait for their payment is passed over: it is answered when they are paid. A dispute is others' to
    decide while it has time; then the hub ends it, since it keeps a row of the provider and the cover of its epoch.
    """
    for facts in sorted(cases, key=lambda one: (one.case.due, one.case.key)):
        over = now > facts.case.due
        if facts.case.kind is CaseKind.DISPUTE:
            if not over:
                continue
        elif over:
            yield Unanswered(facts.case, "its time is over")
            continue
        if facts.refused:
            yield Unanswered(facts.case, facts.refused)
        if facts.batch is None:
            yield Unanswered(facts.case, "the store has no batch of its epoch that was posted")
        elif facts.case.part >= len(facts.batch.parts):
            yield Unanswered(facts.case, "the batch in the store has no such part")
        else:
            yield from _answer(facts, facts.batch)


def _answer(facts: CaseFacts, batch: Batch) -> Iterator[Answer | Unanswered]:
    case = facts.case
    match case.kind:
        case CaseKind.ORDER:
            show = _order(facts, leaf_of(case, batch))
            yield Answer(case, batch, show) if show else Unanswered(case, "the ledger has no order of its job")
        case CaseKind.RECEIPT:
            signed = _receipt(leaf_of(case, batch), batch)
            yield Answer(case, batch, signed) if signed else Unanswered(case, "the batch has no receipt of its slice")
        case CaseKind.STATEMENT:
            indexes = _rest_of_row(case, batch)
            yield Answer(case, batch, Reveal(indexes)) if indexes else Unanswered(case, "no slices are left to show")
        case CaseKind.DISPUTE:
            missing = leaf_of(case, batch) is None
            yield Unanswered(case, "the batch has no such slice") if missing else Answer(case, batch, Expire())
        case CaseKind.CLAIM:
            yield from _credit(facts, batch)


def leaf_of(case: OpenCase, batch: Batch | None) -> Leaf | None:
    """Return the slice that a case is about, None where the batch has none there."""
    if batch is None or case.part >= len(batch.parts):
        return None
    leaves = batch.parts[case.part].leaves
    return leaves[case.index] if case.index < len(leaves) else None


def _order(facts: CaseFacts, leaf: Leaf | None) -> ShowOrder | None:
    known, batch = facts.order, facts.batch
    if known is None or leaf is None or batch is None:
        return None
    order, signature = kept_order(known)
    same = order.digest(settlement_domain(batch.chain_id, batch.settlement)) == leaf.job_id
    return ShowOrder(order, signature) if same else None


def _receipt(leaf: Leaf | None, batch: Batch) -> ShowReceipt | None:
    domain = settlement_domain(batch.chain_id, batch.settlement)
    named = (one for one in batch.receipts if leaf is not None and one.receipt.digest(domain) == leaf.receipt_digest)
    return next((ShowReceipt(one) for one in named), None)


def _rest_of_row(case: OpenCase, batch: Batch) -> tuple[int, ...]:
    """Return the next slices of a row that were not shown, as many as one call takes, until they come to it."""
    missing, found = case.missing, list[int]()
    for index, leaf in enumerate(batch.parts[case.part].leaves):
        if index < case.next_index or leaf.customer != case.account:
            continue
        if missing <= 0 or len(found) == MOST_LEAVES:
            break
        found.append(index)
        missing -= batch.tariff.split_of(leaf).debit
    return tuple(found)


def _credit(facts: CaseFacts, batch: Batch) -> Iterator[Answer | Unanswered]:
    case = facts.case
    rows = [
        part.index
        for part in batch.parts
        if part.index >= case.next_part and any(row.account == case.account for row in part.credits)
    ]
    left = [part for part in rows if part not in facts.rows.lost]
    if not left:
        yield Unanswered(case, f"the batch credits {case.missing} wei less than the IOU says")
    # A row that waits for its payment is waited for: shown after a later one it would no longer count.
    elif left[0] in facts.rows.paid:
        yield Answer(case, batch, ShowCredit(left[0]))
