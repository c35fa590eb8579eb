"""What one sender may ask for in a time has a bound, and so has what is remembered of all of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hansa_operator.adapters.gateway.limits import Limits, Rates
from hansa_operator.ports.intake import IntakeRefused

LIMITS = Limits(rate=2, burst=5, senders=2)


def allowed(rates: Rates, sender: str) -> bool:
    """Return whether a request of this sender is let through now."""
    try:
        rates.take(sender)
    except IntakeRefused as refused:
        return refused.status != 429
    return True


@given(pauses=st.lists(st.floats(0, 3), max_size=60))
def test_in_any_time_a_sender_is_let_through_its_burst_and_its_rate_at_most(pauses: list[float]) -> None:
    now, seen = 0.0, []
    rates = Rates(LIMITS, clock=lambda: now)
    for pause in pauses:
        now += pause
        if allowed(rates, "berlin"):
            seen.append(now)
    for first, begun in enumerate(seen):
        for last, ended in enumerate(seen[first:], start=first):
            assert last - first + 1 <= LIMITS.burst + LIMITS.rate * (ended - begun) + 1e-6


@given(pauses=st.lists(st.floats(0.5, 3), max_size=60))
def test_who_keeps_to_the_rate_is_never_refused(pauses: list[float]) -> None:
    now = 0.0
    rates = Rates(LIMITS, clock=lambda: now)
    for pause in pauses:
        now += pause
        assert allowed(rates, "berlin")


def test_senders_do_not_share_a_rate() -> None:
    rates = Rates(LIMITS, clock=lambda: 0.0)
    assert [allowed(rates, "berlin") for _ in range(6)] == [True] * 5 + [False]
    assert allowed(rates, "hamburg")


@pytest.mark.parametrize(("others", "forgotten"), [(1, False), (2, True)])
def test_the_least_recently_seen_sender_is_forgotten_beyond_the_bound(others: int, forgotten: bool) -> None:
    rates = Rates(LIMITS, clock=lambda: 0.0)
    while allowed(rates, "berlin"):
        pass
    for number in range(others):
        rates.take(f"other {number}")
    assert allowed(rates, "berlin") is forgotten
