"""Which offers can take a job, and which of them gets it."""

import hmac

import pytest

from hansa_operator.core.market.offers import (
    choose_offer,
    earned_per_epoch,
    eligible,
    has_room,
    tie_break,
    why_not,
    within_bond,
)
from tests.builders import PER_EPOCH, PRICE, need, offer
from tests.metered import CUSTOMER

NEVER = {
    "a provider that takes nothing": ({"schedulable": False}, {}, "it is not schedulable"),
    "one that says why": ({"schedulable": False, "obstacle": "it is Dark"}, {}, "it is Dark"),
    "another token": ({"vault": CUSTOMER}, {}, "it asks for another token"),
    "another model": ({}, {"gpu_models": ("H200",)}, "it has L4 GPUs"),
    "too few GPUs": ({"total_gpus": 1}, {}, "it has 1 GPUs, the job needs 2"),
    "too high a price": ({}, {"max_unit_price": PRICE - 1}, "its price is above budget.maxUnitPrice"),
    "too small a bond": ({"bond": PER_EPOCH - 1}, {}, "its bond covers less than an epoch of this job"),
}


@pytest.mark.parametrize(("offered", "asked", "why"), NEVER.values(), ids=NEVER)
def test_an_offer_that_can_never_take_the_job_says_why(offered, asked, why):
    assert why_not(offer(**offered), need(**asked)) == why


FITTING = {
    "one of the models": ({}, {"gpu_models": ("H200", "L4")}),
    "just enough GPUs": ({"total_gpus": 2}, {}),
    "just the price": ({}, {"max_unit_price": PRICE}),
    "just the bond": ({"bond": PER_EPOCH}, {}),
    "a busy provider": ({"free_gpus": 0, "free_workers": 0}, {}),
    "a bond that is used up for now": ({"exposure": 10**12}, {}),
}


@pytest.mark.parametrize(("offered", "asked"), FITTING.values(), ids=FITTING)
def test_an_offer_that_may_take_the_job_some_time_is_eligible(offered, asked):
    assert why_not(offer(**offered), need(**asked)) is None


def test_eligible_offers_come_cheapest_first():
    offers = [offer("lagos", unit_price=9), offer("quito", unit_price=8), offer("berlin", unit_price=9)]
    assert [one.provider for one in eligible([*offers, offer(vault=CUSTOMER)], need())] == ["quito", "berlin", "lagos"]


@pytest.mark.parametrize(("gpus", "workers", "fits"), [(2, 2, True), (1, 2, False), (2, 1, False)])
def test_all_workers_of_a_job_start_together_or_not_at_all(gpus, workers, fits):
    assert has_room(offer(free_gpus=gpus, free_workers=workers), need()) is fits


@pytest.mark.parametrize(("exposure", "fits"), [(0, True), (60_000, True), (60_001, False)])
def test_a_bond_covers_what_is_owed_and_an_epoch_of_the_job(exposure, fits):
    assert earned_per_epoch(offer(), need()) == PER_EPOCH
    assert within_bond(offer(bond=100_000, exposure=exposure), need()) is fits


def test_the_cheapest_offer_gets_the_job_and_nobody_gets_none():
    assert choose_offer([], need(), b"s") is None
    cheap = offer("zagreb", unit_price=1)
    assert choose_offer([offer("accra"), cheap, offer("berlin")], need(), b"s") is cheap


def test_ties_are_broken_by_a_secret_that_is_shown_later():
    names = [f"provider-{number}" for number in range(20)]
    tied = [offer(name) for name in names]
    chosen = {secret: choose_offer(tied, need(), secret).provider for secret in (b"one", b"two", b"three", b"four")}
    for secret, winner in chosen.items():
        assert winner == min(names, key=lambda name: hmac.digest(secret, f"{need().job_id}/{name}".encode(), "sha256"))
        assert choose_offer(tied[::-1], need(), secret).provider == winner
    assert len(set(chosen.values())) > 1
    assert tie_break(b"s", "a", "b") != tie_break(b"s", "a", "c")
