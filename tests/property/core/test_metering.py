"""What a hub witnesses of claims that come late, twice, too early, overlapping or invented."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from hansa_operator.core.metering.coverage import (
    MAX_BEAT_GAP_MS,
    MAX_UNWITNESSED_MS,
    billable_gpu_milliseconds,
    merge_intervals,
    overlap_ms,
    witness,
)
from hansa_operator.ports.ledger import CoverageRecord
from tests.metered import JOB_ID

OPENED, CLOSED = 1_000_000, 4_000_000
times = st.integers(0, 5_000_000)
intervals = st.lists(st.tuples(times, times), max_size=12)
small = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=8)
claims = st.lists(st.tuples(times, times, times), max_size=20).map(lambda drawn: sorted(drawn, key=lambda one: one[2]))


def hear(heard, *, closed_ms=CLOSED):
    """Return the records after each claim (from, to, heard at)."""
    records = [CoverageRecord(JOB_ID, 0, ())]
    for from_ms, to_ms, now_ms in heard:
        claim = (from_ms, to_ms)
        records.append(witness(records[-1], claim, opened_ms=OPENED, closed_ms=closed_ms, now_ms=now_ms))
    return records


def covered_ms(record):
    return sum(end - start for start, end in record.intervals)


@given(small)
def test_merged_intervals_hold_the_same_moments_disjoint_and_rising(drawn):
    merged = merge_intervals(drawn)
    moments = {moment for start, end in drawn for moment in range(start, end)}
    assert {moment for start, end in merged for moment in range(start, end)} == moments
    assert all(start < end for start, end in merged)
    assert all(end < start for (_, end), (start, _) in pairwise(merged))


@given(small, st.integers(0, 30), st.integers(0, 30))
def test_the_overlap_counts_the_moments_that_both_hold(drawn, start, end):
    merged = merge_intervals(drawn)
    moments = {moment for one, other in merged for moment in range(one, other)}
    assert overlap_ms(merged, start, end) == len(moments & set(range(start, end)))


@given(claims)
def test_nothing_is_witnessed_outside_of_the_attempt_or_of_what_was_claimed(heard):
    record = hear(heard)[-1]
    claimed = merge_intervals([(from_ms, min(to_ms, now_ms)) for from_ms, to_ms, now_ms in heard])
    for start, end in record.intervals:
        assert OPENED <= start < end <= CLOSED
        assert overlap_ms(claimed, start, end) == end - start


@given(claims)
def test_what_was_witnessed_stays_so(heard):
    for before, record in pairwise(hear(heard)):
        for start, end in before.intervals:
            assert overlap_ms(record.intervals, start, end) == end - start
        assert record.unwitnessed_ms >= before.unwitnessed_ms


@given(claims)
def test_replayed_time_is_limited_over_the_whole_attempt(heard):
    record = hear(heard)[-1]
    assert 0 <= record.unwitnessed_ms <= MAX_UNWITNESSED_MS
    live = merge_intervals([(now_ms - MAX_BEAT_GAP_MS, now_ms) for _, _, now_ms in heard])
    unseen = sum(end - start - overlap_ms(live, start, end) for start, end in record.intervals)
    assert unseen <= MAX_UNWITNESSED_MS


@given(claims)
def test_the_same_claims_heard_twice_cover_nothing_more(heard):
    once = hear(heard)[-1]
    if heard:
        from_ms, to_ms, now_ms = heard[-1]
        twice = witness(once, (from_ms, to_ms), opened_ms=OPENED, closed_ms=CLOSED, now_ms=now_ms)
        assert covered_ms(twice) - covered_ms(once) <= MAX_UNWITNESSED_MS - once.unwitnessed_ms


@given(st.integers(OPENED, CLOSED), st.lists(st.integers(1, MAX_BEAT_GAP_MS), min_size=1, max_size=40))
def test_regular_heartbeats_cover_all_of_the_time_between_them(began_ms, gaps):
    now_ms, heard = began_ms, []
    for gap in gaps:
        heard.append((now_ms, now_ms + gap, now_ms + gap))
        now_ms += gap
    record = hear(heard, closed_ms=None)[-1]
    assert record.intervals == ((began_ms, now_ms),)
    assert record.unwitnessed_ms == 0


@given(claims, st.integers(0, 10**8), st.integers(1, 8), times, times)
def test_no_more_is_billable_than_was_claimed_and_witnessed(heard, claimed, gpus, from_ms, to_ms):
    record = hear(heard)[-1]
    billable = billable_gpu_milliseconds(claimed=claimed, gpus=gpus, from_ms=from_ms, to_ms=to_ms, coverage=record)
    assert 0 <= billable <= claimed
    assert billable <= gpus * min(max(0, to_ms - from_ms), covered_ms(record))
