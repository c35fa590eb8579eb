"""Placement: who gets an admitted job, and what is written down about it."""

from dataclasses import replace

import pytest

from hansa_operator.core.job.life import decide_job
from hansa_operator.ports.ledger import AttemptRecord, JobRecord, Outcome
from tests.builders import NOW, PRICE, after, aijob, attempt, credit, facts, offer, record, references
from tests.metered import AGENT, CUSTOMER, JOB_ID, PROVIDER, VAULT
from tests.unit.core.statuses import said, told


def decide(*offers, **changes):
    return decide_job(facts(offers=offers, **changes))


def taken_by(decision):
    return [one.provider for one in decision.records if isinstance(one, AttemptRecord)]


def test_the_terms_are_written_before_the_attempt():
    terms, made = decide(offer()).records
    assert terms == JobRecord(JOB_ID, "lab", "train", "u1", CUSTOMER, VAULT, 0, "", 0, 10_000_000, "", "", "")
    assert made == AttemptRecord(
        job_id=JOB_ID,
        attempt=0,
        submission_id="abababababababababababababababab-0",
        namespace="lab",
        provider="berlin",
        provider_address=PROVIDER,
        receipt_key=AGENT,
        unit_price=PRICE,
        gpu_model="L4",
        workers=2,
        gpus_per_worker=1,
        placed_ms=NOW,
    )


def test_the_cheapest_with_room_gets_the_job():
    dear, cheap, busy = offer("lagos", unit_price=9), offer("quito", unit_price=8), offer(unit_price=7, free_gpus=1)
    assert taken_by(decide(dear, cheap, busy)) == ["quito"]


@pytest.mark.parametrize("secret", [b"one", b"two", b"three"])
def test_a_tie_is_broken_the_same_way_however_offers_are_ordered(secret):
    tied = [offer(name) for name in ("accra", "berlin", "lagos", "quito")]
    assert taken_by(decide(*tied, tie_secret=secret)) == taken_by(decide(*tied[::-1], tie_secret=secret))


def test_a_dearer_provider_reserves_what_it_costs_and_the_quote_is_for_it():
    decision = decide(offer(free_gpus=0), offer("lagos", unit_price=3 * PRICE))
    assert taken_by(decision) == ["lagos"]
    assert decision.reserved == 120_000
    assert said(decision.status, "Admitted") == "0.12 USD an epoch is reserved on the credit line"
    assert (decision.status.quote.provider, decision.status.quote.unit_price) == ("lagos", "21.6")


TOO_DEAR = {
    "for the credit line": {"references": references(credit=credit(usable=119_999))},
    "for the budget until the deadline": {
        "job": aijob(budget={"maxAmount": "1"}, scheduling={"activeDeadlineSeconds": 100})
    },
}


@pytest.mark.parametrize("changes", TOO_DEAR.values(), ids=TOO_DEAR)
def test_a_provider_that_is_too_dear_does_not_get_the_job_while_the_cheap_one_is_busy(changes):
    decision = decide(offer(free_gpus=0), offer("lagos", unit_price=3 * PRICE), **changes)
    assert told(decision.status)["Placed"] == "False/Queued"
    assert taken_by(decision) == []
    assert decision.reserved == 40_000
    assert decision.queued.max_unit_price == PRICE, "nobody keeps the dear one free for it"


WAITING = {
    "every provider is busy": ((offer(free_gpus=1),), {}, "Queued"),
    "its namespace has all its workers": ((offer(free_workers=1),), {}, "Queued"),
    "others are ahead": ((offer(),), {"my_turn": False}, "Queued"),
    "no bond covers it now": ((offer(bond=50_000, exposure=20_000),), {}, "BondExposureFull"),
}


@pytest.mark.parametrize(("offers", "changes", "reason"), WAITING.values(), ids=WAITING)
def test_a_job_that_must_wait_keeps_its_reservation_and_its_place(offers, changes, reason):
    known = facts(offers=offers, **changes)
    decision = decide_job(known)
    assert told(decision.status) == {"Admitted": "True/QuotaReserved", "Placed": f"False/{reason}"}
    assert (decision.status.phase, decision.reserved, decision.finalizer) == ("Queued", 40_000, None)
    assert [type(one) for one in decision.records] == [JobRecord]
    assert (decision.queued.workers, decision.queued.epoch_ms) == (2, 10_000)
    assert decision.wake_ms == NOW + 60_000, "capacity may come without anybody's telling"
    assert decide_job(after(known, decision)).records == (), "the terms are written once"


def test_a_bond_that_is_full_at_one_provider_sends_the_job_to_the_next():
    assert taken_by(decide(offer(bond=50_000, exposure=20_000), offer("lagos", unit_price=PRICE + 1))) == ["lagos"]


def test_attempts_number_on_however_many_there_were():
    ended = [attempt(attempt=number, ended_ms=NOW, outcome=Outcome.STOPPED) for number in (1, 10, 1_000, 2)]
    (made,) = decide(offer(), record=record(), attempts=tuple(ended)).records
    assert (made.attempt, made.submission_id) == (1_001, "abababababababababababababababab-1001")


def test_an_open_attempt_is_found_wherever_the_ledger_lists_it():
    listed = (attempt(attempt=1_000), attempt(attempt=999, ended_ms=NOW, outcome=Outcome.STOPPED))
    assert facts(attempts=listed).open_attempt == listed[0]
    assert replace(facts(), attempts=listed).last_attempt == listed[0]
