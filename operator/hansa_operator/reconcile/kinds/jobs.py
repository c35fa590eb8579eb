"""Reconcile AIJobs: gather, decide, act."""

from hansa_operator.api.aijob import AIJob
from hansa_operator.api.provider_pool import ProviderPool
from hansa_operator.core.job.facts import JobDecision, JobFacts
from hansa_operator.core.job.life import decide_job
from hansa_operator.core.job.orphan import decide_orphan
from hansa_operator.ports.kube import ObjectRef
from hansa_operator.ports.ledger import AttemptRecord
from hansa_operator.ports.ray import ClusterKey, RayUnreachable
from hansa_operator.reconcile.job.act import act, record
from hansa_operator.reconcile.job.observe import observe_attempt, observe_job, with_market
from hansa_operator.reconcile.job.orders import identify
from hansa_operator.reconcile.job.promises import kick_waiting, withdraw_promises
from hansa_operator.reconcile.kinds.clusters import ClusterWatch, cluster_ref
from hansa_operator.reconcile.known.selection import is_pool_of
from hansa_operator.reconcile.world import World

RETRY_MS = 1_000


async def reconcile_job(world: World, watch: ClusterWatch, ref: ObjectRef) -> int | None:
    """Bring one job on by a transition; returns when to look again (unix ms)."""
    job = world.cache.get(AIJob, ref.namespace, ref.name)
    living = identify(world, job) if job is not None else ""
    withdraw_promises(world, ref, living)
    orphans = _orphans(world, ref, living)
    for attempt in orphans:
        await _let_go(world, watch, attempt)
    if job is None or not _is_ours(world, job):
        return world.clock() + RETRY_MS if orphans else None
    facts = await observe_job(world, watch, job)
    facts, decision = await _decide(world, facts)
    try:
        await act(world, facts, decision)
    except RayUnreachable:
        # Ray that does not answer is observed as such at the next look; the attempt goes on being watched.
        return world.clock() + RETRY_MS
    return decision.wake_ms


async def _decide(world: World, facts: JobFacts) -> tuple[JobFacts, JobDecision]:
    """Decide and record. Whoever may be placed does so alone: nobody else sees the same capacity or credit as free."""
    if facts.open_attempt is not None:
        decision = decide_job(facts)
        if not _frees_capacity(decision):
            await record(world, facts, decision)
            return facts, decision
    async with world.desk.placing:
        facts = with_market(world, facts)
        decision = decide_job(facts)
        await record(world, facts, decision)
        return facts, decision


def _frees_capacity(decision: JobDecision) -> bool:
    return any(isinstance(item, AttemptRecord) and not item.open for item in decision.records)


def _is_ours(world: World, job: AIJob) -> bool:
    """Return whether the job is this hub's: its pool says so, or nobody can say whose it is."""
    pool = world.cache.get(ProviderPool, "", job.spec.pool_ref.name)
    return pool is None or is_pool_of(world.cache, pool, world.hub.name)


def _orphans(world: World, ref: ObjectRef, living: str) -> list[AttemptRecord]:
    """Return open attempts of a job of this name whose object is gone or was replaced by another, the living one."""
    found = []
    for attempt in world.books.open_attempts():
        terms = world.books.job(attempt.job_id)
        mine = terms is not None and (terms.namespace, terms.name) == (ref.namespace, ref.name)
        if mine and attempt.job_id != living:
            found.append(attempt)
    return found


async def _let_go(world: World, watch: ClusterWatch, attempt: AttemptRecord) -> None:
    """End an attempt without an object: its work is settled by job id all the same."""
    cluster, ray = await observe_attempt(world, watch, attempt)
    receipts = world.books.receipts_of(attempt.job_id)
    decision = decide_orphan(attempt, cluster, ray, receipts, now_ms=world.clock(), listening_ms=world.started_ms)
    if decision.record != attempt:
        await world.books.put_attempt(decision.record)
        world.queue.add(cluster_ref(ClusterKey(attempt.namespace, attempt.provider)))
    if decision.stop:
        await world.ray.stop_job(ClusterKey(attempt.namespace, attempt.provider), attempt.submission_id)
    if not decision.record.open:
        world.desk.reservations.pop(attempt.job_id, None)
        kick_waiting(world)
