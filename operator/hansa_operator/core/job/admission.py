"""From applied to admitted: references, product, credit line, order, twin; then what it may cost, and where it runs.

A chain of checks; the first that objects says why, and what to do. Nothing here is final but what `_verdict` says:
a job that waits is decided again whenever something it waits for changes.
"""

from dataclasses import replace

from hansa_operator.core.clock import parse_rfc3339
from hansa_operator.core.job.duration import active_ms
from hansa_operator.core.job.facts import JobDecision, JobFacts
from hansa_operator.core.job.finish import conclude
from hansa_operator.core.job.money import RETRY_MS, decide_money
from hansa_operator.core.job.order import decide_order
from hansa_operator.core.job.status import KEPT_ATTEMPTS, Draft, is_over
from hansa_operator.core.job.twin import follow_twin
from hansa_operator.core.job.unsupported import find_unsupported
from hansa_operator.ports.ledger import Outcome

REFERENCE_GRACE_MS = 120_000
FINAL_STOPS = ("DeadlineExceeded", "BudgetExhausted", "OrderExpired")


def decide_waiting(facts: JobFacts) -> JobDecision:
    """Decide about a job that holds no capacity."""
    draft = Draft.of(facts)
    for attempt in facts.attempts[-1 - KEPT_ATTEMPTS :]:
        draft = draft.attempt(attempt)
    decision = _verdict(draft) or _wait(draft)
    start_by = _start_by(facts)
    if facts.attempts or start_by is None or is_over(decision.status):
        return decision
    return replace(decision, wake_ms=min(start_by, decision.wake_ms or start_by))


def _wait(draft: Draft) -> JobDecision:
    # What was said of an earlier wait or attempt holds no longer: what holds now is said anew.
    draft = draft.without("Admitted", "Placed", "Running", "Reconciling", "Stalled")
    for check in (_suspended, _references, _supported, _line, decide_order, _twin):
        decision = check(draft)
        if decision is not None:
            return decision
    return decide_money(draft)


def _start_by(facts: JobFacts) -> int | None:
    """Return when (unix ms) a job that was never placed is given up, or None for never."""
    limit = facts.job.spec.start_deadline_seconds
    return None if limit is None else _created_ms(facts) + limit * 1000


def _created_ms(facts: JobFacts) -> int:
    created = facts.job.metadata.creation_timestamp
    return parse_rfc3339(created) if created else facts.now_ms


def _verdict(draft: Draft) -> JobDecision | None:
    facts = draft.facts
    last, limit = facts.last_attempt, facts.job.spec.active_deadline_seconds
    retries = facts.job.spec.retries
    if last is not None and last.outcome is Outcome.SUCCEEDED:
        result = f"attempt {last.attempt} succeeded on provider {last.provider}"
        return conclude(draft, "Complete", "Succeeded", result)
    if last is not None and last.stop_reason in FINAL_STOPS:
        return conclude(draft, "Failed", last.stop_reason, last.message)
    if facts.failures > retries:
        why = last.message if last is not None else ""
        return conclude(
            draft, "Failed", "RetriesExhausted", f"{facts.failures} of {retries + 1} attempts failed: {why}"
        )
    if limit is not None and active_ms(facts) >= limit * 1000:
        return conclude(draft, "Failed", "DeadlineExceeded", f"the job ran for activeDeadlineSeconds ({limit} s)")
    start_by = _start_by(facts)
    if not facts.attempts and start_by is not None and facts.now_ms >= start_by:
        text = f"the job did not start within startDeadlineSeconds ({facts.job.spec.start_deadline_seconds} s)"
        return conclude(draft, "Failed", "DeadlineExceeded", text)
    return None


def _suspended(draft: Draft) -> JobDecision | None:
    if not draft.facts.job.spec.suspend:
        return None
    message = "spec.suspend is true: set it to false to run the job"
    for kind in ("Admitted", "Placed", "Running"):
        draft = draft.condition(kind, False, "Suspended", message)
    return JobDecision(draft.finish(), finalizer=False)


def _references(draft: Draft) -> JobDecision | None:
    facts = draft.facts
    missing = facts.references.missing
    if not missing:
        return None
    names = ", ".join(missing)
    # Not everything that is waited for can be watched (ConfigMaps), so it is looked for again.
    again = facts.now_ms + RETRY_MS
    if facts.now_ms < _created_ms(facts) + REFERENCE_GRACE_MS:
        draft = draft.condition(
            "Reconciling", True, "WaitingForReference", f"waiting for {names}: apply it, or correct the name"
        )
        return JobDecision(draft.finish(), wake_ms=again)
    message = f"not found: {names}. Create it, or correct the name; the job goes on by itself once it is there"
    return JobDecision(draft.stalled("ReferenceNotFound", message).finish(), wake_ms=again)


def _supported(draft: Draft) -> JobDecision | None:
    facts = draft.facts
    product = facts.references.product
    if not facts.references.namespace_allowed:
        message = (
            f"pool {facts.job.spec.pool_ref.name} does not admit namespace {facts.job.metadata.namespace}: "
            "an admin must label the namespace as the pool's spec.allowedNamespaces asks"
        )
        return JobDecision(draft.refused("PoolNotAllowed", message).finish())
    if product is not None and product.service_id is None:
        message = "the AIService is not published on chain yet: its publisher must publish this version first"
        return JobDecision(draft.stalled("ServiceNotPublished", message).finish(), wake_ms=facts.now_ms + RETRY_MS)
    if product is not None and not product.digest_matches:
        message = "serviceRef.digest is not the content digest of this AIService: use the one in its spec.contentDigest"
        return JobDecision(draft.stalled("ServiceDigestMismatch", message).finish())
    objection = find_unsupported(facts)
    return JobDecision(draft.stalled(*objection).finish()) if objection is not None else None


def _line(draft: Draft) -> JobDecision | None:
    credit = draft.facts.references.credit
    if credit is not None and credit.ready:
        return None
    why = credit.message if credit is not None else "its credit line was not checked yet"
    if credit is not None and credit.stalled:
        decision = JobDecision(draft.stalled("CreditLineStalled", f"the credit line cannot be used: {why}").finish())
        return replace(decision, wake_ms=draft.facts.now_ms + RETRY_MS)
    draft = draft.condition("Reconciling", True, "Admitting", f"waiting for the credit line: {why}")
    return JobDecision(draft.finish(), wake_ms=draft.facts.now_ms + RETRY_MS)


def _twin(draft: Draft) -> JobDecision | None:
    twin = draft.facts.references.twin
    if twin is None or draft.facts.attempts:
        return None
    return follow_twin(draft, twin, "idempotencyKey")
