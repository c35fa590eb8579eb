"""Promises: credit that jobs have reserved, and their places in the queue. In memory, made again after a restart."""

from dataclasses import replace

from hansa_operator.api.aijob import AIJob
from hansa_operator.core.job.facts import JobDecision, JobFacts
from hansa_operator.core.market.quote import Terms, cost_of
from hansa_operator.ports.kube import ObjectRef
from hansa_operator.reconcile.job.observe import waiting_of
from hansa_operator.reconcile.status import ref_of
from hansa_operator.reconcile.world import World


def promise(world: World, facts: JobFacts, decision: JobDecision) -> None:
    """Take note of what a decision promises, and of what it no longer does."""
    _reserve(world, facts, decision)
    _queue(world, facts, decision)


def withdraw_promises(world: World, ref: ObjectRef, living: str) -> None:
    """Take back what was promised to jobs that waited under this name and are no more; `living` is the id of its job.

    A job that holds nothing is gone as soon as it is deleted, and would be ahead of others for ever.
    """
    waiting = world.desk.waiting
    gone = {job: one for job, one in waiting.items() if (one.namespace, one.name) == (ref.namespace, ref.name)}
    gone.pop(living, None)
    for job_id, one in gone.items():
        waiting.pop(job_id)
        world.desk.reservations.pop(job_id, None)
        world.queue.add(ObjectRef("ProviderPool", "", one.pool))
    if gone:
        kick_waiting(world)


def kick_waiting(world: World) -> None:
    """Have everybody looked at again who waits for capacity."""
    for waiting in world.desk.waiting.values():
        world.queue.add(ObjectRef(AIJob.__name__, waiting.namespace, waiting.name))


def restore_promises(world: World) -> None:
    """Reserve for the attempts that ran on while no operator did; those who queue ask again by themselves."""
    milliseconds = world.times.epoch_seconds * 1000
    for attempt in world.books.open_attempts():
        record = world.books.job(attempt.job_id)
        if record is not None:
            terms = Terms(record.royalty_bps, world.times.fee_bps)
            per_epoch = cost_of(attempt.gpus * milliseconds, attempt.unit_price, terms).debit
            held = min(per_epoch, record.max_amount)
            world.desk.reservations[attempt.job_id] = (record.customer, record.vault, held)


def _reserve(world: World, facts: JobFacts, decision: JobDecision) -> None:
    attempts = world.books.attempts_of(facts.job_id)
    running = bool(attempts) and attempts[-1].open
    credit = facts.references.credit
    if decision.reserved and credit is not None:
        world.desk.reservations[facts.job_id] = (credit.customer, credit.vault, decision.reserved)
    elif not running:
        world.desk.reservations.pop(facts.job_id, None)


def _queue(world: World, facts: JobFacts, decision: JobDecision) -> None:
    pool = facts.references.pool
    known = world.desk.waiting.pop(facts.job_id, None)
    if decision.queued is not None and pool is not None:
        since_ms = known.since_ms if known is not None else facts.now_ms
        waiting = waiting_of(facts, pool, since_ms=since_ms)
        # What it was decided to wait for: less than it asks, when budget and credit carry no dearer provider.
        world.desk.waiting[facts.job_id] = replace(waiting, need=decision.queued)
    if pool is not None and (known is None) != (decision.queued is None):
        world.queue.add(ref_of(pool))
