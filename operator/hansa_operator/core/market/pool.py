"""ProviderPool: how large it is, and whether it can take jobs."""

from dataclasses import dataclass

from hansa_operator.api.provider_pool import PoolReason as Reason
from hansa_operator.api.provider_pool import ProviderPool, ProviderPoolStatus, Workers
from hansa_operator.core.conditions import find_condition
from hansa_operator.core.draft import StatusDraft
from hansa_operator.core.notices import Notice

WRITE_MS = 10_000
"""Counters are written at most that often."""

Draft = StatusDraft[ProviderPoolStatus]


@dataclass(frozen=True, slots=True)
class PoolMember:
    """Describe a provider that the pool selects: whether it is ready (None: that is not known), and its GPUs."""

    name: str
    ready: bool | None
    gpus: int


@dataclass(frozen=True, slots=True)
class PoolFacts:
    """Gather everything that the decision about one pool depends on.

    `backends` are those that this operator has; `workers` and `clusters` count what there is of all its providers;
    `last_write_ms` is when its status was last written (None: not since the operator started).
    """

    pool: ProviderPool
    now_ms: int
    hub_known: bool
    backends: frozenset[str]
    members: tuple[PoolMember, ...]
    workers: Workers
    clusters: int
    queued_jobs: int
    last_write_ms: int | None


@dataclass(frozen=True, slots=True)
class PoolDecision:
    """State the status, what to tell people, and when to look again (unix ms).

    With `keep` the status is as it was, because newer counters are not worth a write yet.
    """

    status: ProviderPoolStatus
    keep: bool = False
    notices: tuple[Notice, ...] = ()
    wake_ms: int | None = None


def decide_pool(facts: PoolFacts) -> PoolDecision:
    """Decide about a pool; deciding again on what it leads to changes nothing."""
    before = facts.pool.status or ProviderPoolStatus()
    draft = StatusDraft.of(before, facts.pool.metadata, facts.now_ms)
    draft = _progress(facts, _standing(facts, _count(facts, draft)))
    due = facts.now_ms if facts.last_write_ms is None else facts.last_write_ms + WRITE_MS
    if facts.now_ms < due and draft.status != before and not _is_urgent(before, draft.status):
        return PoolDecision(before, keep=True, wake_ms=due)
    return PoolDecision(draft.status, notices=draft.ready_news(), wake_ms=facts.now_ms + WRITE_MS)


def _count(facts: PoolFacts, draft: Draft) -> Draft:
    return draft.set(
        selector=f"hansa.dev/pool={facts.pool.metadata.name}",
        workers=facts.workers,
        clusters=facts.clusters,
        eligible_providers=len(_eligible(facts)),
        queued_jobs=facts.queued_jobs,
    )


def _eligible(facts: PoolFacts) -> list[PoolMember]:
    return [member for member in facts.members if member.ready and member.gpus > 0]


def _standing(facts: PoolFacts, draft: Draft) -> Draft:
    spec = facts.pool.spec
    if not facts.hub_known:
        message = f"Hub {spec.hub_ref.name} was not found: create it, or correct hubRef"
        return draft.stalled(Reason.INVALID_REFERENCE, message)
    if spec.backend not in facts.backends:
        have = ", ".join(sorted(facts.backends)) or "none"
        message = f"this operator has no backend {spec.backend} (it has: {have}): install it, or create another pool"
        return draft.stalled(Reason.BACKEND_MISSING, message)
    if not _eligible(facts):
        return _without_members(facts, draft)
    if facts.clusters == 0:
        return draft.ready(Reason.AT_ZERO, "nothing runs and nothing is kept: the first job starts a Ray cluster")
    return draft.ready(Reason.AVAILABLE, "Ray clusters are there, and jobs can be placed")


def _without_members(facts: PoolFacts, draft: Draft) -> Draft:
    """Say that nobody can take jobs, or that it is not known: after a restart members are out of sight for a moment."""
    known = find_condition(draft.before.conditions, "Ready")
    out_of_sight = any(member.ready is None for member in facts.members)
    if out_of_sight and known is not None and known.status != "False":
        return draft.unknown(Reason.NO_ELIGIBLE_PROVIDER, _nobody(facts))
    return draft.unready(Reason.NO_ELIGIBLE_PROVIDER, _nobody(facts))


def _nobody(facts: PoolFacts) -> str:
    if not facts.members:
        return "no Provider has the labels of spec.providerSelector: label one, or correct the selector"
    told = ", ".join(f"{one.name} ({'no GPUs' if one.ready else 'not ready'})" for one in facts.members[:8])
    return f"no selected provider can take jobs: {told}. Their Ready conditions say why: kubectl get providers"


def _progress(facts: PoolFacts, draft: Draft) -> Draft:
    if any(one.type == "Stalled" for one in draft.status.conditions):
        return draft
    workers = facts.workers
    if workers.desired > workers.ready:
        return draft.condition("Reconciling", True, Reason.SCALING_UP, "workers are being started")
    if workers.draining:
        return draft.condition("Reconciling", True, Reason.SCALING_DOWN, "workers without work are going away")
    return draft


def _is_urgent(before: ProviderPoolStatus, after: ProviderPoolStatus) -> bool:
    """Return whether more than the load changed, or the pool has just reached zero."""
    told = [
        (
            status.observed_generation,
            status.eligible_providers,
            {one.type: (one.status, one.reason) for one in status.conditions},
        )
        for status in (before, after)
    ]
    return told[0] != told[1] or (_is_at_zero(after) and not _is_at_zero(before))


def _is_at_zero(status: ProviderPoolStatus) -> bool:
    return not status.clusters and (status.workers is None or not (status.workers.ready or status.workers.draining))
