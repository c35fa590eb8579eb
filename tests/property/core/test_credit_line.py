"""Whatever a chain says of a line: only what was signed is sent, and only that can be spent from."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from hansa_operator.api.credit_line import CreditLineStatus
from hansa_operator.core.credit.line import CreditLineFacts, decide_credit_line, is_usable
from hansa_operator.ports.chain import ChainStamp, CreditState, TxState
from tests.unit.core.lines import (
    EPOCH,
    EPOCH_SECONDS,
    HUB_OBJECT,
    LINE,
    NOW,
    SIGNATURE,
    TOKEN,
    UNTIL,
    credit_line,
    sent,
)

CAPS = st.sampled_from([0, 5 * TOKEN, 10 * TOKEN])
STATES = st.builds(
    CreditState,
    stamp=st.builds(ChainStamp, st.integers(1, 10**6), st.just(NOW // 1000)),
    cap=CAPS,
    until_epoch=st.sampled_from([0, UNTIL, UNTIL + 1]),
    next_cap=CAPS,
    next_from_epoch=st.sampled_from([0, EPOCH, EPOCH + 1]),
    next_nonce=st.integers(2, 5),
    balance=st.integers(0, 20 * TOKEN),
    pending_withdrawal=st.integers(0, TOKEN),
    reserved_elsewhere=st.integers(0, 2 * TOKEN),
)
OPENINGS = st.none() | st.builds(sent, st.none() | st.sampled_from(TxState), ago_ms=st.integers(0, 30_000))
OBJECTS = st.sampled_from(
    [credit_line(), credit_line(paused=True), credit_line(namespace="thief"), credit_line(capPerEpoch="5")]
)
FACTS = st.builds(
    CreditLineFacts,
    line=OBJECTS,
    hub=st.sampled_from([HUB_OBJECT, HUB_OBJECT, HUB_OBJECT, None]),
    now_ms=st.integers(NOW, NOW + 120_000),
    epoch=st.sampled_from([EPOCH, EPOCH, UNTIL]),
    epoch_seconds=st.just(EPOCH_SECONDS),
    state=st.none() | STATES,
    problem=st.just("away"),
    duplicate_of=st.sampled_from(["", "", "", "team/first"]),
    opening=OPENINGS,
    refused=st.sampled_from([None, None, ("LineNotSet", "wait")]),
)


def with_status(facts: CreditLineFacts, status: CreditLineStatus) -> CreditLineFacts:
    return replace(facts, line=facts.line.model_copy(update={"status": status}))


@given(FACTS, FACTS)
def test_deciding_again_changes_nothing(before: CreditLineFacts, now: CreditLineFacts) -> None:
    decided = decide_credit_line(with_status(now, decide_credit_line(before).status))
    again = decide_credit_line(with_status(now, decided.status))
    assert (again.status, again.actions, again.notices) == (decided.status, decided.actions, ())


@given(FACTS)
def test_only_the_line_that_the_customer_signed_is_ever_sent_and_only_while_it_is_next(now: CreditLineFacts) -> None:
    for action in decide_credit_line(now).actions:
        assert (action.line, action.signature) == (LINE, SIGNATURE)
        assert now.state is not None
        assert now.state.next_nonce == LINE.nonce
        assert now.now_ms // 1000 <= LINE.valid_until
        assert now.epoch < UNTIL
        if now.opening is None:
            assert action.replaces is None
        else:
            assert now.opening.view is not None
            kept = {TxState.UNKNOWN: now.opening.record.nonce, TxState.REVERTED: None}
            assert action.replaces == kept[now.opening.view.state]


@given(FACTS)
def test_a_line_is_usable_only_as_it_was_signed_in_force_and_with_money_behind_it(now: CreditLineFacts) -> None:
    if is_usable(decide_credit_line(now).status):
        assert now.state is not None
        assert (now.state.cap, now.state.until_epoch) == (LINE.cap_per_epoch, UNTIL)
        assert now.state.next_nonce > LINE.nonce
        assert now.state.free_balance > 0
        assert not now.line.spec.paused
        assert (now.line.metadata.namespace, now.duplicate_of) == ("team", "")
