"""The operator at work: workers on the queue, the sweep, the numbers that are watched, and the end of it all."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable

import structlog

from hansa_operator.adapters.health import Metrics, Result
from hansa_operator.api.aijob import AIJob
from hansa_operator.api.provider_pool import ProviderPool
from hansa_operator.api.settlement import Settlement
from hansa_operator.ports.chain import ChainUnreachable
from hansa_operator.ports.kube import Conflict, KubeError, ObjectRef
from hansa_operator.ports.ray import RayUnreachable
from hansa_operator.ports.store import StoreError
from hansa_operator.reconcile.dispatch import Reconciler
from hansa_operator.reconcile.kinds.clusters import cluster_ref
from hansa_operator.reconcile.observing import Observer, orphaned_jobs
from hansa_operator.reconcile.queue import Work
from hansa_operator.reconcile.world import CASES, SEAL, World

WORKERS = 8
SWEEP_SECONDS = 60.0
NOT_LEADING_MS = 1_000
TEMPORARY = (KubeError, ChainUnreachable, RayUnreachable, StoreError)
log = structlog.get_logger(__name__)


def measured(world: World, metrics: Metrics, leads: Callable[[], bool]) -> Work:
    """Return what the queue's workers do: reconcile while this process leads, and count it."""
    reconcile = Reconciler(world)

    async def work(key: ObjectRef) -> int | None:
        if not leads():
            return world.clock() + NOT_LEADING_MS
        began, result = time.monotonic(), Result.ERROR
        try:
            again = await reconcile(key)
            result = Result.SUCCESS if again is None else Result.REQUEUE_AFTER
            return again
        finally:
            metrics.record_reconcile(key.kind, result, time.monotonic() - began)

    return work


def log_failure(key: ObjectRef, error: Exception) -> None:
    """Log why a key is tried again: what passes by itself in a line, a defect with its traceback."""
    where = {"kind": key.kind, "namespace": key.namespace, "name": key.name}
    if isinstance(error, Conflict):
        log.debug("changed in between, looked at again", **where)
    elif isinstance(error, TEMPORARY):
        log.warning("not reconciled, tried again", why=str(error), **where)
    else:
        log.error("not reconciled because of a defect, tried again", exc_info=error, **where)


async def sweep(world: World, observer: Observer, metrics: Metrics) -> None:
    """Look now and then for what no event told."""
    while True:
        await asyncio.sleep(SWEEP_SECONDS)
        try:
            await observer.sweep()
        except KubeError as failed:
            log.warning("not swept, tried again", why=str(failed))
        for ref in orphaned_jobs(world):
            world.queue.add(ref)
        show(world, metrics)


def show(world: World, metrics: Metrics) -> None:
    """Show the numbers that people watch."""
    jobs = Counter(job.status.phase or "Pending" if job.status else "Pending" for job in world.cache.all(AIJob))
    settlements = Counter(
        one.status.phase or "Pending" if one.status else "Pending" for one in world.cache.all(Settlement)
    )
    pools = {
        pool.metadata.name: pool.status.workers.ready if pool.status and pool.status.workers else 0
        for pool in world.cache.all(ProviderPool)
    }
    metrics.clusters.set(sum(pool.status.clusters or 0 for pool in world.cache.all(ProviderPool) if pool.status))
    metrics.show_jobs(jobs)
    metrics.show_settlements(settlements)
    metrics.show_workers(pools)


async def adopt_clusters(world: World) -> None:
    """Look at every Ray cluster that an operator before this has left, so that idle ones go."""
    for view in await world.ray.list_clusters():
        world.queue.add(cluster_ref(view.key))


def enqueue_all(world: World) -> None:
    """Have everything looked at once: what an operator before this has begun goes on."""
    for seal in world.books.seals():
        world.queue.add(ObjectRef("Settlement", "", seal.settlement_name))
    world.queue.add(ObjectRef(CASES, "", world.hub.name))
    for vault in world.hub.vaults:
        world.queue.add(ObjectRef(SEAL, "", vault))
    for ref in orphaned_jobs(world):
        world.queue.add(ref)
