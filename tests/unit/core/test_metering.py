"""What the hub witnesses of a claim of liveness, rule by rule."""

import pytest

from hansa_operator.core.metering.coverage import (
    MAX_UNWITNESSED_MS,
    billable_gpu_milliseconds,
    merge_intervals,
    witness,
)
from hansa_operator.ports.ledger import CoverageRecord
from tests.metered import JOB_ID

NOW = 2_000_000
NOTHING = CoverageRecord(JOB_ID, 0, ())


def heard(claim, *, record=NOTHING, opened_ms=0, closed_ms=None, now_ms=NOW):
    after = witness(record, claim, opened_ms=opened_ms, closed_ms=closed_ms, now_ms=now_ms)
    return after.intervals, after.unwitnessed_ms


CLAIMS = {
    "what is claimed at once is witnessed": ((NOW - 3_000, NOW), {}, (NOW - 3_000, NOW), 0),
    "silence of a quarter of a minute is bridged": ((NOW - 15_000, NOW), {}, (NOW - 15_000, NOW), 0),
    "what is older is replayed": ((NOW - 15_001, NOW), {}, (NOW - 15_001, NOW), 1),
    "the future is not claimed": ((NOW - 1_000, NOW + 9_000), {}, (NOW - 1_000, NOW), 0),
    "nothing runs before it is placed": ((NOW - 9_000, NOW), {"opened_ms": NOW - 5_000}, (NOW - 5_000, NOW), 0),
    "nothing runs after its end": ((NOW - 9_000, NOW), {"closed_ms": NOW - 5_000}, (NOW - 9_000, NOW - 5_000), 0),
}


@pytest.mark.parametrize(("claim", "limits", "covered", "replayed"), CLAIMS.values(), ids=CLAIMS)
def test_a_claim_covers_what_the_hub_can_stand_for(claim, limits, covered, replayed):
    assert heard(claim, **limits) == ((covered,), replayed)


NOTHINGS = {
    "a claim of no time": ((NOW, NOW), {}),
    "a claim that runs backwards": ((NOW, NOW - 1_000), {}),
    "a claim from after the end": ((NOW - 1_000, NOW), {"closed_ms": NOW - 2_000}),
    "a claim from before the placement": ((NOW - 9_000, NOW - 8_000), {"opened_ms": NOW - 5_000}),
    "a claim from the future": ((NOW + 1_000, NOW + 2_000), {}),
}


@pytest.mark.parametrize(("claim", "limits"), NOTHINGS.values(), ids=NOTHINGS)
def test_what_cannot_be_covers_nothing(claim, limits):
    assert heard(claim, **limits) == ((), 0)


def test_the_latest_quarter_of_an_hour_of_an_outage_counts():
    covered, replayed = heard((0, NOW - 20_000))
    assert covered == ((NOW - 20_000 - MAX_UNWITNESSED_MS, NOW - 20_000),)
    assert replayed == MAX_UNWITNESSED_MS


def test_outages_share_one_limit():
    record = CoverageRecord(JOB_ID, 0, ((0, 600_000),), unwitnessed_ms=600_000)
    covered, replayed = heard((1_000_000, NOW), record=record)
    assert covered == ((0, 600_000), (NOW - 15_000 - 300_000, NOW))
    assert replayed == MAX_UNWITNESSED_MS


def test_time_that_is_covered_already_is_not_counted_as_replayed_again():
    record = CoverageRecord(JOB_ID, 0, ((NOW - 60_000, NOW - 20_000),), unwitnessed_ms=7)
    assert heard((NOW - 60_000, NOW), record=record) == (((NOW - 60_000, NOW),), 7 + 5_000)


def test_intervals_that_touch_are_one():
    assert merge_intervals([(5, 7), (1, 3), (3, 5), (9, 9)]) == ((1, 7),)


def test_only_covered_time_is_billable_and_only_what_was_claimed():
    coverage = CoverageRecord(JOB_ID, 0, ((0, 1_000), (2_000, 3_000)))
    between = {"gpus": 2, "from_ms": 500, "to_ms": 2_500}
    assert billable_gpu_milliseconds(claimed=9_999, coverage=coverage, **between) == 2 * 1_000
    assert billable_gpu_milliseconds(claimed=700, coverage=coverage, **between) == 700
    assert billable_gpu_milliseconds(claimed=700, coverage=None, **between) == 0
