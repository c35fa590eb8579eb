"""Which receipts the hub takes, rule by rule."""

from dataclasses import replace

import pytest

from hansa_operator.core.metering.receipts import Refused, Verdict, build_receipt_record, check_receipt
from hansa_operator.core.readers import reader_key
from hansa_operator.ports.ledger import CoverageRecord
from tests.metered import HUB, HUB_KEY, JOB_ID, PROVIDER, build_attempt, build_job, build_receipt

EPOCH_SECONDS = 10
NOW = 9_000


def judge(receipt, *, attempt=None, known=None, now=NOW):
    verdict = check_receipt(
        receipt,
        job=build_job(),
        attempt=attempt or build_attempt(),
        hub=HUB,
        epoch_seconds=EPOCH_SECONDS,
        now_ms=now,
        known=known,
    )
    return (verdict.status, verdict.reason) if isinstance(verdict, Refused) else verdict


def kept(receipt, *, coverage=((0, 10_000),), attempt=None, known=None):
    return build_receipt_record(
        receipt,
        attempt=attempt or build_attempt(),
        coverage=CoverageRecord(JOB_ID, 0, coverage),
        known=known,
        digest=b"\x0d" * 32,
        signature=b"\x0e" * 65,
        now_ms=NOW,
    )


TERMS = {
    "what fits the job's terms is taken": ({}, Verdict.SUPERSEDES),
    "it is for this hub": ({"hub": PROVIDER}, (409, "WrongParties")),
    "it is for the job's vault": ({"vault": PROVIDER}, (409, "WrongParties")),
    "it is for the job's customer": ({"customer": PROVIDER}, (409, "WrongParties")),
    "it is about some time": ({"to_ms": 1_000}, (409, "WrongInterval")),
    "its time does not run backwards": ({"to_ms": 900, "gpu_milliseconds": 0}, (409, "WrongInterval")),
    "its time begins within its epoch": ({"epoch": 1, "to_ms": 10_500}, (409, "WrongInterval")),
    "its time ends within its epoch": ({"to_ms": 10_001}, (409, "WrongInterval")),
    "its time may end with its epoch": ({"to_ms": 10_000}, Verdict.SUPERSEDES),
    "nothing is used twice at once": ({"gpu_milliseconds": 6_001}, (409, "ImpossibleUse")),
    "less than everything may be used": ({"gpu_milliseconds": 5_999}, Verdict.SUPERSEDES),
    "a wei more is another price": ({"provider_amount": 12_001}, (409, "WrongAmount")),
    "a wei less is another price, too": ({"provider_amount": 11_999}, (409, "WrongAmount")),
    "there are four outcomes": ({"outcome": 4}, (409, "UnknownOutcome")),
}


@pytest.mark.parametrize(("changes", "verdict"), TERMS.values(), ids=TERMS)
def test_a_receipt_keeps_to_the_terms_of_its_job(changes, verdict):
    assert judge(build_receipt(**changes)) == verdict


@pytest.mark.parametrize(("now", "verdict"), [(2_000, Verdict.SUPERSEDES), (1_999, (425, "InTheFuture"))])
def test_the_future_is_sent_again_later_but_clocks_differ_by_two_seconds(now, verdict):
    assert judge(build_receipt(to_ms=4_000), now=now) == verdict


@pytest.mark.parametrize(("placed", "verdict"), [(3_000, Verdict.SUPERSEDES), (3_001, (409, "BeforePlacement"))])
def test_nothing_ran_before_it_was_placed_but_clocks_differ_by_two_seconds(placed, verdict):
    assert judge(build_receipt(), attempt=build_attempt(placed_ms=placed)) == verdict


@pytest.mark.parametrize(("late", "verdict"), [(910_000, Verdict.SUPERSEDES), (910_001, (410, "TooLate"))])
def test_receipts_come_until_the_longest_outage_and_an_epoch_after_the_end(late, verdict):
    assert judge(build_receipt(), attempt=build_attempt(ended_ms=4_000), now=4_000 + late) == verdict


AFTER_SEQ_3 = {
    "more of the same supersedes": ({"seq": 4, "to_ms": 4_500}, Verdict.SUPERSEDES),
    "nothing more supersedes, too": ({"seq": 4}, Verdict.SUPERSEDES),
    "numbers may skip": ({"seq": 9}, Verdict.SUPERSEDES),
    "the same again is old": ({"seq": 3}, Verdict.OLDER),
    "one before is old": ({"seq": 2, "to_ms": 3_000}, Verdict.OLDER),
    "what is wrong is refused before it is old": ({"seq": 2, "provider_amount": 1}, (409, "WrongAmount")),
    "time does not shrink": ({"seq": 4, "to_ms": 3_999}, (409, "FallingReceipt")),
    "use does not shrink": ({"seq": 4, "gpu_milliseconds": 5_999}, (409, "FallingReceipt")),
    "the beginning stays": ({"seq": 4, "from_ms": 999}, (409, "FallingReceipt")),
    "an end supersedes": ({"seq": 4, "outcome": 1}, Verdict.SUPERSEDES),
}


@pytest.mark.parametrize(("changes", "verdict"), AFTER_SEQ_3.values(), ids=AFTER_SEQ_3)
def test_a_higher_number_supersedes_what_it_contains(changes, verdict):
    assert judge(build_receipt(**changes), known=kept(build_receipt(seq=3))) == verdict


def test_what_is_over_does_not_run_again():
    final = kept(build_receipt(seq=3, outcome=2))
    assert judge(build_receipt(seq=4, outcome=0), known=final) == (409, "AlreadyFinal")
    assert judge(build_receipt(seq=3, outcome=2), known=final) == Verdict.OLDER


def test_an_old_receipt_is_acknowledged_however_late_it_comes():
    attempt, known = build_attempt(ended_ms=4_000), kept(build_receipt(seq=3))
    assert judge(build_receipt(seq=3), attempt=attempt, known=known, now=10**9) == Verdict.OLDER


def test_only_witnessed_time_before_the_end_is_billed_and_never_less_than_before():
    first = kept(build_receipt(), coverage=((0, 2_000), (3_500, 9_000)))
    assert first.billable_gpu_milliseconds == 2 * (1_000 + 500)
    assert kept(build_receipt(seq=1), coverage=()).billable_gpu_milliseconds == 0
    assert kept(build_receipt(seq=1), coverage=(), known=first).billable_gpu_milliseconds == 3_000
    assert kept(build_receipt(), attempt=build_attempt(ended_ms=3_000)).billable_gpu_milliseconds == 4_000


def test_a_record_holds_the_receipt_as_it_was_signed():
    record = kept(build_receipt(outcome=1, result_digest=b"\x0f" * 32))
    assert (record.digest, record.signature) == ("0x" + "0d" * 32, "0x" + "0e" * 65)
    assert (record.key, record.outcome, record.result_digest) == (JOB_ID + ".000.0000000000", 1, "0x" + "0f" * 32)
    assert record == replace(record, seq=0, from_ms=1_000, to_ms=4_000, provider_amount=12_000, accepted_ms=NOW)


def test_a_reader_key_is_for_one_job_and_from_one_hub():
    keys = {reader_key(HUB_KEY, JOB_ID), reader_key(HUB_KEY, "0x" + "cd" * 32), reader_key(b"\x09" * 32, JOB_ID)}
    assert len(keys) == 3
    assert all(len(key) == 32 and int(key, 16) >= 0 for key in keys)
