"""What a job costs: by time, by budget, and by epoch."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hansa_operator.core.market.quote import (
    LONGEST_MS,
    Terms,
    affordable_milliseconds,
    cost_of,
    limit_down,
    quote_offer,
    reservation,
)
from tests.builders import EPOCH_SECONDS, PRICE, need, offer
from tests.strategies import amounts, prices, terms

FREE_OF_FEES = Terms(royalty_bps=0, fee_bps=0)


def test_the_customer_pays_provider_royalty_and_fee():
    part = cost_of(3_600_000, PRICE, Terms(royalty_bps=1_000, fee_bps=250))
    assert (part.provider, part.royalty, part.fee) == (7_200_000, 720_000, 198_000)
    assert part.debit == 7_200_000 + 720_000 + 198_000


def test_a_quote_with_a_deadline_is_for_all_of_it():
    quoted = _quote(active_deadline_seconds=60, max_amount=1)
    assert quoted.split.debit == 60_000 * 2 * 2
    assert quoted.per_epoch == 10_000 * 2 * 2


def test_a_quote_without_a_deadline_is_for_what_the_budget_pays():
    assert _quote(active_deadline_seconds=None, max_amount=1_000_003).split.debit == 1_000_000


def _quote(**changes):
    return quote_offer(offer(), need(), FREE_OF_FEES, epoch_seconds=EPOCH_SECONDS, **changes)


@pytest.mark.parametrize(("remaining", "reserved"), [(100, 40), (40, 40), (39, 39), (0, 0), (-5, 0)])
def test_an_epoch_reserves_its_rate_within_what_is_left_of_the_budget(remaining, reserved):
    assert reservation(40, remaining_budget=remaining) == reserved


@given(amounts, st.integers(1, 512), prices, terms)
def test_the_affordable_time_is_the_longest_that_the_amount_pays(amount, gpus, price, rates):
    milliseconds = affordable_milliseconds(amount, gpus=gpus, unit_price=price, terms=rates)
    assert 0 <= milliseconds <= LONGEST_MS
    assert cost_of(milliseconds * gpus, price, rates).debit <= amount
    if milliseconds < LONGEST_MS:
        assert cost_of((milliseconds + 1) * gpus, price, rates).debit > amount


def test_nothing_is_affordable_with_less_than_nothing_and_anything_that_is_free():
    assert affordable_milliseconds(-1, gpus=1, unit_price=1, terms=FREE_OF_FEES) == 0
    assert affordable_milliseconds(-1, gpus=1, unit_price=0, terms=FREE_OF_FEES) == 0
    assert affordable_milliseconds(0, gpus=1, unit_price=0, terms=FREE_OF_FEES) == LONGEST_MS


@pytest.mark.parametrize(
    ("text", "decimals", "wei"),
    [
        ("12.5", 6, 12_500_000),
        ("0.0000019", 6, 1),
        ("3", 0, 3),
        ("3.9", 0, 3),
        ("1", 18, 10**18),
        ("2.5", 20, 25 * 10**19),
    ],
)
def test_a_limit_that_is_finer_than_its_token_is_rounded_down(text, decimals, wei):
    assert limit_down(text, decimals) == wei
