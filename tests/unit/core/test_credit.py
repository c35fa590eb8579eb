"""What a credit line carries for one job, among what others have of it."""

from dataclasses import replace

import pytest

from hansa_operator.core.credit.headroom import Commitments, Holding, sum_commitments, usable_credit
from hansa_operator.ports.chain import ChainStamp, CreditState

STATE = CreditState(
    stamp=ChainStamp(1, 0),
    cap=100,
    until_epoch=9,
    next_cap=0,
    next_from_epoch=0,
    next_nonce=1,
    balance=1_000,
    pending_withdrawal=0,
    reserved_elsewhere=0,
)


def usable(own=None, *others, sealed=0, **changes):
    return usable_credit(replace(STATE, **changes), sum_commitments(own or Holding(), others, sealed=sealed))


LIMITS = {
    "the cap bounds what an epoch takes": ({}, 100),
    "the balance bounds what there is": ({"balance": 60}, 60),
    "what is being withdrawn is as good as gone": ({"balance": 90, "pending_withdrawal": 50}, 40),
    "what other hubs may take is not there, either": ({"balance": 90, "reserved_elsewhere": 60}, 30),
    "of a balance that they may take, what is beyond is there": ({"balance": 1_000, "reserved_elsewhere": 950}, 50),
    "without a line in force there is nothing": ({"cap": 0}, 0),
}


@pytest.mark.parametrize(("changes", "left"), LIMITS.values(), ids=LIMITS)
def test_a_line_carries_the_least_of_its_limits(changes, left):
    assert usable(**changes) == left


OTHERS = {
    "what another has reserved is taken": (Holding(40), 60, 60),
    "what it used of that is not taken twice": (Holding(40, used_now=30), 60, 60),
    "what it used beyond that is taken": (Holding(40, used_now=50), 50, 50),
    "one that has ended has used what it has": (Holding(used_now=30), 70, 70),
    "what it used in the last epoch goes into its batch": (Holding(40, used_last=40), 60, 20),
    "what no batch has taken in time comes into another": (Holding(40, used_before=40), 20, 20),
}


@pytest.mark.parametrize(("other", "of_cap", "of_balance"), OTHERS.values(), ids=OTHERS)
def test_others_take_what_they_may_use_or_have_used(other, of_cap, of_balance):
    assert usable(Holding(), other) == of_cap
    assert usable(Holding(), other, cap=1_000, balance=100) == of_balance


def test_a_job_that_uses_what_it_reserved_is_not_in_its_own_way():
    for used in range(0, 101, 10):
        assert usable(Holding(100, used_now=used)) == 100
        assert usable(Holding(100, used_now=used, used_last=100)) == 100
    assert usable(Holding(100, used_now=105)) == 95
    assert usable(Holding(100, used_before=30)) == 70


def test_two_jobs_that_share_a_line_both_use_their_part():
    for used in range(0, 51, 10):
        mine = other = Holding(50, used_now=used, used_last=50)
        assert usable(mine, other) == 50
        assert usable(mine, other, balance=200) == 50 - used


def test_batches_in_flight_count_against_the_balance_and_not_against_the_cap():
    assert usable(sealed=300) == 100
    assert usable(sealed=950) == 50


def test_more_than_there_is_shows_as_less_than_nothing():
    assert usable(sealed=1_200) == -200
    assert usable_credit(STATE, Commitments(unsealed=60, reserved=70)) == -30
