"""A payment and a post that fall due close together go out as one, and neither waits longer than a block's finality."""

from dataclasses import replace

import pytest

from hansa_operator.core.settlement.life import Finalize, Post
from hansa_operator.core.settlement.parts import PartFacts
from hansa_operator.core.settlement.together import Company, Payable, next_post_ms
from hansa_operator.ports.chain import TxState
from tests.unit.core.settlements import END, NEW, TIMES, WINDOW_END, decide, posted, sent, unposted

SEALED = END + TIMES.sealing_seconds
PATIENCE = TIMES.finality_seconds
FAR = (WINDOW_END + 1_000) * 1000
DUE = PartFacts(posted(WINDOW_END + 1))


def vault(next_post: int, *window_ends: int) -> Company:
    """Return a vault whose next post is expected at this second, and whose other batches' windows end at those."""
    return Company(next_post * 1000, tuple(Payable(f"s-{end}", end) for end in window_ends))


def test_a_payment_waits_for_a_post_that_is_about_to_come() -> None:
    held = decide(DUE, now_ms=(WINDOW_END + 1) * 1000, company=vault(WINDOW_END + 2))
    assert held.actions == ()
    assert held.wake_ms == (WINDOW_END + PATIENCE) * 1000
    assert held.payable == Payable("s", WINDOW_END)


@pytest.mark.parametrize(
    ("now", "next_post"),
    [
        pytest.param(WINDOW_END + 1, WINDOW_END + PATIENCE + 1, id="the next post comes later"),
        pytest.param(WINDOW_END + PATIENCE, WINDOW_END + PATIENCE, id="the post did not come in time"),
    ],
)
def test_a_payment_goes_alone_rather_than_late(now: int, next_post: int) -> None:
    decision = decide(DUE, now_ms=now * 1000, company=vault(next_post))
    assert decision.actions == (Finalize(0, None),)
    assert decision.payable is None


def test_a_post_waits_for_a_window_that_is_about_to_end() -> None:
    part = PartFacts(unposted(SEALED))
    held = decide(part, now_ms=SEALED * 1000, company=vault(FAR, SEALED + 1))
    assert (held.actions, held.wake_ms) == ((), (SEALED + 2) * 1000)
    late = decide(part, now_ms=SEALED * 1000, company=vault(FAR, SEALED + PATIENCE))
    assert late.actions == (Post(0, None),)


def test_a_post_pays_the_batch_whose_window_ended_first() -> None:
    company = vault(FAR, END + 9, END + 4, END + 8, END + 900)
    assert decide(NEW, company=company).actions == (Post(0, None, f"s-{END + 4}"),)


def test_a_window_ends_by_the_time_of_blocks() -> None:
    at_its_last_second = PartFacts(unposted(END + 5))
    assert decide(at_its_last_second, company=vault(FAR, END + 5)).actions == (Post(0, None),)
    after_it = PartFacts(unposted(END + 6))
    assert decide(after_it, company=vault(FAR, END + 5)).actions == (Post(0, None, f"s-{END + 5}"),)


@pytest.mark.parametrize("state", [TxState.REVERTED, TxState.UNKNOWN])
def test_a_second_try_is_for_itself_and_waits_for_nothing(state: TxState) -> None:
    lost = sent(state, ago_ms=20_000)
    tried = PartFacts(unposted(SEALED), lost)
    (post,) = decide(tried, now_ms=SEALED * 1000 + 30_000, company=vault(FAR, SEALED - 1, SEALED + 40)).actions
    assert isinstance(post, Post)
    assert post.paying is None
    paying = replace(DUE, finalize=lost)
    assert [type(one) for one in decide(paying, company=vault(WINDOW_END + 1)).actions] == [Finalize]


def test_a_batch_of_several_parts_goes_its_own_way() -> None:
    assert decide(NEW, NEW, company=vault(FAR, END + 4)).actions == (Post(0, None),)
    both = decide(DUE, DUE, now_ms=(WINDOW_END + 1) * 1000, company=vault(WINDOW_END + 2))
    assert both.actions == (Finalize(0, None), Finalize(1, None))
    assert both.payable is None


@pytest.mark.parametrize(
    ("part", "payable"),
    [
        pytest.param(NEW, None, id="not posted"),
        pytest.param(PartFacts(posted(END + 12, final=False)), None, id="a post that may be taken back"),
        pytest.param(PartFacts(posted(END + 14)), Payable("s", WINDOW_END), id="in its window"),
        pytest.param(replace(DUE, finalize=sent(TxState.PENDING)), None, id="the payment is sent"),
        pytest.param(PartFacts(posted(WINDOW_END + 9, paid=1)), None, id="paid"),
    ],
)
def test_a_settlement_offers_itself_from_its_final_post_to_its_payment(
    part: PartFacts, payable: Payable | None
) -> None:
    assert decide(part, company=vault(WINDOW_END + 2)).payable == payable


def test_the_next_post_is_expected_when_the_epoch_that_runs_is_sealed() -> None:
    assert next_post_ms(END * 1000, TIMES, sealed=False) == (END + 100 + TIMES.sealing_seconds) * 1000
    assert next_post_ms(END * 1000 - 1, TIMES, sealed=False) == (END + TIMES.sealing_seconds) * 1000
    assert next_post_ms(END * 1000 + 7, TIMES, sealed=True) == END * 1000 + 7
