"""What is shown to whom: the most urgent case first, each with what batch and ledger have, the rest told."""

from dataclasses import replace
from typing import Any

import pytest

from hansa_operator.core.settlement.answers import MOST_LEAVES, Answer, CaseFacts, Unanswered, decide_answers
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
from hansa_protocol.batch import Batch, build_batch
from hansa_protocol.eip712 import Order, Receipt, settlement_domain
from hansa_protocol.evidence import SignedReceipt
from hansa_protocol.leaf import Leaf
from tests.unit.protocol.test_batch import ADA, BEN, FEE_BPS, HUB, NORTH, SETTLEMENT, SOUTH, VAULT, slice_of

DOMAIN = settlement_domain(31_337, SETTLEMENT)
ORDER = Order(HUB, VAULT, ADA, 0, b"\1" * 32, 20_000, 3, 2**40)
KEPT = OrderRecord(HUB, VAULT, ADA, 0, "0x" + "01" * 32, 20_000, 3, 2**40, "0x" + "05" * 65)
RECEIPT = Receipt(HUB, VAULT, ADA, ORDER.digest(DOMAIN), 0, 7, 1, 140_000, 150_000, 10, 10_000, 1, b"\1" * 32)
ORDERED = replace(slice_of(1), job_id=ORDER.digest(DOMAIN), receipt_digest=RECEIPT.digest(DOMAIN))
NOW = 100


def batch_of(*leaves: Leaf, max_rows: int = 1_000) -> Batch:
    about: dict[str, Any] = {"chain_id": 31_337, "settlement": SETTLEMENT, "hub": HUB, "vault": VAULT, "epoch": 7}
    return build_batch(leaves, {}, FEE_BPS, receipts=[SignedReceipt(RECEIPT, b"\5" * 65)], max_rows=max_rows, **about)


BATCH = batch_of(ORDERED)


def case(kind: CaseKind, **changes: Any) -> OpenCase:
    return replace(OpenCase(f"case-{kind}", kind, VAULT, 7, 0, 0, ADA, due=NOW + 5), **changes)


def decided(facts: CaseFacts) -> Show | str:
    (one,) = decide_answers([facts], NOW)
    return one.show if isinstance(one, Answer) else one.why


def test_the_order_of_the_job_is_shown() -> None:
    assert decided(CaseFacts(case(CaseKind.ORDER), BATCH, KEPT)) == ShowOrder(ORDER, b"\5" * 65)


def test_without_an_order_or_with_that_of_another_job_there_is_no_answer() -> None:
    for order in (None, replace(KEPT, nonce=4)):
        assert decided(CaseFacts(case(CaseKind.ORDER), BATCH, order)) == "the ledger has no order of its job"


def test_the_receipt_that_the_slice_names_is_shown() -> None:
    assert decided(CaseFacts(case(CaseKind.RECEIPT), BATCH)) == ShowReceipt(SignedReceipt(RECEIPT, b"\5" * 65))
    assert "no receipt" in str(decided(CaseFacts(case(CaseKind.RECEIPT), batch_of(slice_of(1)))))


def statement(batch: Batch, **changes: Any) -> Show | str:
    row = batch.parts[0].debits[0]
    asked = case(CaseKind.STATEMENT, account=row.account, **{"missing": row.amount, **changes})
    return decided(CaseFacts(asked, batch))


def test_a_statement_shows_the_slices_of_its_row_alone() -> None:
    batch = batch_of(slice_of(1), slice_of(2, customer=BEN), slice_of(3))
    whose = [leaf.customer for leaf in batch.parts[0].leaves]
    assert statement(batch) == Reveal(tuple(index for index, one in enumerate(whose) if one == ADA))


def test_a_statement_goes_on_where_it_stopped_and_stops_when_the_row_is_reached() -> None:
    batch = batch_of(slice_of(1), slice_of(2), slice_of(3))
    assert statement(batch, next_index=1, missing=10_300) == Reveal((1,))
    assert statement(batch, next_index=1, missing=10_301) == Reveal((1, 2))
    assert statement(batch, next_index=3) == "no slices are left to show"


def test_one_call_shows_no_more_slices_than_fit() -> None:
    batch = batch_of(*(slice_of(job) for job in range(1, MOST_LEAVES + 3)))
    shown = statement(batch)
    assert shown == Reveal(tuple(range(MOST_LEAVES)))
    assert statement(batch, next_index=MOST_LEAVES) == Reveal((MOST_LEAVES, MOST_LEAVES + 1))


IN_TWO = batch_of(slice_of(1), slice_of(2, customer=BEN), slice_of(3, customer=BEN, provider=SOUTH), max_rows=3)


def claim(paid: set[int], lost: set[int] | None = None, **changes: Any) -> list[Show | str]:
    asked = case(CaseKind.CLAIM, account=NORTH, missing=5, **changes)
    found = decide_answers([CaseFacts(asked, IN_TWO, rows=PayeeRows(frozenset(paid), frozenset(lost or ())))], NOW)
    return [one.show if isinstance(one, Answer) else one.why for one in found]


def test_a_claim_is_shown_each_row_that_is_paid_and_waits_for_those_that_are_not() -> None:
    assert len(IN_TWO.parts) == 2
    assert claim({0, 1}) == [ShowCredit(0)]
    assert claim({0, 1}, next_part=1) == [ShowCredit(1)]
    assert claim(set()) == []


def test_a_later_row_is_not_shown_before_an_earlier_one_that_can_still_be_paid() -> None:
    assert claim({1}) == []
    assert claim({1}, lost={0}) == [ShowCredit(1)]
    assert claim(set(), lost={0, 1}) == ["the batch credits 5 wei less than the IOU says"]


def test_a_dispute_is_left_to_others_until_its_end_and_then_ended_by_the_hub() -> None:
    assert list(decide_answers([CaseFacts(case(CaseKind.DISPUTE), BATCH)], NOW)) == []
    assert decided(CaseFacts(case(CaseKind.DISPUTE, due=NOW - 1), BATCH)) == Expire()
    assert decided(CaseFacts(case(CaseKind.DISPUTE, due=NOW - 1, index=99), BATCH)) == "the batch has no such slice"


def test_a_claim_that_no_row_is_left_for_has_no_answer() -> None:
    assert claim({0, 1}, next_part=2) == ["the batch credits 5 wei less than the IOU says"]


def test_the_most_urgent_case_comes_first() -> None:
    late = CaseFacts(case(CaseKind.RECEIPT, key="late", due=NOW + 9), BATCH)
    soon = CaseFacts(case(CaseKind.ORDER, key="soon", due=NOW), BATCH, KEPT)
    assert [one.case.key for one in decide_answers([late, soon], NOW)] == ["soon", "late"]


def test_after_its_time_a_case_is_answered_no_more() -> None:
    assert decided(CaseFacts(case(CaseKind.ORDER, due=NOW - 1), BATCH, KEPT)) == "its time is over"


@pytest.mark.parametrize("batch", [None, batch_of(slice_of(1))])
def test_without_its_part_in_the_store_a_case_has_no_answer(batch: Batch | None) -> None:
    (one,) = decide_answers([CaseFacts(case(CaseKind.RECEIPT, part=1), batch)], NOW)
    assert isinstance(one, Unanswered)
    assert "the store" in one.why


def test_what_was_refused_is_told_and_tried_again() -> None:
    told, tried = decide_answers([CaseFacts(case(CaseKind.ORDER), BATCH, KEPT, refused="too much")], NOW)
    assert isinstance(told, Unanswered)
    assert told.why == "too much"
    assert isinstance(tried, Answer)
