"""Which metered work is in no slice yet, and what it costs."""

from dataclasses import replace

import pytest

from hansa_operator.core.market.quote import Terms
from hansa_operator.core.metering.billing import most_of, open_slices, unbilled
from tests.builders import EPOCH, EPOCH_MS, NOW, account, attempt, entry, receipt, record

FREE_OF_FEES = Terms(royalty_bps=0, fee_bps=0)
SECOND = receipt(from_ms=NOW + EPOCH_MS, to_ms=NOW + EPOCH_MS + 1_000)


def slices(*receipts, sealed=(), budget=10**9, terms=FREE_OF_FEES, attempts=None, **bounds):
    placed = attempts or [attempt()]
    found = open_slices(placed, receipts, account(*sealed), terms, max_amount=budget, **bounds)
    return [(one.from_ms - NOW, one.to_ms - NOW, one.gpu_milliseconds, one.split.debit) for one in found]


def test_each_epoch_of_an_attempt_is_a_slice_oldest_first():
    assert slices(SECOND, receipt()) == [(0, 1_000, 2_000, 4_000), (10_000, 11_000, 2_000, 4_000)]


def test_the_price_is_that_of_the_attempt():
    cheap = attempt(attempt=1, unit_price=3_600_000)
    later = replace(SECOND, attempt=1)
    assert [debit for *_, debit in slices(receipt(), later, attempts=[attempt(), cheap])] == [4_000, 2_000]


def test_only_what_is_billable_is_billed():
    assert slices(receipt(billable_gpu_milliseconds=700)) == [(0, 1_000, 700, 1_400)]
    assert slices(receipt(billable_gpu_milliseconds=0)) == []


def test_what_costs_nothing_makes_no_slice():
    assert slices(receipt(), attempts=[attempt(unit_price=0)]) == []


def test_a_receipt_without_its_attempt_is_not_billed():
    assert slices(receipt(attempt=4)) == []


def test_what_was_sealed_is_not_billed_again():
    assert slices(receipt(), sealed=[entry()]) == []


def test_a_receipt_that_has_grown_is_billed_from_where_its_last_slice_ended():
    grown = receipt(to_ms=NOW + 1_500)
    assert slices(grown, sealed=[entry()]) == [(1_000, 1_500, 1_000, 2_000)]


def test_no_slice_has_more_than_all_gpus_over_its_own_time():
    seen_late = receipt(to_ms=NOW + 1_500, billable_gpu_milliseconds=3_000)
    partly = entry(gpu_milliseconds=500, debit=1_000)
    assert slices(seen_late, sealed=[partly]) == [(1_000, 1_500, 1_000, 2_000)]
    assert slices(receipt(billable_gpu_milliseconds=2_000), sealed=[partly]) == [], (
        "there is no time left to bill it for"
    )


BUDGETS = {
    "pays for both": (8_000, [2_000, 2_000]),
    "cuts the second": (5_000, [2_000, 500]),
    "ends with the first": (4_001, [2_000]),
    "cuts the first": (3, [1]),
    "is empty": (0, []),
}


@pytest.mark.parametrize(("budget", "billed"), BUDGETS.values(), ids=BUDGETS)
def test_what_is_beyond_the_budget_is_not_billed(budget, billed):
    assert [milliseconds for _, _, milliseconds, _ in slices(receipt(), SECOND, budget=budget)] == billed


def test_what_is_sealed_counts_against_the_budget():
    assert slices(SECOND, sealed=[entry()], budget=5_000) == [(10_000, 11_000, 500, 1_000)]
    assert slices(SECOND, sealed=[entry(debit=9_000)], budget=5_000) == []


def test_what_ran_after_the_end_of_the_order_is_not_billed():
    assert slices(receipt(), SECOND, until_ms=NOW + 400) == [(0, 400, 800, 1_600)]
    assert slices(receipt(billable_gpu_milliseconds=300), until_ms=NOW + 400) == [(0, 400, 300, 600)]
    assert slices(receipt(), until_ms=NOW) == []
    cut = entry(to_ms=NOW + 400, gpu_milliseconds=800, debit=1_600)
    assert slices(receipt(to_ms=NOW + 1_500), sealed=[cut], until_ms=NOW + 400) == []


def test_what_ran_beyond_the_active_deadline_is_the_hubs_loss():
    job = record(active_deadline_ms=1_500)
    found = unbilled(job, [attempt()], [receipt(), SECOND], account(), FREE_OF_FEES)
    assert [one.gpu_milliseconds for one in found] == [2_000, 1_000]


def test_a_job_costs_at_most_its_budget_or_its_deadline_at_the_dearest_price():
    cheap = attempt(attempt=1, unit_price=3_600_000)
    assert most_of(record(max_amount=10**9), [attempt()], FREE_OF_FEES) == 10**9
    assert most_of(record(max_amount=10**9, active_deadline_ms=1_000), [cheap, attempt()], FREE_OF_FEES) == 4_000
    assert most_of(record(max_amount=3_000, active_deadline_ms=1_000), [attempt()], FREE_OF_FEES) == 3_000
    assert most_of(record(active_deadline_ms=1_000), [], FREE_OF_FEES) == 0


def test_royalty_and_fee_come_on_top_and_out_of_the_budget():
    terms = Terms(royalty_bps=1_000, fee_bps=500)
    (one,) = open_slices([attempt()], [receipt()], account(), terms, max_amount=10**9)
    assert (one.split.provider, one.split.royalty, one.split.fee, one.split.debit) == (4_000, 400, 220, 4_620)
    assert slices(receipt(), budget=4_619, terms=terms) == [(0, 1_000, 1_999, 4_617)]


def test_a_slice_of_another_attempt_in_the_same_epoch_is_another_slice():
    second = attempt(attempt=1)
    later = receipt(attempt=1, epoch=EPOCH, from_ms=NOW + 2_000, to_ms=NOW + 3_000)
    assert len(slices(receipt(), later, sealed=[entry()], attempts=[attempt(), second])) == 1
