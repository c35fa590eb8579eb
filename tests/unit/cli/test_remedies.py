"""What to do about a finding follows from how far its case is, and from the time."""

from typing import Any

import pytest

from hansa_chain.cases import Case, State
from hansa_chain.claims import Claim
from hansa_cli.verify.evidence import LeafAt
from hansa_cli.verify.findings import Challenge, Finding
from hansa_cli.verify.remedies import Remedy, Step, decide_remedy
from hansa_cli.verify.standing import Standing
from hansa_protocol.units import Wei
from tests.unit.cli.test_claims import COIN, CUSTOMER
from tests.unit.cli.test_findings import LEAF, part_of

WHERE = LeafAt(part_of(LEAF), 0)
OPENER = CUSTOMER


def remedy(challenge: Challenge, now: int, **standing: Any) -> Remedy:
    known: dict[str, Any] = {"closes": 100, "deposit": Wei(7), "due": 150, "missing": 9, "guaranteed": 9, **standing}
    return decide_remedy(Finding("why", challenge, WHERE, sender=CUSTOMER), Standing(**known), COIN, now)


def case(state: State, *, due: int = 150, penalty: int = 5) -> Case:
    return Case(OPENER, due, state, Wei(7), Wei(penalty))


ABOUT_DISPUTES = [one for one in Challenge if one.about_dispute]


@pytest.mark.parametrize("challenge", set(Challenge) - {Challenge.PAYMENT, *ABOUT_DISPUTES})
def test_a_case_is_opened_until_its_last_second_by_who_may(challenge: Challenge) -> None:
    opened = remedy(challenge, 100)
    assert (opened.step, opened.call, opened.sender) == (Step.OPEN, challenge.value, CUSTOMER)
    assert (opened.until, opened.deposit) == (100, 7)
    late = remedy(challenge, 101)
    assert (late.step, late.settled) == (None, False)


def test_before_its_time_a_claim_waits() -> None:
    early = remedy(Challenge.CLAIM, 49, opens=50)
    assert (early.step, early.wake) == (None, 50)
    assert remedy(Challenge.CLAIM, 50, opens=50).step is Step.OPEN


def test_a_claim_asks_for_what_rows_have_not_paid_once_none_can_pay_more() -> None:
    assert remedy(Challenge.CLAIM, 50, missing=4).wanted == 4
    waiting = remedy(Challenge.CLAIM, 50, missing=4, unpaid=True)
    assert (waiting.step, waiting.settled, "once they are paid" in waiting.told) == (None, False, True)


@pytest.mark.parametrize("challenge", [Challenge.CLAIM, Challenge.PAYMENT])
@pytest.mark.parametrize(("leaves_at", "until"), [(0, 100), (81, 80), (101, 100), (200, 100), (50, 100)])
def test_the_last_second_to_claim_is_before_the_hub_can_have_the_guarantee_back(
    challenge: Challenge, leaves_at: int, until: int
) -> None:
    opened = remedy(challenge, 50, leaves_at=leaves_at)
    assert (opened.step, opened.until) == (Step.OPEN, until)


def test_a_row_is_paid_after_its_window_by_anybody_without_a_deposit() -> None:
    early = remedy(Challenge.PAYMENT, 49, opens=50)
    assert (early.step, early.wake, early.settled) == (None, 50, True)
    unpaid = Standing(opens=50, closes=100, missing=Wei(9))
    due = decide_remedy(Finding("why", Challenge.PAYMENT, WHERE), unpaid, COIN, 50)
    assert (due.call, due.sender, due.until, due.deposit, due.settled) == ("finalizeRow", None, 100, 0, False)
    assert "can still become void: have it paid before the last second to claim" in due.told
    late = remedy(Challenge.PAYMENT, 101, opens=50)
    assert (late.step, late.until) == (Step.OPEN, 0), "it can be paid as long as its part stands"


def test_a_row_that_is_paid_is_settled_and_one_that_became_void_is_claimed_next() -> None:
    assert remedy(Challenge.PAYMENT, 60, missing=0, over=True).settled
    void = remedy(Challenge.PAYMENT, 60, over=True)
    assert (void.step, void.settled, void.wake) == (None, False, 60)


OVERDUE = {
    Challenge.ORDER: Step.STRIKE,
    Challenge.RECEIPT: Step.STRIKE,
    Challenge.STATEMENT: Step.VOID_PART,
}


@pytest.mark.parametrize(("challenge", "step"), OVERDUE.items())
def test_the_hub_may_answer_until_the_last_second_then_its_silence_counts(challenge: Challenge, step: Step) -> None:
    waiting = remedy(challenge, 150, case=case(State.OPEN))
    assert (waiting.step, waiting.wake, waiting.settled) == (None, 151, False)
    assert remedy(challenge, 151, case=case(State.OPEN)).step is step


def test_who_demands_is_told_how_often_to_look_for_what_is_revealed() -> None:
    waiting = remedy(Challenge.STATEMENT, 150, case=case(State.OPEN), reveal_seconds=28_800)
    assert "look every 28800 s" in waiting.told
    assert "look every" not in remedy(Challenge.ORDER, 150, case=case(State.OPEN)).told


def test_a_claim_is_paid_when_nobody_answered_it() -> None:
    claim = Claim(Wei(9), Wei(4), 0, State.OPEN, Wei(7), 150)
    waiting = remedy(Challenge.CLAIM, 150, case=claim)
    assert (waiting.step, waiting.wake) == (None, 151)
    assert "then payClaim 0.004 T" in waiting.told
    paid = remedy(Challenge.CLAIM, 151, case=claim)
    assert (paid.step, paid.sender) == (Step.PAY_CLAIM, None)


@pytest.mark.parametrize("challenge", [Challenge.DISPUTE, Challenge.HELD])
def test_until_its_deadline_a_dispute_waits_for_a_concession(challenge: Challenge) -> None:
    early = remedy(challenge, 150, case=case(State.OPEN))
    assert (early.step, early.wake) == (None, 151)
    assert "else it is paid as posted" in early.told


def test_a_dispute_is_ended_after_its_deadline_by_whom_it_holds_money_of() -> None:
    late = remedy(Challenge.HELD, 151, case=case(State.OPEN))
    assert (late.call, late.sender) == ("expire", None)


def test_a_customer_ends_its_own_dispute_only_when_its_bond_comes_back() -> None:
    lost = remedy(Challenge.DISPUTE, 151, case=case(State.OPEN))
    assert (lost.step, lost.settled) == (None, True)
    assert remedy(Challenge.DISPUTE, 151, case=case(State.OPEN), over=True).call == "expire"


@pytest.mark.parametrize("challenge", [Challenge.CONCEDED, Challenge.CONCEDED_BY_HUB])
def test_what_the_customer_has_back_already_is_not_conceded(challenge: Challenge) -> None:
    for_nothing = remedy(challenge, 150, case=case(State.OPEN), over=True)
    assert (for_nothing.step, for_nothing.wake) == (None, 151)


@pytest.mark.parametrize("challenge", ABOUT_DISPUTES)
def test_a_dispute_that_a_block_took_back_is_nothing_to_end(challenge: Challenge) -> None:
    gone = remedy(challenge, 100)
    assert (gone.step, gone.settled) == (None, True)


@pytest.mark.parametrize("challenge", [Challenge.CONCEDED, Challenge.CONCEDED_BY_HUB])
def test_a_dispute_is_conceded_until_its_last_second_and_then_nothing_else_is_sent(challenge: Challenge) -> None:
    conceding = remedy(challenge, 150, case=case(State.OPEN))
    assert (conceding.call, conceding.sender, conceding.until) == (challenge.value, CUSTOMER, 150)
    late = remedy(challenge, 151, case=case(State.OPEN))
    assert (late.call, late.settled) == ("", False)
    assert "too late to concede" in late.told


def test_a_demand_about_a_part_that_something_else_made_void_lapses() -> None:
    assert remedy(Challenge.STATEMENT, 120, case=case(State.OPEN), over=True).step is Step.LAPSE


def test_a_penalty_is_collected_when_it_is_due_and_then_all_is_settled() -> None:
    lost = case(State.LOST, due=200)
    assert (remedy(Challenge.ORDER, 199, case=lost).step, remedy(Challenge.ORDER, 199, case=lost).wake) == (None, 200)
    assert remedy(Challenge.ORDER, 200, case=lost).step is Step.COLLECT
    assert remedy(Challenge.ORDER, 200, case=case(State.LOST, penalty=0)).settled


@pytest.mark.parametrize("state", [State.ANSWERED, State.ENDED])
def test_what_is_answered_or_over_is_settled(state: State) -> None:
    assert remedy(Challenge.RECEIPT, 120, case=case(state)).settled


def test_money_that_is_back_needs_no_case() -> None:
    assert remedy(Challenge.ORDER, 50, over=True).settled


def test_what_cannot_be_challenged_says_why() -> None:
    assert "no row charges" in remedy(Challenge.ORDER, 50, possible=False).told


@pytest.mark.parametrize(
    ("guaranteed", "told"), [(8, "0.008 T of the 0.009 T"), (9, "the 0.009 T"), (10, "the 0.009 T")]
)
def test_a_claim_is_worth_what_is_missing_as_far_as_it_is_guaranteed(guaranteed: int, told: str) -> None:
    opened = remedy(Challenge.CLAIM, 50, guaranteed=guaranteed)
    assert opened.step is Step.OPEN
    assert f"not claimed yet: {told} that are missing are guaranteed" in opened.told
    assert ("worth no more" in opened.told) == (guaranteed < 9)


def test_where_nothing_is_guaranteed_nothing_is_claimed() -> None:
    in_vain = remedy(Challenge.CLAIM, 50, guaranteed=0)
    assert (in_vain.step, in_vain.wake, in_vain.settled) == (None, 0, False)
    assert in_vain.told.startswith("nothing is guaranteed, so a claim would be refused: ")
    assert remedy(Challenge.CLAIM, 101, guaranteed=0).told == "too late to challenge it"
