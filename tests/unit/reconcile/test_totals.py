"""Which jobs are summed: those that hold capacity or are not paid, and no others, however many were done before."""

from dataclasses import replace
from pathlib import Path

import pytest

from hansa_operator.adapters.store import DirectoryStore, open_store
from hansa_operator.ports.chain import ChainTimes
from hansa_operator.ports.ledger import EntryState, Outcome
from hansa_operator.reconcile.known.books import Books
from hansa_operator.reconcile.known.totals import Totals
from tests.builders import EPOCH_SECONDS, NOW, account, attempt, entry, receipt, record

TIMES = ChainTimes(EPOCH_SECONDS, 5, 5, 1, 1, 0)
ENDED = attempt(ended_ms=NOW + 1_000, outcome=Outcome.SUCCEEDED)


@pytest.fixture
def store(tmp_path: Path):
    opened = open_store(tmp_path / "store")
    yield opened
    opened.close()


async def active_after(store: DirectoryStore, *, job=None, tried=(), receipts=(), entries=()):
    """Return whether a job with these records still counts after the sums were made."""
    books = Books(store.ledger)
    await books.put_job(job or record())
    for one in tried:
        await books.put_attempt(one)
    for one in receipts:
        await books.put_receipt(one)
    sealed = account(*entries)
    await books.change_account(sealed.job_id, lambda _: sealed)
    Totals(books, TIMES).fresh(NOW)
    return list(books.active_jobs()) != []


async def test_a_job_that_runs_or_is_not_paid_is_active(store):
    assert await active_after(store, tried=[attempt()])
    assert await active_after(store, tried=[ENDED], receipts=[receipt()])
    assert await active_after(store, tried=[ENDED], receipts=[receipt()], entries=[entry()])


async def test_a_job_that_is_paid_is_done_with(store):
    paid = entry(state=EntryState.FINALIZED)
    assert not await active_after(store, tried=[ENDED], receipts=[receipt()], entries=[paid])


async def test_a_job_whose_bill_was_cut_at_its_budget_is_done_with(store):
    cut = entry(gpu_milliseconds=1_000, provider_amount=2_000, debit=2_000, state=EntryState.FINALIZED)
    job = record(max_amount=2_001)
    assert not await active_after(store, job=job, tried=[ENDED], receipts=[receipt()], entries=[cut])


async def test_a_job_that_was_admitted_and_never_ran_is_done_with_until_it_does(store):
    assert not await active_after(store)
    assert await active_after(store, tried=[attempt()])


async def test_after_a_restart_only_what_is_not_paid_is_active(store):
    assert not await active_after(store, tried=[ENDED])
    await store.ledger.jobs.put("other", replace(record(), job_id="other"))
    await store.ledger.attempts.put("other.000", attempt(job_id="other"))
    again = Books(store.ledger)
    Totals(again, TIMES).fresh(NOW)
    assert [one.job_id for one in again.active_jobs()] == ["other"]
