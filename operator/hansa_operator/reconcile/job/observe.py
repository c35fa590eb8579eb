"""Gather everything that the decision about one job depends on."""

from dataclasses import replace

from hansa_operator.api.aijob import AIJob
from hansa_operator.api.provider_pool import ProviderPool
from hansa_operator.core.job.facts import JobFacts
from hansa_operator.core.job.need import need_of
from hansa_operator.core.job.queue import Waiting, is_turn
from hansa_operator.core.readers import reader_key
from hansa_operator.ports.ledger import AttemptRecord, JobRecord
from hansa_operator.ports.ray import ClusterKey, ClusterPhase, ClusterView, RayJobView
from hansa_operator.reconcile.job.credits import recount
from hansa_operator.reconcile.job.orders import find_holder, identify, terms_of
from hansa_operator.reconcile.job.references import observe_references
from hansa_operator.reconcile.job.twins import find_twin
from hansa_operator.reconcile.kinds.clusters import ClusterWatch
from hansa_operator.reconcile.known.market import occupancy_of, offers_of
from hansa_operator.reconcile.world import World


async def observe_job(world: World, watch: ClusterWatch, job: AIJob) -> JobFacts:
    """Return the facts about a job, without the market: that is looked at while nobody else places."""
    job_id, books = identify(world, job), world.books
    attempts = books.attempts_of(job_id)
    attempt = attempts[-1] if attempts and attempts[-1].open else None
    references = await observe_references(world, job, job_id, terms_of(world, job, job_id))
    cluster, ray = await observe_attempt(world, watch, attempt)
    # Once more: another job may have taken the order since, and the ledger moved on, while others were asked.
    job_id = identify(world, job)
    record = terms_of(world, job, job_id)
    shown = len(attempts) if attempt is None else attempt.attempt
    return JobFacts(
        job=job,
        job_id=job_id,
        now_ms=world.clock(),
        fee_bps=world.times.fee_bps,
        epoch_seconds=world.times.epoch_seconds,
        references=references,
        record=record,
        attempts=books.attempts_of(job_id),
        receipts=books.receipts_of(job_id),
        reports=books.reports_of(job_id),
        account=books.account_of(job_id),
        offers=(),
        my_turn=False,
        tie_secret=b"",
        cluster=cluster,
        ray=ray,
        logs_uri=_uri(world, "logs", job_id, shown),
        result_uri=_uri(world, "results", job_id, max(0, len(attempts) - 1)),
        last_settlement=_last_settlement(world, job_id, record),
        listening_ms=world.started_ms,
        obstacle=world.desk.obstacles.get(job_id),
    )


async def observe_attempt(
    world: World, watch: ClusterWatch, attempt: AttemptRecord | None
) -> tuple[ClusterView | None, RayJobView | None]:
    """Return an open attempt's cluster and submission as Ray has them; None for what there is not."""
    if attempt is None:
        return None, None
    key = ClusterKey(attempt.namespace, attempt.provider)
    cluster = await watch.view(world, key)
    if cluster.phase is not ClusterPhase.READY:
        return cluster, None
    return cluster, await world.ray.job(key, attempt.submission_id)


def with_market(world: World, facts: JobFacts) -> JobFacts:
    """Return the facts with what the market offers now; call it while nobody else places."""
    # Another job may have taken the order since; the id is that of what is promised and recorded now.
    facts = replace(facts, job_id=identify(world, facts.job))
    pool, credit = facts.references.pool, facts.references.credit
    if pool is None or credit is None:
        return facts
    namespace = facts.job.metadata.namespace or ""
    held = occupancy_of(world, pool)
    offers = offers_of(world, pool, held.workers_left(namespace))
    mine = waiting_of(facts, pool, since_ms=_since_ms(world, facts))
    others = [one for one in world.desk.waiting.values() if one.need.job_id != facts.job_id]
    shares = held.shares({namespace, *(one.namespace for one in others)})
    seals = [seal.epoch for seal in world.books.seals(credit.vault)]
    twin, holder = find_twin(world, facts), find_holder(world, facts.job)
    credit = recount(world, credit, facts.job_id)
    return replace(
        facts,
        references=replace(facts.references, twin=twin, holder=holder, credit=credit),
        offers=offers,
        my_turn=is_turn(mine, others, offers, shares, now_ms=facts.now_ms),
        tie_secret=world.secrets.of_epoch(credit.vault, max(seals, default=0)),
    )


def waiting_of(facts: JobFacts, pool: ProviderPool, *, since_ms: int) -> Waiting:
    """Return a job's place in its pool's queue."""
    scheduling, metadata = facts.job.spec.scheduling, facts.job.metadata
    credit = facts.references.credit
    return Waiting(
        pool=pool.metadata.name,
        namespace=metadata.namespace or "",
        name=metadata.name,
        priority=(scheduling.priority or 0) if scheduling else 0,
        since_ms=since_ms,
        need=need_of(facts, vault=credit.vault if credit else "", max_unit_price=None),
    )


def _since_ms(world: World, facts: JobFacts) -> int:
    known = world.desk.waiting.get(facts.job_id)
    return known.since_ms if known is not None else facts.now_ms


def _uri(world: World, what: str, job_id: str, attempt: int) -> str:
    return f"{world.gateway_url}/v1/{what}/{job_id}/{attempt}?key={reader_key(world.secrets.hub_key, job_id)}"


def _last_settlement(world: World, job_id: str, record: JobRecord | None) -> str:
    entries = world.books.account_of(job_id).entries
    if record is None or not entries:
        return ""
    seal = world.store.ledger.seals.get(f"{record.vault}.{entries[-1].batch_epoch:010d}")
    return seal.settlement_name if seal is not None else ""
