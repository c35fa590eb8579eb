"""Placement: give an admitted job to a provider, or tell why it waits."""

from dataclasses import replace

from hansa_operator.core.job.ask import Ask
from hansa_operator.core.job.facts import JobDecision, JobFacts
from hansa_operator.core.job.status import Draft
from hansa_operator.core.job.unstarted import prefer_others
from hansa_operator.core.market.offers import Need, Offer, choose_offer, has_room, within_bond
from hansa_operator.core.order.record import keep_order
from hansa_operator.core.order.signed_order import SignedOrder
from hansa_operator.ports.ledger import AttemptRecord, JobRecord

ID_DIGITS = 32
"""Of a job id in a submission id: who signs orders chooses ids, and must not find two that begin alike."""
LOOK_AGAIN_MS = 60_000
"""When a job looks again for capacity that nobody tells it of, such as GPUs that were added to a provider."""


def place(draft: Draft, ask: Ask, offers: tuple[Offer, ...]) -> JobDecision:
    """Open the next attempt on the cheapest of these offers that has room and bond; `offers` rise in price."""
    facts = draft.facts
    roomy = [offer for offer in offers if has_room(offer, ask.need)]
    if not roomy or not facts.my_turn:
        message = "every eligible provider is busy, or others are ahead: the job starts when capacity is free"
        return _wait(draft, ask, offers, "Queued", message)
    bonded = [offer for offer in roomy if within_bond(offer, ask.need)]
    chosen = choose_offer(prefer_others(facts, bonded), ask.need, facts.tie_secret)
    if chosen is None:
        message = "the bonds of the eligible providers cover no more work until the next settlement"
        return _wait(draft, ask, offers, "BondExposureFull", message)
    return _bind(draft, ask, chosen)


def _wait(draft: Draft, ask: Ask, offers: tuple[Offer, ...], reason: str, message: str) -> JobDecision:
    """Keep the job in the queue for these offers: no others are held free for it."""
    draft = _admit(draft, ask, offers[0]).condition("Placed", False, reason, message)
    return JobDecision(
        draft.finish(),
        records=_terms(draft.facts, ask),
        wake_ms=draft.facts.now_ms + LOOK_AGAIN_MS,
        reserved=ask.reservation(offers[0]),
        queued=replace(ask.need, max_unit_price=offers[-1].unit_price),
    )


def _bind(draft: Draft, ask: Ask, offer: Offer) -> JobDecision:
    facts = draft.facts
    attempt = build_attempt(facts, offer, ask.need)
    cluster = f"{attempt.namespace}/{offer.provider}"
    bound = f"attempt {attempt.attempt} is bound to provider {offer.provider}"
    draft = _admit(draft, ask, offer).condition("Placed", True, "Bound", bound)
    draft = draft.condition("Running", False, "ClusterStarting", f"Ray cluster {cluster} is being made ready")
    draft = draft.condition("Settled", False, "Pending", "nothing is sealed yet").attempt(attempt)
    draft = draft.set(quote=ask.show(offer), logs={"uri": facts.logs_uri})
    return JobDecision(
        draft.finish(),
        records=(*_terms(facts, ask), attempt),
        finalizer=True,
        wake_ms=facts.now_ms,
        reserved=ask.reservation(offer),
    )


def _admit(draft: Draft, ask: Ask, offer: Offer) -> Draft:
    message = f"{ask.tell(ask.reservation(offer))} an epoch is reserved on the credit line"
    return draft.condition("Admitted", True, "QuotaReserved", message)


def _terms(facts: JobFacts, ask: Ask) -> tuple[JobRecord, ...]:
    return (build_job_record(facts, budget=ask.budget),) if facts.record is None else ()


def build_attempt(facts: JobFacts, offer: Offer, need: Need) -> AttemptRecord:
    """Return the next attempt's record on this offer; its submission id follows from job id and attempt."""
    last = facts.last_attempt
    number = last.attempt + 1 if last is not None else 0
    return AttemptRecord(
        job_id=facts.job_id,
        attempt=number,
        submission_id=f"{facts.job_id.removeprefix('0x')[:ID_DIGITS]}-{number}",
        namespace=facts.job.metadata.namespace or "",
        provider=offer.provider,
        provider_address=offer.address,
        receipt_key=offer.receipt_key,
        unit_price=offer.unit_price,
        gpu_model=offer.gpu_model,
        workers=need.workers,
        gpus_per_worker=need.gpus_per_worker,
        placed_ms=facts.now_ms,
    )


def build_job_record(facts: JobFacts, *, budget: int) -> JobRecord:
    """Return the terms of a job as they are when it is admitted; later changes of its references do not touch them."""
    credit, product = facts.references.credit, facts.references.product
    if credit is None:
        raise AssertionError("a job without a credit line is never admitted")
    ordered, deadline = facts.references.order, facts.job.spec.active_deadline_seconds
    return JobRecord(
        job_id=facts.job_id,
        namespace=facts.job.metadata.namespace or "",
        name=facts.job.metadata.name,
        uid=facts.job.metadata.uid or "",
        customer=credit.customer,
        vault=credit.vault,
        service=(product.service_id or 0) if product else 0,
        publisher=product.publisher if product else "",
        royalty_bps=product.royalty_bps if product else 0,
        max_amount=budget,
        digest=facts.references.job_digest,
        idempotency_key=facts.job.spec.idempotency_key or "",
        code_digest=facts.references.code_digest,
        order=keep_order(ordered.order, ordered.signature) if isinstance(ordered, SignedOrder) else None,
        active_deadline_ms=deadline * 1000 if deadline is not None else None,
    )
