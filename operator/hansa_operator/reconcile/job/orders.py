"""Which job is which: an ordered job has its order's digest as id, and one job alone has it.

Both follow from the object and the ledger, so that a restart finds every job under the id that it had.
"""

from hansa_operator.api.aijob import AIJob
from hansa_operator.core.job.facts import Twin
from hansa_operator.core.job.status import is_over
from hansa_operator.core.order.signed_order import OrderObjection, SignedOrder, read_order
from hansa_operator.ports.ledger import JobRecord, Outcome
from hansa_operator.reconcile.world import World


def read_job_order(world: World, job: AIJob) -> SignedOrder | OrderObjection | None:
    """Return the order that a job holds, or why it is none of this hub; None when it holds none."""
    hub, stated = world.hub, job.spec.order
    return read_order(stated, domain=hub.domain, hub=hub.address, vaults=hub.vaults) if stated is not None else None


def identify(world: World, job: AIJob) -> str:
    """Return a job's id: its order's digest unless another job runs by that order, else what follows from its uid."""
    order = read_job_order(world, job)
    if isinstance(order, SignedOrder) and _held_by_another(world, job, order) is None:
        return order.job_id
    return world.hub.job_id(job.metadata.uid or "")


def terms_of(world: World, job: AIJob, job_id: str) -> JobRecord | None:
    """Return the terms under which a job was admitted; those of one that held its order and never began are not its."""
    known = world.books.job(job_id)
    return known if known is not None and known.uid == (job.metadata.uid or "") else None


def find_holder(world: World, job: AIJob) -> Twin | None:
    """Return the other job that runs, or ran, by the same order; call it while nobody else places."""
    order = read_job_order(world, job)
    held = _held_by_another(world, job, order) if isinstance(order, SignedOrder) else None
    if held is None:
        return None
    if held.namespace != job.metadata.namespace:
        return Twin("a job of another namespace", held.job_id, active=False, succeeded=False)
    attempts = world.books.attempts_of(held.job_id)
    active = _lives(world, held) or any(attempt.open for attempt in attempts)
    return Twin(held.name, held.job_id, active, any(one.outcome is Outcome.SUCCEEDED for one in attempts))


def _held_by_another(world: World, job: AIJob, order: SignedOrder) -> JobRecord | None:
    """Return the terms of another job by this order. One that was deleted before it began holds it no more."""
    known = world.books.job(order.job_id)
    if known is None or known.uid == (job.metadata.uid or ""):
        return None
    return known if _is_there(world, known) is not None or world.books.attempts_of(known.job_id) else None


def _lives(world: World, record: JobRecord) -> bool:
    seen = _is_there(world, record)
    return seen is not None and not (seen.status is not None and is_over(seen.status))


def _is_there(world: World, record: JobRecord) -> AIJob | None:
    seen = world.cache.get(AIJob, record.namespace, record.name)
    there = seen is not None and seen.metadata.uid == record.uid and seen.metadata.deletion_timestamp is None
    return seen if there else None
