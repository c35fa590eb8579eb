"""Whatever two reads of a chain say: no post out of time or turn, no payment too early, no miss too soon."""

from hypothesis import given
from hypothesis import strategies as st

from hansa_operator.core.settlement.life import Finalize, MarkMissed, MarkPaid, Post
from hansa_operator.core.settlement.parts import PartFacts
from hansa_operator.core.settlement.together import Company, Payable
from hansa_operator.core.transactions import Sent
from hansa_operator.ports.chain import ChainStamp, PartState, TxState
from tests.unit.core.settlements import DEADLINE, END, HASH, TIMES, decide, sent


def stamps(draw: st.DrawFn) -> tuple[ChainStamp, ChainStamp]:
    latest = draw(st.integers(END - 20, DEADLINE + 60))
    final = draw(st.integers(END - 40, latest))
    return ChainStamp(latest, latest), ChainStamp(final, final)


@st.composite
def part_states(draw: st.DrawFn) -> PartState:
    """Return anything that two reads could say, also what no chain would."""
    latest, final = stamps(draw)
    flags = [draw(st.booleans()) for _ in range(4)]
    posted_at = draw(st.integers(END, DEADLINE)) if flags[0] else None
    return PartState(latest, final, flags[0], flags[1], posted_at, draw(st.integers(0, 1)), flags[2], flags[3])


TRANSACTIONS = st.none() | st.builds(
    sent,
    st.none() | st.sampled_from(TxState),
    ago_ms=st.integers(0, 20_000),
    tx_hash=st.sampled_from([HASH, "0xcd"]),
    block=st.none() | st.just(5),
)
PARTS = st.builds(PartFacts, st.none() | part_states(), TRANSACTIONS, TRANSACTIONS)
PAIRS = st.tuples(PARTS, PARTS)
SECONDS = st.integers(END - 40, DEADLINE + 60)
COMPANIES = st.builds(
    Company,
    SECONDS.map(lambda second: second * 1000),
    st.lists(st.builds(Payable, st.just("other"), SECONDS), max_size=2).map(tuple),
)
REFUSALS = st.sampled_from([None, ("InsufficientGas", "send some")])


@given(PAIRS, PAIRS, REFUSALS)
def test_deciding_again_changes_nothing(
    before: tuple[PartFacts, ...], now: tuple[PartFacts, ...], refused: tuple[str, str] | None
) -> None:
    decided = decide(*now, status=decide(*before).status, refused=refused)
    again = decide(*now, status=decided.status, refused=refused)
    assert (again.status, again.actions, again.notices) == (decided.status, decided.actions, ())


@given(PAIRS, REFUSALS)
def test_nothing_is_posted_out_of_time_or_turn_nor_paid_before_its_window_ends(
    parts: tuple[PartFacts, ...], refused: tuple[str, str] | None
) -> None:
    for action in decide(*parts, refused=refused).actions:
        match action:
            case Post(number, _):
                state = parts[number].state
                assert state is not None
                assert END <= state.latest.timestamp <= DEADLINE
                assert not state.posted_latest
                before = parts[number - 1].state if number else None
                assert number == 0 or (before is not None and (before.posted_latest or before.paid_latest))
            case Finalize(number, _):
                state = parts[number].state
                assert state is not None
                assert state.posted_at is not None
                assert state.latest.timestamp > state.posted_at + TIMES.window_seconds


@given(PAIRS)
def test_nothing_is_marked_missed_while_a_post_could_still_be_final(parts: tuple[PartFacts, ...]) -> None:
    for action in decide(*parts).actions:
        if isinstance(action, MarkMissed):
            for number in action.parts:
                state = parts[number].state
                assert state is not None
                assert state.finalized.timestamp > DEADLINE
                assert (state.posted_finalized, state.posted_latest) == (False, False)
        if isinstance(action, MarkPaid):
            assert any(part.state is not None and part.state.paid_finalized for part in parts)


@given(PAIRS)
def test_what_is_under_way_is_never_sent_twice(parts: tuple[PartFacts, ...]) -> None:
    for action in decide(*parts).actions:
        if isinstance(action, Post | Finalize):
            kind = "post" if isinstance(action, Post) else "finalize"
            earlier: Sent | None = getattr(parts[action.part], kind)
            lost = (TxState.UNKNOWN, TxState.REVERTED)
            assert earlier is None or (earlier.view is not None and earlier.view.state in lost)
            assert action.replaces in (None, 7)
            if earlier is not None and earlier.view is not None and earlier.view.state is TxState.UNKNOWN:
                assert action.replaces == earlier.record.nonce


@given(PARTS, COMPANIES, SECONDS)
def test_waiting_for_company_changes_only_when_a_write_is_sent_and_not_for_long(
    part: PartFacts, company: Company, now: int
) -> None:
    alone = decide(part, now_ms=now * 1000)
    decision = decide(part, now_ms=now * 1000, company=company)
    assert decision.status == alone.status
    kinds = [type(action) for action in decision.actions]
    if kinds == [type(action) for action in alone.actions]:
        return
    (write,) = alone.actions
    assert kinds == []
    assert isinstance(write, Post | Finalize)
    assert write.replaces is None
    window_end = part.state.posted_at + TIMES.window_seconds if part.state and part.state.posted_at else 0
    begins = window_end if isinstance(write, Finalize) else END + TIMES.sealing_seconds
    assert now < begins + TIMES.finality_seconds
    later = max(now * 1000 + 500, (begins + TIMES.finality_seconds) * 1000)
    assert [type(action) for action in decide(part, now_ms=later, company=company).actions] == [type(write)]


@given(PARTS, COMPANIES)
def test_a_post_pays_only_what_its_window_is_over_for(part: PartFacts, company: Company) -> None:
    for action in decide(part, company=company).actions:
        if isinstance(action, Post) and action.paying is not None:
            assert part.post is None
            assert part.state is not None
            assert any(one.window_end < part.state.latest.timestamp for one in company.payable)
