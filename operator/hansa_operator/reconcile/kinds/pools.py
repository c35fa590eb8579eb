"""Reconcile ProviderPools: tell how large they are and how much waits for them."""

from hansa_operator.api.hub import Hub
from hansa_operator.api.provider import Provider
from hansa_operator.api.provider_pool import ProviderPool, Workers
from hansa_operator.core.conditions import find_condition
from hansa_operator.core.market.pool import PoolFacts, PoolMember, decide_pool
from hansa_operator.ports.kube import ObjectRef
from hansa_operator.ports.ray import ClusterPhase, ClusterView
from hansa_operator.reconcile.kinds.clusters import ClusterWatch
from hansa_operator.reconcile.known.selection import is_pool_of, providers_of
from hansa_operator.reconcile.status import tell, write_status
from hansa_operator.reconcile.world import World


async def reconcile_pool(world: World, watch: ClusterWatch, ref: ObjectRef) -> int | None:
    """Bring one pool's status up to date; returns when to look again (unix ms)."""
    pool = world.cache.get(ProviderPool, "", ref.name)
    if pool is None or not is_pool_of(world.cache, pool, world.hub.name):
        return None
    decision = decide_pool(_facts(world, watch, pool))
    if not decision.keep and decision.status != pool.status:
        await write_status(world, pool, decision.status)
        world.desk.pool_written_ms[ref.name] = world.clock()
    await tell(world, pool, decision.notices)
    return decision.wake_ms


def _facts(world: World, watch: ClusterWatch, pool: ProviderPool) -> PoolFacts:
    providers = list(providers_of(world.cache, pool))
    names = {provider.metadata.name for provider in providers}
    views = [view for view in watch.all() if view.key.provider in names]
    waiting = [one for one in world.desk.waiting.values() if one.pool == pool.metadata.name]
    return PoolFacts(
        pool=pool,
        now_ms=world.clock(),
        hub_known=world.cache.get(Hub, "", pool.spec.hub_ref.name) is not None,
        backends=frozenset({world.backend}),
        members=tuple(_member(provider) for provider in providers),
        workers=_workers(world, names, views),
        clusters=len(views),
        queued_jobs=len(waiting),
        last_write_ms=world.desk.pool_written_ms.get(pool.metadata.name),
    )


def _member(provider: Provider) -> PoolMember:
    status = provider.status
    found = find_condition(status.conditions, "Ready") if status is not None else None
    ready = None if found is not None and found.status == "Unknown" else found is not None and found.status == "True"
    return PoolMember(provider.metadata.name, ready, sum(item.count for item in status.inventory) if status else 0)


def _workers(world: World, names: set[str], views: list[ClusterView]) -> Workers:
    def count(*phases: ClusterPhase) -> int:
        return sum(group.replicas for view in views if view.phase in phases for group in view.groups)

    return Workers(
        desired=sum(one.workers for one in world.books.open_attempts() if one.provider in names),
        ready=count(ClusterPhase.READY, ClusterPhase.UNKNOWN),
        # Of a cluster that is going nobody tells its workers any more: its head counts for one.
        draining=count(ClusterPhase.STOPPING) or sum(view.phase is ClusterPhase.STOPPING for view in views),
    )
