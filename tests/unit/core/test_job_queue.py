"""Whose turn it is: fair shares first, priority within a namespace, and nobody in the way of what he cannot use."""

from dataclasses import replace

import pytest

from hansa_operator.core.job.queue import PATIENCE_MS, Shares, Waiting, is_turn, most_workers
from tests.builders import NOW, PER_EPOCH, PRICE, need, offer, pool

SHARES = Shares(held_gpus={}, workers_left={"lab": 16, "school": 16})
MINE = Waiting("gpus", "lab", "mine", 0, NOW, need(job_id="0xb"))
OTHER = replace(MINE, name="other", since_ms=NOW - 1_000, need=need(job_id="0xa"))


OFFERS = (offer(),)


def turn(mine=MINE, others=(OTHER,), offers=OFFERS, shares=SHARES, now_ms=NOW):
    return is_turn(mine, others, offers, shares, now_ms=now_ms)


def test_whoever_waits_alone_has_the_turn():
    assert turn(others=())


def test_whoever_came_first_goes_first():
    assert not turn()
    assert turn(OTHER, [MINE])


def test_a_higher_priority_goes_first_within_a_namespace():
    assert turn(replace(MINE, priority=1))
    assert not turn(OTHER, [replace(MINE, priority=1)])


def test_a_namespace_that_holds_less_goes_first_whatever_the_priority_of_others():
    shares = replace(SHARES, held_gpus={"school": 4})
    assert turn(others=[replace(OTHER, namespace="school", priority=9)], shares=shares)
    assert not turn(replace(MINE, namespace="school", priority=9), shares=shares)


def test_the_order_of_equals_is_the_same_for_both():
    twin = replace(OTHER, since_ms=NOW)
    assert turn(MINE, [twin]) != turn(twin, [MINE])


IN_NOBODYS_WAY = {
    "who waits for another pool": replace(OTHER, pool="others"),
    "who finds no room": replace(OTHER, need=replace(OTHER.need, workers=9)),
    "whom no provider can ever take": replace(OTHER, need=replace(OTHER.need, gpu_models=("H200",))),
    "who does not pay as much": replace(OTHER, need=replace(OTHER.need, max_unit_price=PRICE - 1)),
    "whose namespace has all its workers": replace(OTHER, namespace="full"),
}
SHORT = replace(OTHER, namespace="full", since_ms=NOW - PATIENCE_MS - 1)


@pytest.mark.parametrize("other", IN_NOBODYS_WAY.values(), ids=IN_NOBODYS_WAY)
def test_nobody_waits_for_one_who_cannot_go(other):
    assert turn(others=[other])
    assert turn(others=[replace(other, since_ms=NOW - PATIENCE_MS)])


def test_nobody_waits_for_one_whom_the_bond_does_not_cover_now():
    full = offer(bond=PER_EPOCH * 2, exposure=PER_EPOCH + 1)
    assert turn(replace(MINE, need=need(job_id="0xb", workers=1)), offers=[full])


def test_nobody_waits_for_ever_for_one_whom_no_bond_will_ever_cover():
    large = replace(OTHER, need=replace(OTHER.need, workers=8), since_ms=NOW - 10 * PATIENCE_MS)
    assert turn(others=[large], offers=[offer(bond=PER_EPOCH)])


def test_workers_of_the_one_who_asks_say_nothing_about_another_namespace():
    shares = Shares(held_gpus={}, workers_left={"lab": 2, "school": 16})
    offers = [offer(free_workers=2)]
    large = replace(OTHER, namespace="school", need=replace(OTHER.need, workers=4))
    assert not turn(others=[large], offers=offers, shares=shares)


def test_one_who_has_lost_patience_is_left_the_workers_of_its_namespace():
    shares = Shares({}, {"full": 1, "lab": 4})
    assert turn(others=[SHORT], shares=shares), "another namespace cannot help it"
    assert not turn(replace(MINE, namespace="full"), [SHORT], shares=shares)
    assert turn(replace(MINE, namespace="full"), [replace(SHORT, since_ms=NOW)], shares=shares)


def test_one_who_has_lost_patience_is_left_the_workers_of_the_pool():
    assert not turn(others=[SHORT], shares=Shares({}, {"full": 1, "lab": 1}))


@pytest.mark.parametrize(
    ("spec", "most"),
    [
        ({}, 16),
        ({"maxWorkersPerNamespace": 40}, 40),
        ({"maxWorkersPerNamespace": 100}, 64),
        ({"maxWorkers": 3}, 3),
        ({"maxWorkers": 0}, 0),
    ],
)
def test_a_pool_bounds_the_workers_of_a_namespace(spec, most):
    assert most_workers(pool(**spec).spec) == most


def test_a_large_job_is_overtaken_for_a_minute_and_then_holds_what_it_waits_for():
    large = replace(OTHER, need=replace(OTHER.need, workers=8), since_ms=NOW)
    busy = offer(free_gpus=4)
    assert turn(others=[large], offers=[busy], now_ms=NOW + PATIENCE_MS)
    assert not turn(others=[large], offers=[busy], now_ms=NOW + PATIENCE_MS + 1)
    elsewhere = [replace(busy, gpu_model="H200"), offer("lagos", total_gpus=4)]
    only_h200 = replace(large, need=replace(large.need, gpu_models=("H200",)))
    small = replace(MINE, need=replace(MINE.need, gpu_models=("L4",)))
    assert turn(small, [only_h200], elsewhere, now_ms=NOW + PATIENCE_MS + 1), "it holds nobody else's provider"
