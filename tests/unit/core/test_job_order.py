"""Which jobs run on a credit line by their order, or without one; and what the others are told."""

from dataclasses import replace

import pytest

from hansa_operator.core.job.life import decide_job
from hansa_operator.core.order.signed_order import OrderObjection
from hansa_operator.ports.ledger import Outcome
from tests.builders import NOW, after, aijob, attempt, credit, facts, placed, product, record, references, running, twin
from tests.ordered import CUSTOMER_KEY, EXPIRES, SIGNER, STRANGER, build_order, signed
from tests.unit.core.statuses import said, told

LINE = credit(order_signer=SIGNER)


def decide(order=None, *, line=LINE, **changes):
    return decide_job(facts(references=references(credit=line, order=order), **changes))


def test_an_ordered_job_runs_and_its_order_is_kept_with_its_terms():
    decision = decide(signed())
    assert told(decision.status)["Placed"] == "True/Bound"
    terms = decision.records[0]
    order = signed()
    assert (terms.order.nonce, terms.order.expires_at, terms.order.max_amount) == (5, EXPIRES, 10_000_000)
    assert terms.order.signature == "0x" + order.signature.hex()
    assert terms.order.spec_digest == "0x" + order.order.spec_digest.hex()
    assert terms.until_ms == EXPIRES * 1000


def test_a_job_without_an_order_runs_where_none_is_asked_for():
    decision = decide(line=credit())
    assert told(decision.status)["Placed"] == "True/Bound"
    assert decision.records[0].order is None


def test_without_an_order_signer_an_order_is_one_that_the_customer_signed():
    assert told(decide(signed(key=CUSTOMER_KEY), line=credit()).status)["Placed"] == "True/Bound"
    refused = decide(signed(), line=credit())
    assert told(refused.status)["Stalled"] == "True/OrderInvalid"
    assert "the customer, as the line has no signer" in said(refused.status, "Stalled")


REFUSED = {
    "no order": (None, {}, "OrderMissing", "need an order"),
    "the customer's signature where the line names a signer": (
        signed(key=CUSTOMER_KEY),
        {},
        "OrderInvalid",
        f"not signed by {SIGNER}, the credit line's order signer",
    ),
    "another customer": (signed(build_order(customer=STRANGER)), {}, "OrderInvalid", f"for customer {STRANGER}"),
    "another vault": (signed(build_order(vault=STRANGER)), {}, "OrderInvalid", f"in vault {STRANGER}"),
    "a service that the job does not use": (signed(build_order(service=7)), {}, "OrderInvalid", "service 7"),
    "the last moment": (signed(), {"now_ms": EXPIRES * 1000}, "OrderExpired", "good until 2023-11-14T22:23:20Z"),
    "less than the budget": (
        signed(build_order(max_amount=9_999_999)),
        {},
        "OrderInvalid",
        "maxAmount 9.999999 USD is below budget.maxAmount 10 USD",
    ),
    "an order of another hub": (OrderObjection("OrderInvalid", "of another hub"), {}, "OrderInvalid", "another hub"),
}


@pytest.mark.parametrize(("order", "changes", "reason", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_ordered_as_it_should_be_takes_nothing(order, changes, reason, message):
    decision = decide(order, **changes)
    assert told(decision.status) == {"Admitted": f"False/{reason}", "Stalled": f"True/{reason}"}
    assert message in said(decision.status, "Stalled")
    assert (decision.records, decision.reserved, decision.queued) == ((), None, None)
    assert decision.wake_ms is not None, "the line may name another signer by then"


@pytest.mark.parametrize("order", [order for order, _, reason, _ in REFUSED.values() if reason == "OrderInvalid"])
def test_whoever_is_refused_is_told_to_sign_anew(order):
    if not isinstance(order, OrderObjection):
        assert "hansa order sign" in said(decide(order).status, "Stalled")


def test_an_order_for_a_product_is_for_its_version():
    uses = references(credit=LINE, product=product(service_id=7), order=signed(build_order(service=7)))
    assert told(decide_job(facts(references=uses)).status)["Placed"] == "True/Bound"
    other = replace(uses, product=product(service_id=8))
    assert told(decide_job(facts(references=other)).status)["Stalled"] == "True/OrderInvalid"


def test_a_job_is_not_refused_while_its_line_is_not_known():
    decision = decide(line=credit(ready=False, message="the chain does not answer"))
    assert told(decision.status) == {"Reconciling": "True/Admitting"}


def held(**changes):
    return references(credit=LINE, order=signed(), holder=twin(**changes))


def test_an_order_that_another_job_has_completed_by_runs_nothing_more():
    decision = decide_job(facts(references=held(succeeded=True), now_ms=EXPIRES * 2_000))
    assert told(decision.status)["Complete"] == "True/AlreadyCompleted"
    assert "job earlier with this order" in said(decision.status, "Complete")
    assert decision.records == ()


def test_an_order_that_another_job_runs_by_is_waited_for_and_then_used_up():
    waiting = facts(references=held(active=True))
    decision = decide_job(waiting)
    assert told(decision.status) == {"Placed": "False/Queued"}
    failed = decide_job(after(waiting, decision, references=held()))
    assert told(failed.status) == {"Admitted": "False/OrderUsed", "Stalled": "True/OrderUsed"}
    assert "an order is good for one job" in said(failed.status, "Stalled")
    assert failed.records == ()


def going(order, line=LINE, **changes):
    """Return the facts of a job that runs by this order, after these changes."""
    known = running(references=references(credit=line, order=order))
    return replace(known, **changes)


def test_a_job_is_stopped_when_its_order_ends_and_has_failed_then():
    known = going(signed(), now_ms=EXPIRES * 1000)
    stopped = decide_job(known)
    assert stopped.records[0].stop_reason == "OrderExpired"
    gone = replace(stopped.records[0], ended_ms=known.now_ms, outcome=Outcome.STOPPED)
    ended = decide_job(replace(after(known, stopped), attempts=(gone,)))
    assert told(ended.status)["Failed"] == "True/OrderExpired"
    assert told(ended.status)["Settled"]


def test_a_running_job_is_looked_at_when_its_order_ends():
    known = going(signed(), now_ms=EXPIRES * 1000 - 1_700)
    assert decide_job(known).wake_ms == EXPIRES * 1000


def test_a_retry_after_the_end_of_the_order_fails_the_job():
    lost = attempt(ended_ms=NOW, outcome=Outcome.LOST)
    known = facts(
        job=aijob(scheduling={"retries": 3}),
        record=record(),
        attempts=(lost,),
        references=references(credit=LINE, order=signed()),
        now_ms=EXPIRES * 1000,
    )
    assert told(decide_job(known).status)["Failed"] == "True/OrderExpired"


NO_LONGER = {
    "another signer": (signed(), credit(order_signer=STRANGER), "OrderInvalid"),
    "no signer any more": (signed(), credit(), "OrderInvalid"),
    "a first signer": (None, LINE, "OrderMissing"),
}


@pytest.mark.parametrize(("order", "line", "reason"), NO_LONGER.values(), ids=NO_LONGER)
def test_a_running_job_ends_when_its_line_asks_for_other_orders(order, line, reason):
    known = going(order, LINE if order is not None else credit())
    assert told(decide_job(known).status)["Running"] == "True/Started"
    changed = replace(known, references=replace(known.references, credit=line))
    assert decide_job(changed).records[0].stop_reason == reason
    unknown = replace(known, references=replace(known.references, credit=replace(line, ready=False)))
    assert decide_job(unknown).records == (), "nobody knows what the line asks for"


def test_a_running_job_is_held_to_the_service_that_it_was_admitted_with():
    uses = references(credit=LINE, product=product(service_id=7), order=signed(build_order(service=7)))
    known = placed(references=uses)
    gone = replace(known, references=replace(uses, product=None))
    assert decide_job(gone).records == ()


def test_ids_that_a_customer_could_make_begin_alike_name_two_submissions():
    alike = ("0x" + "ab" * 15 + end + "00" * 16 for end in ("cd", "ce"))
    assert len({decide(signed(), job_id=job_id).records[1].submission_id for job_id in alike}) == 2
