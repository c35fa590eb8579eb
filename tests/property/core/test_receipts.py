"""Money from receipts: whatever an agent claims, signs and sends again, in whatever order it comes."""

from itertools import chain, pairwise

from hypothesis import given
from hypothesis import strategies as st

from hansa_operator.core.metering.coverage import overlap_ms, witness
from hansa_operator.core.metering.receipts import Verdict, build_receipt_record, check_receipt
from hansa_operator.ports.ledger import CoverageRecord
from tests.metered import HUB, JOB_ID, build_attempt, build_job, build_receipt

EPOCH_SECONDS = 10
EPOCH_MS = EPOCH_SECONDS * 1000
PLACED, ENDED = 3_000, 47_000
ATTEMPT = build_attempt(placed_ms=PLACED, ended_ms=ENDED)

TIMES = st.integers(0, 60_000)
CLAIMS = st.lists(st.tuples(TIMES, TIMES, TIMES), max_size=12)


@st.composite
def epochs_receipts(draw, epoch):
    """Draw what an agent signs in an epoch: cumulative, the last one final or not; it may claim less than it could."""
    start, end = epoch * EPOCH_MS, (epoch + 1) * EPOCH_MS
    begin, *ends = sorted(draw(st.lists(st.integers(start, end), min_size=2, max_size=6, unique=True)))
    begin = max(begin, PLACED - 2_000)
    ends = [moment for moment in ends if moment > begin]
    used = sorted(draw(st.integers(0, 2 * (moment - begin))) for moment in ends)
    final = draw(st.booleans())
    return [
        build_receipt(
            epoch=epoch,
            seq=number,
            from_ms=begin,
            to_ms=moment,
            gpu_milliseconds=min(claimed, 2 * (moment - begin)),
            outcome=int(final and number == len(ends) - 1),
        )
        for number, (moment, claimed) in enumerate(zip(ends, used, strict=True))
    ]


RECEIPTS = st.tuples(*(epochs_receipts(epoch) for epoch in range(6))).map(lambda parts: list(chain(*parts)))


def covered(claims):
    """Return what a hub witnesses of claims (from, to, heard at) that it hears in order."""
    record = CoverageRecord(JOB_ID, 0, ())
    for from_ms, to_ms, now in sorted(claims, key=lambda claim: claim[2]):
        record = witness(record, (from_ms, to_ms), opened_ms=PLACED, closed_ms=ENDED, now_ms=now)
    return record


def take(records, receipt, coverage):
    """Do as the intake does."""
    known = records.get(receipt.epoch)
    now = 60_000
    verdict = check_receipt(
        receipt, job=build_job(), attempt=ATTEMPT, hub=HUB, epoch_seconds=EPOCH_SECONDS, now_ms=now, known=known
    )
    if verdict is Verdict.SUPERSEDES:
        records[receipt.epoch] = build_receipt_record(
            receipt, attempt=ATTEMPT, coverage=coverage, known=known, digest=b"", signature=b"", now_ms=now
        )
    return verdict


@given(CLAIMS, RECEIPTS)
def test_no_more_is_billed_than_was_claimed_and_witnessed(claims, receipts):
    coverage, records = covered(claims), {}
    for receipt in receipts:
        assert take(records, receipt, coverage) is Verdict.SUPERSEDES
        record = records[receipt.epoch]
        witnessed = overlap_ms(coverage.intervals, receipt.from_ms, receipt.to_ms)
        assert record.billable_gpu_milliseconds <= min(receipt.gpu_milliseconds, ATTEMPT.gpus * witnessed)
    total = sum(record.billable_gpu_milliseconds for record in records.values())
    assert total <= ATTEMPT.gpus * overlap_ms(coverage.intervals, 0, 60_000) <= ATTEMPT.gpus * (ENDED - PLACED)


@given(CLAIMS, RECEIPTS, st.data())
def test_replays_in_any_order_end_in_the_same_records(claims, receipts, data):
    coverage, in_order, shuffled = covered(claims), {}, {}
    for receipt in receipts:
        take(in_order, receipt, coverage)
    replayed = data.draw(st.permutations(receipts * 2))
    for receipt in replayed:
        assert take(shuffled, receipt, coverage) in (Verdict.SUPERSEDES, Verdict.OLDER)
    assert shuffled == in_order


@given(st.lists(CLAIMS, min_size=2, max_size=4), RECEIPTS)
def test_what_is_billable_never_falls_while_more_is_witnessed(rounds, receipts):
    heard, seen, records = [], [0], {}
    by_number = sorted(receipts, key=lambda receipt: receipt.seq)
    for index, claims in enumerate(rounds):
        heard += claims
        for receipt in by_number[: len(by_number) * (index + 1) // len(rounds)]:
            take(records, receipt, covered(heard))
        seen.append(sum(record.billable_gpu_milliseconds for record in records.values()))
    assert all(before <= after for before, after in pairwise(seen))
