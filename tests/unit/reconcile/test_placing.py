"""What is looked at again while nobody else places: what others have promised since, and who does the same work."""

import asyncio
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from hansa_operator.adapters.store import open_store
from hansa_operator.core.clock import rfc3339
from hansa_operator.core.job.queue import Waiting
from hansa_operator.ports.chain import ChainStamp, ChainTimes, CreditState
from hansa_operator.ports.kube import ObjectRef
from hansa_operator.ports.ledger import Outcome
from hansa_operator.reconcile.job.credits import recount
from hansa_operator.reconcile.job.promises import withdraw_promises
from hansa_operator.reconcile.job.twins import find_twin
from hansa_operator.reconcile.known.books import Books
from hansa_operator.reconcile.known.cache import Cache
from hansa_operator.reconcile.known.credit_reads import CreditReads
from hansa_operator.reconcile.known.totals import Totals
from hansa_operator.reconcile.world import Desk
from tests.builders import EPOCH, EPOCH_SECONDS, NOW, aijob, attempt, credit, facts, need, record, references
from tests.metered import CUSTOMER, VAULT

STATE = CreditState(ChainStamp(1, NOW // 1000), 100, EPOCH + 9, 0, 0, 1, 100, 0, 0)


class Node:
    """Answer for the chain that every customer has 100 wei."""

    async def credit(self, customer, vault, epoch):
        return STATE


class Keys:
    """Remember what is to be looked at."""

    def __init__(self):
        self.keys = set()

    def add(self, key):
        self.keys.add(key)


@pytest.fixture
def world(tmp_path: Path):
    store = open_store(tmp_path / "store")
    books = Books(store.ledger)
    yield SimpleNamespace(
        store=store,
        books=books,
        cache=Cache(),
        desk=Desk(),
        totals=Totals(books, ChainTimes(EPOCH_SECONDS, 5, 5, 1, 1, 0)),
        credits=CreditReads(Node(), clock=lambda: NOW),
        epoch=lambda: EPOCH,
        clock=lambda: NOW,
        queue=Keys(),
    )
    store.close()


def apply(world, name, *, uid, created_ms=NOW, deleting=False):
    """Have a job seen that does the work `monday`, and return what is known of it."""
    made = aijob(idempotencyKey="monday").manifest()
    deleted = {"deletionTimestamp": rfc3339(NOW)} if deleting else {}
    seen = {"name": name, "uid": uid, "creationTimestamp": rfc3339(created_ms), "resourceVersion": "1", **deleted}
    made["metadata"] = {**made["metadata"], **seen}
    world.cache.put({**made, "kind": "AIJob"})
    job = world.cache.find(next(ref for ref in world.cache.refs("AIJob") if ref.name == name))
    return facts(job=job, job_id=f"0x{uid}", references=references(job_digest="same"))


def admit(world, known, *tried):
    """Write down a job's terms and its attempts."""
    terms = record(job_id=known.job_id, name=known.job.metadata.name, uid=known.job.metadata.uid)
    asyncio.run(world.books.put_job(replace(terms, digest="same", idempotency_key="monday")))
    for one in tried:
        asyncio.run(world.books.put_attempt(replace(one, job_id=known.job_id)))


def test_credit_that_another_job_took_since_is_taken(world):
    asyncio.run(world.credits.read(CUSTOMER, VAULT, EPOCH))
    seen = credit(usable=100)
    assert recount(world, seen, "0xmine") == seen
    world.desk.reservations["0xother"] = (CUSTOMER, VAULT, 60)
    assert recount(world, seen, "0xmine").usable == 40
    assert recount(world, seen, "0xother").usable == 100


def test_credit_that_nobody_could_read_stays_as_it_was_seen(world):
    world.desk.reservations["0xother"] = (CUSTOMER, VAULT, 60)
    assert recount(world, credit(usable=100), "0xmine").usable == 100


def test_a_job_that_is_gone_before_it_was_placed_is_ahead_of_nobody(world):
    for job, name in (("0xgone", "same"), ("0xliving", "same"), ("0xother", "other")):
        world.desk.waiting[job] = Waiting("gpus", "lab", name, 0, NOW, need(job_id=job))
        world.desk.reservations[job] = (CUSTOMER, VAULT, 60)
    withdraw_promises(world, ObjectRef("AIJob", "lab", "same"), living="0xliving")
    assert set(world.desk.waiting) == set(world.desk.reservations) == {"0xliving", "0xother"}
    assert ObjectRef("AIJob", "lab", "other") in world.queue.keys
    assert ObjectRef("ProviderPool", "", "gpus") in world.queue.keys


def test_of_two_jobs_that_queue_for_the_same_work_the_older_does_not_wait_for_the_younger(world):
    older, younger = apply(world, "a", uid="a", created_ms=NOW - 5_000), apply(world, "b", uid="b")
    admit(world, older)
    admit(world, younger)
    assert find_twin(world, older) is None
    assert find_twin(world, younger).name == "a"


def test_of_two_jobs_of_the_same_second_one_waits_for_the_other(world):
    pair = [apply(world, name, uid=name) for name in ("a", "b")]
    for one in pair:
        admit(world, one)
    assert sum(find_twin(world, one) is not None for one in pair) == 1


def test_an_older_job_waits_for_a_younger_one_that_has_begun(world):
    older, younger = apply(world, "a", uid="a", created_ms=NOW - 5_000), apply(world, "b", uid="b")
    admit(world, older)
    admit(world, younger, attempt())
    assert find_twin(world, older).name == "b"


@pytest.mark.parametrize("outcome", [Outcome.SUCCEEDED, Outcome.STOPPED], ids=str)
def test_of_a_deleted_job_only_what_it_has_done_counts(world, outcome):
    gone = apply(world, "a", uid="a", created_ms=NOW - 5_000, deleting=True)
    admit(world, gone, attempt(ended_ms=NOW, outcome=outcome))
    found = find_twin(world, apply(world, "b", uid="b"))
    assert (found is not None and found.succeeded) == (outcome is Outcome.SUCCEEDED)
