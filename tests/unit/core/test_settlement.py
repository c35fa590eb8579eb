"""What is decided about a Settlement: parts are posted in order and in time, paid after the window, and never both."""

from dataclasses import dataclass

import pytest

from hansa_operator.api.settlement import SettlementStatus
from hansa_operator.core.clock import rfc3339
from hansa_operator.core.settlement.life import Action, Finalize, MarkMissed, MarkPaid, Post
from hansa_operator.core.settlement.parts import PartFacts
from hansa_operator.core.transactions import Sent
from hansa_operator.ports.chain import PartState, TxState
from tests.unit.core.settlements import DEADLINE, END, NEW, NOW, WINDOW_END, decide, posted, sent, unposted
from tests.unit.core.statuses import said, told


@pytest.mark.parametrize(
    ("at", "actions"),
    [
        pytest.param(END - 1, (), id="not before the epoch is over"),
        pytest.param(END, (Post(0, None),), id="from its end on"),
        pytest.param(DEADLINE, (Post(0, None),), id="until the deadline"),
        pytest.param(DEADLINE + 1, (), id="not after it"),
    ],
)
def test_a_part_is_posted_while_the_chains_time_allows(at: int, actions: tuple[Action, ...]) -> None:
    assert decide(PartFacts(unposted(at))).actions == actions


@pytest.mark.parametrize(
    ("first", "actions"),
    [
        pytest.param(NEW, (Post(0, None),), id="not before the one before it is sent"),
        pytest.param(PartFacts(unposted(), sent(TxState.PENDING)), (), id="not while that is pending"),
        pytest.param(PartFacts(posted(END + 10, final=False)), (Post(1, None),), id="once that is in a block"),
        pytest.param(PartFacts(None), (), id="not while nobody knows"),
    ],
)
def test_parts_are_posted_in_order(first: PartFacts, actions: tuple[Action, ...]) -> None:
    assert decide(first, NEW).actions == actions


@pytest.mark.parametrize(
    ("transaction", "actions"),
    [
        pytest.param(sent(TxState.PENDING, ago_ms=60_000), (), id="pending: waited for"),
        pytest.param(sent(TxState.MINED, ago_ms=60_000), (), id="in a block: waited for"),
        pytest.param(sent(None, ago_ms=60_000), (), id="not to be asked about: waited for"),
        pytest.param(sent(TxState.UNKNOWN, ago_ms=10_000), (), id="unknown: not before 10 seconds"),
        pytest.param(sent(TxState.UNKNOWN, ago_ms=10_001), (7,), id="unknown: again after 10 seconds"),
        pytest.param(sent(TxState.REVERTED), (None,), id="reverted: anew at once, its nonce is used"),
    ],
)
def test_a_write_is_sent_again_in_its_place_only_when_it_is_lost(
    transaction: Sent, actions: tuple[int | None, ...]
) -> None:
    post = decide(PartFacts(unposted(), transaction))
    assert post.actions == tuple(Post(0, nonce) for nonce in actions)
    due = PartFacts(posted(WINDOW_END + 1), finalize=transaction)
    assert decide(due).actions == tuple(Finalize(0, nonce) for nonce in actions)


@pytest.mark.parametrize(
    ("state", "actions"),
    [
        pytest.param(posted(WINDOW_END), (), id="not in the window's last second"),
        pytest.param(posted(WINDOW_END + 1), (Finalize(0, None),), id="after it"),
        pytest.param(posted(WINDOW_END + 9, paid=1), (), id="not when it is paid"),
        pytest.param(posted(WINDOW_END + 9, paid=2), (MarkPaid(),), id="not when it is paid for good"),
    ],
)
def test_credits_are_paid_after_the_window(state: PartState, actions: tuple[Action, ...]) -> None:
    assert decide(PartFacts(state)).actions == actions


def test_a_part_is_missed_only_when_a_final_block_is_past_the_deadline() -> None:
    open_still = decide(PartFacts(unposted(DEADLINE + 9, final=DEADLINE), sent(TxState.UNKNOWN, ago_ms=60_000)))
    assert open_still.actions == ()
    assert told(open_still.status) == {"Posted": "False/Broadcast"}
    over = decide(PartFacts(unposted(DEADLINE + 9, final=DEADLINE + 1)))
    assert over.actions == (MarkMissed((0,)),)
    assert told(over.status) == {"Posted": "False/DeadlineMissed"}
    assert f"not posted by {rfc3339(DEADLINE * 1000)}: part 0 of 1" in said(over.status, "Posted")
    assert (over.status.phase, over.wake_ms) == ("Missed", None)
    assert [(notice.reason, notice.warning) for notice in over.notices] == [("DeadlineMissed", True)]


def test_the_parts_after_a_missed_one_are_missed_too_and_those_before_are_paid() -> None:
    late = PartFacts(unposted(DEADLINE + 9))
    waiting = decide(PartFacts(posted(DEADLINE - 9 + 18)), late, late)
    assert waiting.actions == (Finalize(0, None), MarkMissed((1, 2)))
    done = decide(PartFacts(posted(DEADLINE + 99, paid=2)), late, late, status=waiting.status)
    assert done.actions == (MarkMissed((1, 2)), MarkPaid())
    assert told(done.status) == {
        "Posted": "False/DeadlineMissed",
        "WindowClosed": "True/WindowClosed",
        "Finalized": "True/PartiallyApplied",
    }
    assert (done.status.phase, done.wake_ms) == ("Finalized", None)


def test_nothing_is_marked_missed_while_a_post_before_it_may_still_be_taken_back() -> None:
    late = PartFacts(unposted(DEADLINE + 9))
    assert decide(PartFacts(posted(DEADLINE + 9, posted_at=DEADLINE, final=False)), late).actions == ()
    assert decide(PartFacts(None), late).actions == ()


@dataclass(frozen=True)
class Step:
    """Say what is seen, and what status follows."""

    part: PartFacts
    conditions: dict[str, str]
    phase: str
    wake_ms: int | None = NOW + 500


STEPS = [
    Step(NEW, {}, "Posting"),
    Step(PartFacts(unposted(), sent(TxState.PENDING)), {"Posted": "False/Broadcast"}, "Posting"),
    Step(
        PartFacts(posted(END + 12, final=False), sent(TxState.MINED, block=5)),
        {"Posted": "False/Mined", "WindowClosed": "False/WindowOpen"},
        "Posted",
    ),
    Step(
        PartFacts(posted(END + 14), sent(TxState.FINALIZED, block=5)),
        {"Posted": "True/Finalized", "WindowClosed": "False/WindowOpen"},
        "Window",
        WINDOW_END * 1000,
    ),
    Step(
        PartFacts(posted(WINDOW_END + 1), sent(TxState.FINALIZED, block=5)),
        {"Posted": "True/Finalized", "WindowClosed": "True/WindowClosed"},
        "Finalizing",
    ),
    Step(
        PartFacts(posted(WINDOW_END + 4, paid=1), sent(TxState.FINALIZED, block=5), sent(TxState.MINED, block=8)),
        {"Posted": "True/Finalized", "WindowClosed": "True/WindowClosed"},
        "Finalizing",
    ),
    Step(
        PartFacts(posted(WINDOW_END + 8, paid=2), sent(TxState.FINALIZED, block=5), sent(TxState.FINALIZED, block=8)),
        {"Posted": "True/Finalized", "WindowClosed": "True/WindowClosed", "Finalized": "True/CreditsApplied"},
        "Finalized",
        None,
    ),
]


def test_a_settlement_goes_its_way_from_the_seal_to_the_payment() -> None:
    status = None
    for step in STEPS:
        decision = decide(step.part, status=status)
        status = decision.status
        assert (told(status), status.phase, decision.wake_ms) == (step.conditions, step.phase, step.wake_ms)
    assert [(notice.reason, notice.warning) for notice in decision.notices] == [("CreditsApplied", False)]


def test_a_part_shows_its_transactions_its_shortfall_and_its_window() -> None:
    first = decide(PartFacts(unposted(), sent(TxState.PENDING))).status
    again = sent(TxState.MINED, ago_ms=-15_000, tx_hash="0xcd", attempts=2, block=5)
    shown = decide(PartFacts(posted(END + 12, final=False, shortfall=1_500_000), again), status=first).status.parts[0]
    assert shown.post is not None
    assert (shown.post.hash, shown.post.nonce, shown.post.block, shown.post.attempts) == ("0xcd", 7, 5, 2)
    assert shown.post.sent_at == rfc3339(NOW), "it was first sent by the try before"
    assert (shown.shortfall, shown.window_ends_at) == ("1.5", rfc3339(WINDOW_END * 1000))


def test_blocks_alone_change_nothing() -> None:
    first = decide(PartFacts(posted(END + 14), sent(TxState.FINALIZED, block=5))).status
    assert decide(PartFacts(posted(END + 20), sent(TxState.FINALIZED, block=5)), status=first).status == first


MINED = decide(PartFacts(posted(END + 12, final=False), sent(TxState.MINED, block=5))).status
FINAL = decide(PartFacts(posted(END + 14), sent(TxState.FINALIZED, block=5))).status


@pytest.mark.parametrize(
    ("status", "part", "actions"),
    [
        pytest.param(MINED, PartFacts(unposted(), sent(TxState.PENDING)), (), id="pending again: it comes by itself"),
        pytest.param(
            MINED, PartFacts(unposted(), sent(TxState.UNKNOWN, ago_ms=20_000)), (Post(0, 7),), id="lost: sent again"
        ),
        pytest.param(
            FINAL,
            PartFacts(unposted(), sent(TxState.UNKNOWN, ago_ms=20_000)),
            (Post(0, 7),),
            id="lost though it was final: sent again",
        ),
        pytest.param(
            MINED, PartFacts(unposted(DEADLINE + 1), sent(TxState.UNKNOWN, ago_ms=20_000)), (), id="lost and too late"
        ),
        pytest.param(FINAL, PartFacts(posted(END + 14, final=False)), (), id="final before and not now"),
    ],
)
def test_a_post_that_the_chain_took_back_is_told_and_sent_again_in_time(
    status: SettlementStatus, part: PartFacts, actions: tuple[Action, ...]
) -> None:
    decision = decide(part, status=status)
    assert decision.actions == actions
    assert told(decision.status)["Posted"] == "False/Reorged"
    assert [(notice.reason, notice.warning) for notice in decision.notices] == [("Reorged", True)]
    back = decide(PartFacts(posted(END + 30, posted_at=END + 20)), status=decision.status)
    assert told(back.status) == {"Posted": "True/Finalized", "WindowClosed": "False/WindowOpen"}


def test_a_read_that_lags_behind_its_own_transaction_is_no_reorganisation() -> None:
    decision = decide(PartFacts(unposted(), sent(TxState.MINED, block=5)), status=MINED)
    assert (decision.status, decision.actions) == (MINED, ())


def test_what_could_not_be_read_changes_no_condition() -> None:
    decision = decide(PartFacts(None, sent(None)), PartFacts(None), status=FINAL)
    assert (told(decision.status), decision.status.phase) == (told(FINAL), FINAL.phase)
    assert decision.status.parts[0] == FINAL.parts[0]
    assert (decision.actions, decision.wake_ms) == ((), NOW + 500)


@pytest.mark.parametrize(
    ("refused", "reason"),
    [
        pytest.param(("InsufficientGas", "the hub has 0 of the coin: send some"), "InsufficientGas", id="no gas money"),
        pytest.param(("InsufficientBond", "deposit the rest as bond"), "BondTooLow", id="no bond"),
        pytest.param(("EpochNotRising", "epoch 9 is posted already"), "EpochNotRising", id="the contract's own words"),
    ],
)
def test_a_refused_write_stalls_and_is_tried_again(refused: tuple[str, str], reason: str) -> None:
    decision = decide(NEW, refused=refused)
    assert told(decision.status) == {"Stalled": f"True/{reason}"}
    assert (said(decision.status, "Stalled"), decision.status.phase) == (refused[1], "Stalled")
    assert (decision.actions, decision.wake_ms) == ((Post(0, None),), NOW + 5_000)
    assert [notice.warning for notice in decision.notices] == [True]
    going = decide(PartFacts(unposted(), sent(TxState.PENDING)), status=decision.status, refused=refused)
    assert told(going.status) == {"Posted": "False/Broadcast"}


def test_the_first_window_that_ends_is_the_next_look() -> None:
    parts = [PartFacts(posted(END + 20, posted_at=END + second)) for second in (9, 7, 8)]
    assert decide(*parts).wake_ms == (END + 7 + 30) * 1000
