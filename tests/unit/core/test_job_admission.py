"""From applied to admitted: what stands in a job's way, in which order, and what to do about it."""

from dataclasses import replace

import pytest

from hansa_operator.core.clock import rfc3339
from hansa_operator.core.job.life import decide_job
from hansa_operator.ports.ledger import Outcome
from tests.builders import NOW, after, aijob, attempt, credit, facts, offer, placed, pool, product, record, references
from tests.builders import twin as build_twin
from tests.unit.core.statuses import said, since, told


def decide(**changes):
    return decide_job(facts(**changes))


def referring(**changes):
    return decide(references=references(**changes))


def test_a_job_that_has_all_it_needs_is_admitted_and_placed_at_once():
    decision = decide()
    assert told(decision.status) == {
        "Admitted": "True/QuotaReserved",
        "Placed": "True/Bound",
        "Running": "False/ClusterStarting",
        "Settled": "False/Pending",
    }
    assert decision.status.phase == "Starting"
    assert (decision.finalizer, decision.reserved) == (True, 40_000)
    assert said(decision.status, "Admitted") == "0.04 USD an epoch is reserved on the credit line"


def test_what_is_missing_is_waited_for_and_asked_for_after_two_minutes():
    missing = references(missing=("CreditLine line", "ConfigMap code"), credit=None)
    first = facts(references=missing)
    waiting = decide_job(first)
    assert told(waiting.status) == {"Reconciling": "True/WaitingForReference"}
    assert (waiting.status.phase, waiting.wake_ms) == ("Pending", NOW + 5_000)
    last = after(first, waiting, now_ms=NOW + 119_999)
    assert decide_job(last).status == waiting.status
    stalled = decide_job(after(first, waiting, now_ms=NOW + 120_000))
    assert told(stalled.status) == {"Stalled": "True/ReferenceNotFound"}
    assert "CreditLine line, ConfigMap code" in said(stalled.status, "Stalled")
    recovered = decide_job(after(last, stalled, references=references()))
    assert told(recovered.status)["Placed"] == "True/Bound"
    assert "Stalled" not in told(recovered.status)


STALLED = {
    "a pool that does not admit the namespace": (
        {"namespace_allowed": False},
        {"Admitted": "False/PoolNotAllowed", "Stalled": "True/PoolNotAllowed"},
        "namespace lab",
    ),
    "a product that is not published": (
        {"product": product(service_id=None)},
        {"Stalled": "True/ServiceNotPublished"},
        "publish this version first",
    ),
    "a product with another content": (
        {"product": product(digest_matches=False)},
        {"Stalled": "True/ServiceDigestMismatch"},
        "use the one in its spec.contentDigest",
    ),
}


@pytest.mark.parametrize(("changes", "conditions", "remedy"), STALLED.values(), ids=STALLED)
def test_a_reference_that_does_not_fit_stalls_the_job_with_a_remedy(changes, conditions, remedy):
    decision = referring(**changes)
    assert told(decision.status) == conditions
    assert remedy in said(decision.status, "Stalled")
    assert decision.status.phase == "Stalled"
    assert (decision.records, decision.reserved) == ((), None)


UNSUPPORTED = {
    "images": ({"entrypoint": ["x"], "source": {"image": "repo/train:1"}}, "ImageUnsupported"),
    "secrets": (
        {"entrypoint": ["x"], "env": [{"name": "A", "secretKeyRef": {"name": "s", "key": "k"}}]},
        "SecretAccessDenied",
    ),
}


@pytest.mark.parametrize(("workload", "reason"), UNSUPPORTED.values(), ids=UNSUPPORTED)
def test_what_a_local_pool_cannot_do_stalls_the_job_and_not_elsewhere(workload, reason):
    job = aijob(workload=workload)
    assert told(decide(job=job).status) == {"Stalled": f"True/{reason}"}
    elsewhere = references(pool=pool(backend="KubeRay"))
    assert told(decide(job=job, references=elsewhere).status)["Placed"] == "True/Bound"


@pytest.mark.parametrize("line", [None, credit(ready=False, message="the notice runs")])
def test_a_line_that_is_not_ready_is_waited_for(line):
    decision = referring(credit=line)
    assert told(decision.status) == {"Reconciling": "True/Admitting"}
    assert decision.wake_ms == NOW + 5_000


def test_the_first_thing_in_the_way_is_told():
    everything = {
        "missing": ("CreditLine line",),
        "namespace_allowed": False,
        "product": product(service_id=None),
        "credit": credit(ready=False, usable=0),
        "twin": build_twin(active=True),
    }
    remedies = [
        ({}, "WaitingForReference"),
        ({"missing": ()}, "PoolNotAllowed"),
        ({"namespace_allowed": True}, "ServiceNotPublished"),
        ({"product": None}, "Admitting"),
        ({"credit": credit(usable=0)}, "Queued"),
        ({"twin": None}, "NoEligibleProvider"),
    ]
    for remedy, reason in remedies:
        everything |= remedy
        decision = decide(references=references(**everything), offers=())
        assert reason in {one.reason for one in decision.status.conditions}
    assert told(referring(**everything).status) == {"Admitted": "False/CreditExhausted"}


def test_work_that_is_done_is_not_done_or_charged_again():
    decision = referring(twin=build_twin(succeeded=True))
    assert told(decision.status) == {
        "Placed": "False/Finished",
        "Running": "False/AlreadyCompleted",
        "Complete": "True/AlreadyCompleted",
        "Settled": "True/NothingToSettle",
    }
    assert decision.records == ()


def test_work_that_another_job_is_doing_is_waited_for():
    known = facts(references=references(missing=("CreditLine line",)), now_ms=NOW + 120_000)
    stalled = after(known, decide_job(known), references=references(twin=build_twin(active=True)))
    waiting = decide_job(stalled)
    assert told(waiting.status) == {"Placed": "False/Queued"}, "nothing is missing any more"
    failed = after(stalled, waiting, references=references(twin=build_twin()))
    assert told(decide_job(failed).status)["Placed"] == "True/Bound"


def test_a_job_that_runs_is_no_twin_of_one_that_came_later():
    retried = facts(
        job=aijob(scheduling={"retries": 1}),
        record=record(),
        attempts=(attempt(ended_ms=NOW, outcome=Outcome.LOST),),
        references=references(twin=build_twin(succeeded=True)),
    )
    assert told(decide_job(retried).status)["Placed"] == "True/Bound"


def test_a_job_that_is_suspended_from_the_start_takes_nothing():
    decision = decide(job=aijob(suspend=True))
    assert told(decision.status) == dict.fromkeys(("Admitted", "Placed", "Running"), "False/Suspended")
    assert (decision.status.phase, decision.records, decision.finalizer) == ("Suspended", (), False)


NEVER_PLACED = {
    "it queues": {"offers": (offer(free_gpus=0),)},
    "it is suspended": {"job": aijob(suspend=True, scheduling={"startDeadlineSeconds": 30})},
    "it is not admitted": {"references": references(namespace_allowed=False)},
    "it waits for its line": {"references": references(credit=None)},
}


@pytest.mark.parametrize("changes", NEVER_PLACED.values(), ids=NEVER_PLACED)
def test_a_job_that_is_not_placed_in_time_fails_and_is_looked_at_then(changes):
    waiting = facts(**{"job": aijob(scheduling={"startDeadlineSeconds": 30}), **changes})
    decision = decide_job(waiting)
    assert decision.wake_ms is not None
    assert decision.wake_ms <= NOW + 30_000
    late = after(waiting, decision, now_ms=NOW + 30_000)
    failed = decide_job(late)
    assert told(failed.status)["Failed"] == "True/DeadlineExceeded"
    assert "did not start within startDeadlineSeconds (30 s)" in said(failed.status, "Failed")
    assert failed.wake_ms is None


def test_a_job_that_was_placed_in_time_may_be_placed_again_later():
    before = placed(job=aijob(scheduling={"startDeadlineSeconds": 30, "retries": 1}))
    lost = replace(before.open_attempt, ended_ms=NOW + 40_000, outcome=Outcome.LOST)
    again = decide_job(replace(before.with_attempt(lost), now_ms=NOW + 40_000))
    assert told(again.status)["Placed"] == "True/Bound"


def test_a_condition_keeps_its_time_until_its_status_changes():
    queued = facts(offers=(offer(free_gpus=0),))
    later = after(queued, decide_job(queued), now_ms=NOW + 9_000, offers=(offer(free_gpus=0, schedulable=False),))
    waiting = decide_job(later)
    assert since(waiting.status, "Placed") == rfc3339(NOW), "it was False all the time"
    bound = decide_job(after(later, waiting, now_ms=NOW + 12_000, offers=(offer(),)))
    assert since(bound.status, "Placed") == rfc3339(NOW + 12_000)


def test_a_credit_line_that_needs_somebody_stalls_its_jobs_with_what_to_do():
    line = credit(ready=False, stalled=True, message="delete one of the two")
    decision = decide_job(facts(references=references(credit=line)))
    assert told(decision.status) == {"Stalled": "True/CreditLineStalled"}
    assert said(decision.status, "Stalled") == "the credit line cannot be used: delete one of the two"
    assert decision.wake_ms is not None
    mended = decide_job(after(facts(), decision, references=references()))
    assert "Stalled" not in told(mended.status)
