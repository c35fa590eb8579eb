"""What was sealed of a job, changed by several at once on a real disk: no change is lost."""

import asyncio
from functools import partial
from pathlib import Path

from hansa_operator.adapters.store import open_store
from hansa_operator.core.metering.sealing import finalized, with_entries, without_epochs
from hansa_operator.ports.ledger import AccountEntry, EntryState
from hansa_operator.reconcile.known.books import Books

JOB = "0x" + "ab" * 32


def entry(epoch: int) -> AccountEntry:
    return AccountEntry(epoch, epoch, 0, epoch, 1_000 * epoch, 500, 10, 0, 1, 11, EntryState.SEALED)


async def test_an_epoch_that_is_paid_while_the_next_is_sealed_stays_paid(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    books = Books(store.ledger)
    await books.change_account(JOB, partial(with_entries, entries=[entry(1), entry(2)]))
    await asyncio.gather(
        books.change_account(JOB, partial(finalized, epoch=1)),
        books.change_account(JOB, partial(with_entries, entries=[entry(3)])),
        books.change_account(JOB, partial(without_epochs, epochs=[2])),
    )
    store.close()
    again = open_store(tmp_path)
    kept = Books(again.ledger).account_of(JOB).entries
    again.close()
    assert [(one.batch_epoch, one.state) for one in kept] == [(1, EntryState.FINALIZED), (3, EntryState.SEALED)]
