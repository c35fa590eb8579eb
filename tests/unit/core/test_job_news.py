"""What a job's Events tell of its life, and that they tell it once."""

from dataclasses import replace

import pytest

from hansa_operator.api.aijob import AIJobStatus
from hansa_operator.core.job.end import BLIND_MS
from hansa_operator.core.job.facts import JobFacts
from hansa_operator.core.job.life import decide_job
from hansa_operator.ports.ledger import EntryState
from hansa_operator.ports.ray import ClusterPhase, RayJobState
from tests.builders import (
    NOW,
    account,
    after,
    aijob,
    cluster,
    credit,
    entry,
    facts,
    offer,
    placed,
    ray,
    receipt,
    references,
    running,
)

ENDED = NOW + 1_000
FAILED = ray(RayJobState.FAILED, end_ms=ENDED, message="no such file")
Told = list[tuple[str, str, bool]]


def news(known: JobFacts) -> Told:
    """Return the Events of the next transition; deciding again on what it leads to brings none."""
    decision = decide_job(known)
    seen = {} if known.cluster is not None else {"cluster": cluster(ClusterPhase.ABSENT)}
    assert decide_job(after(known, decision, **seen)).notices == ()
    return [(one.reason, one.message, one.warning) for one in decision.notices]


def test_a_life_that_goes_well_is_told_from_admission_to_settlement() -> None:
    applied = facts()
    assert news(applied) == [
        ("Admitted", "at most 10 USD on berlin; 0.04 USD an epoch is reserved on the credit line", False),
        ("Placed", "attempt 0 is placed on provider berlin at 7.2 USD per GPU-hour", False),
    ]
    starting = replace(placed(), cluster=cluster(), ray=ray())
    assert news(starting) == [("Started", "attempt 0 runs on berlin", False)]
    ending = running(ray=ray(RayJobState.SUCCEEDED, end_ms=ENDED), receipts=(receipt(outcome=1),), now_ms=ENDED)
    assert news(ending) == [
        ("AttemptEnded", "attempt 0 on provider berlin ended as Succeeded", False),
        ("Completed", "Succeeded: attempt 0 succeeded on provider berlin", False),
    ]
    sealed = after(ending, decide_job(ending), cluster=None, ray=None, account=account(entry()))
    assert news(sealed) == []
    paid = after(sealed, decide_job(sealed), account=account(entry(state=EntryState.FINALIZED)))
    assert news(paid) == [("Settled", "all 1 slice(s) are paid: 0.004 USD", False)]


def test_an_attempt_that_failed_and_the_next_one_are_told_in_one_transition() -> None:
    job = aijob(running().status, scheduling={"retries": 1})
    known = running(job=job, ray=FAILED, receipts=(receipt(outcome=2),), now_ms=ENDED)
    assert news(known) == [
        ("AttemptEnded", "attempt 0 on provider berlin ended as Failed: no such file", True),
        ("Placed", "attempt 1 is placed on provider berlin at 7.2 USD per GPU-hour", False),
    ]


def test_a_failure_for_good_says_why() -> None:
    known = running(ray=FAILED, receipts=(receipt(outcome=2),), now_ms=ENDED)
    assert news(known)[-1] == ("Failed", "RetriesExhausted: 1 of 1 attempts failed: no such file", True)


@pytest.mark.parametrize(
    ("known", "reason", "warning"),
    [
        pytest.param(facts(my_turn=False), "Queued", False, id="its turn"),
        pytest.param(facts(offers=(offer(exposure=10**12),)), "BondExposureFull", False, id="bond"),
        pytest.param(facts(offers=()), "NoEligibleProvider", True, id="a provider"),
        pytest.param(facts(references=references(credit=credit(usable=1))), "CreditExhausted", True, id="money"),
        pytest.param(facts(references=references(namespace_allowed=False)), "PoolNotAllowed", True, id="a person"),
    ],
)
def test_what_a_job_waits_for_is_told(known: JobFacts, reason: str, warning: bool) -> None:
    told = [(what, alarming) for what, _, alarming in news(known)]
    assert told[-1] == (reason, warning)


def test_losing_sight_is_a_warning_and_regaining_it_is_no_news() -> None:
    known = replace(running(), cluster=cluster(ClusterPhase.UNKNOWN), ray=None)
    assert [(reason, warning) for reason, _, warning in news(known)] == [("Unobservable", True)]
    blind = after(known, decide_job(known), cluster=cluster(), ray=ray(), now_ms=NOW + BLIND_MS // 2)
    assert news(blind) == []


def test_a_restart_tells_nothing_again() -> None:
    known = running()
    again = replace(known, job=aijob(AIJobStatus.model_validate(known.status.manifest())), listening_ms=ENDED)
    assert news(again) == []


def test_the_reason_shown_goes_with_what_matters_most() -> None:
    assert decide_job(facts(my_turn=False)).status.reason == "Queued"
    assert placed().status.reason == "ClusterStarting"
    assert running().status.reason == "Started"
    refused = facts(references=references(namespace_allowed=False))
    assert decide_job(refused).status.reason == "PoolNotAllowed"
    ended = running(ray=FAILED, receipts=(receipt(outcome=2),), now_ms=ENDED)
    assert decide_job(ended).status.reason == "RetriesExhausted"
