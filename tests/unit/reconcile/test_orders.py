"""One order, one job: under which id a job runs, and which of two jobs with the same order does, across restarts."""

import asyncio
import io
import json
import zipfile
from dataclasses import replace
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import pytest

from hansa_operator.adapters.store import open_store
from hansa_operator.core.clock import rfc3339
from hansa_operator.core.job.facts import SubmitAttempt
from hansa_operator.ports.ledger import OrderRecord, Outcome
from hansa_operator.reconcile.job.act import _carry_out
from hansa_operator.reconcile.job.orders import find_holder, identify, terms_of
from hansa_operator.reconcile.known.books import Books
from hansa_operator.reconcile.known.cache import Cache
from hansa_operator.reconcile.world import Identity
from tests.builders import NOW, aijob, attempt, facts, record, references
from tests.metered import CUSTOMER, HUB, VAULT
from tests.ordered import EXPIRES, SETTLEMENT, STRANGER, VAULTS, build_order, ordered, signed

ORDER_ID = signed().job_id


class Place:
    """Hold a ledger, the objects that were seen, and the identity of the hub."""

    def __init__(self, folder: Path):
        self.folder, self.store = folder, open_store(folder)
        hub = Identity("main", 31_337, HUB, SETTLEMENT, STRANGER, VAULTS)
        self.versions = count(1)
        self.world = SimpleNamespace(books=Books(self.store.ledger), cache=Cache(), hub=hub)

    def apply(self, name, *, uid, namespace="lab", job=None, deleting=False, over=False):
        """Have a job seen, and return it."""
        made = {**(job or ordered()).manifest(), "kind": "AIJob"}
        deleted = {"deletionTimestamp": rfc3339(NOW)} if deleting else {}
        made["metadata"] = {"name": name, "namespace": namespace, "uid": uid, **deleted}
        made["metadata"]["resourceVersion"] = str(next(self.versions))
        if over:
            made["status"] = {"conditions": [{"type": "Failed", "status": "True", "reason": "RetriesExhausted"}]}
        self.world.cache.put(made)
        return next(seen for seen in self.world.cache.all(type(ordered())) if seen.metadata.uid == uid)

    def admit(self, job, *tried):
        """Write down the terms of a job under the id that it has, and its attempts."""
        meta, job_id = job.metadata, identify(self.world, job)
        terms = record(job_id=job_id, name=meta.name, namespace=meta.namespace, uid=meta.uid)
        asyncio.run(self.world.books.put_job(terms))
        for one in tried:
            made = attempt(job_id=job_id, **one)
            asyncio.run(self.world.books.put_attempt(made))
        return job_id

    def id_of(self, job):
        return identify(self.world, job)

    def holder(self, job):
        return find_holder(self.world, job)


@pytest.fixture
def place(tmp_path: Path):
    made = Place(tmp_path / "store")
    yield made
    made.store.close()


def test_an_ordered_job_has_its_orders_digest_as_id_and_others_what_follows_from_their_uid(place):
    assert place.id_of(place.apply("a", uid="a")) == ORDER_ID
    plain = place.apply("b", uid="b", job=aijob())
    assert place.id_of(plain) == place.world.hub.job_id("b") != ORDER_ID


def test_an_order_that_this_hub_cannot_read_gives_no_id(place):
    other = place.apply("a", uid="a", job=ordered(hub=STRANGER))
    assert place.id_of(other) == place.world.hub.job_id("a")


def test_a_job_keeps_its_id_over_its_whole_life(place):
    job = place.apply("a", uid="a")
    assert place.admit(job) == ORDER_ID
    assert place.id_of(job) == ORDER_ID
    place.admit(job, {"ended_ms": NOW, "outcome": Outcome.FAILED}, {"attempt": 1, "ended_ms": NOW})
    deleting = place.apply("a", uid="a", deleting=True)
    assert place.id_of(deleting) == ORDER_ID
    assert place.holder(deleting) is None


def test_of_two_jobs_with_the_same_order_the_one_that_was_admitted_has_it(place):
    first, second = place.apply("a", uid="a"), place.apply("b", uid="b")
    assert place.id_of(first) == place.id_of(second) == ORDER_ID, "nobody was admitted yet"
    place.admit(second)
    assert place.id_of(second) == ORDER_ID
    assert place.id_of(first) == place.world.hub.job_id("a")
    assert (place.holder(first).name, place.holder(first).active) == ("b", True)
    assert place.holder(second) is None
    assert terms_of(place.world, first, place.id_of(first)) is None


def test_after_a_restart_the_same_job_has_the_order(tmp_path):
    before = Place(tmp_path / "store")
    first = before.apply("a", uid="a")
    before.admit(first, {})
    order = OrderRecord(HUB, VAULT, CUSTOMER, 0, "0x" + "0a" * 32, 2**96 - 1, 5, EXPIRES, "0x" + "0b" * 65)
    terms = replace(before.world.books.job(ORDER_ID), order=order)
    asyncio.run(before.world.books.put_job(terms))
    before.store.close()
    after = Place(tmp_path / "store")
    assert after.world.books.job(ORDER_ID) == terms, "the order is on record"
    first, second = after.apply("a", uid="a"), after.apply("b", uid="b")
    assert (after.id_of(first), after.id_of(second)) == (ORDER_ID, after.world.hub.job_id("b"))
    after.store.close()


HELD = {
    "runs": ({}, {}, (True, False)),
    "has succeeded": ({"ended_ms": NOW, "outcome": Outcome.SUCCEEDED}, {"over": True}, (False, True)),
    "has failed for good": ({"ended_ms": NOW, "outcome": Outcome.FAILED}, {"over": True}, (False, False)),
    "waits for a retry": ({"ended_ms": NOW, "outcome": Outcome.FAILED}, {}, (True, False)),
    "was deleted after it began": ({"ended_ms": NOW, "outcome": Outcome.STOPPED}, {"deleting": True}, (False, False)),
    "is being stopped": ({}, {"deleting": True}, (True, False)),
}


@pytest.mark.parametrize(("tried", "seen", "found"), HELD.values(), ids=HELD)
def test_an_order_that_was_begun_stays_with_its_job(place, tried, seen, found):
    place.admit(place.apply("a", uid="a"), tried)
    place.apply("a", uid="a", **seen)
    second = place.apply("b", uid="b")
    assert place.id_of(second) == place.world.hub.job_id("b")
    assert (place.holder(second).active, place.holder(second).succeeded) == found


def test_an_order_of_a_job_that_was_deleted_before_it_began_is_free_again(place):
    place.admit(place.apply("a", uid="a"))
    place.apply("a", uid="a", deleting=True)
    again = place.apply("b", uid="b")
    assert place.id_of(again) == ORDER_ID
    assert place.holder(again) is None
    assert terms_of(place.world, again, ORDER_ID) is None, "its terms are written anew"
    place.admit(again)
    assert terms_of(place.world, again, ORDER_ID).uid == "b"


def submitted(order, *, limit_ms=None, **changes):
    """Have an attempt of an ordered job submitted; returns what Ray was given."""
    given = []

    class Ray:
        async def submit(self, key, submission):
            given.append(submission)

    world = SimpleNamespace(cache=Cache(), ray=Ray())
    known = facts(references=references(order=order), record=record(), **changes)
    asyncio.run(_carry_out(world, known, SubmitAttempt(attempt(), limit_ms)))
    return given


@pytest.mark.parametrize(("limit_ms", "seconds"), [(12_500, 12.5), (None, None)])
def test_the_runner_is_told_how_long_it_may_run(limit_ms, seconds):
    (submission,) = submitted(signed(), limit_ms=limit_ms)
    with zipfile.ZipFile(io.BytesIO(submission.package)) as package:
        assert json.loads(package.read("attempt.json"))["limit_seconds"] == seconds


def test_what_is_submitted_is_what_was_ordered():
    assert len(submitted(signed())) == 1
    with pytest.raises(LookupError, match="signed for something else"):
        submitted(signed(build_order(aijob(parallelism=3))))


def test_a_job_of_another_namespace_is_told_nothing_but_that_the_order_is_used(place):
    place.admit(place.apply("secret", uid="a", namespace="other"), {"ended_ms": NOW, "outcome": Outcome.SUCCEEDED})
    found = place.holder(place.apply("b", uid="b"))
    assert (found.name, found.active, found.succeeded) == ("a job of another namespace", False, False)
