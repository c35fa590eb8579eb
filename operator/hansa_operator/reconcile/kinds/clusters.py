"""Reconcile Ray clusters: they follow the open attempts up at once and down after the idle time, heads included."""

from dataclasses import dataclass, field

import structlog

from hansa_operator.api.aijob import AIJob
from hansa_operator.api.provider import Provider
from hansa_operator.api.provider_pool import ProviderPool
from hansa_operator.core.market.scaling import (
    DeleteCluster,
    EnsureCluster,
    KeepCluster,
    decide_cluster,
    demanded_groups,
)
from hansa_operator.ports.kube import ObjectRef
from hansa_operator.ports.ledger import AttemptRecord
from hansa_operator.ports.ray import ClusterKey, ClusterPhase, ClusterView
from hansa_operator.reconcile.known.selection import pools_of, providers_of
from hansa_operator.reconcile.world import CLUSTER, World

FRESH_MS = 400
FOLLOW_MS = 500
IDLE_SECONDS = 60
FOREVER_MS = 2**52
log = structlog.get_logger(__name__)


@dataclass(slots=True)
class ClusterWatch:
    """Look at clusters, not more often than is worth it, and remember how they were."""

    _seen: dict[ClusterKey, tuple[int, ClusterView]] = field(default_factory=dict)

    async def view(self, world: World, key: ClusterKey) -> ClusterView:
        """Return a cluster as it was a moment ago."""
        now, known = world.clock(), self._seen.get(key)
        if known is not None and now - known[0] < FRESH_MS:
            return known[1]
        return await self.look(world, key)

    async def look(self, world: World, key: ClusterKey) -> ClusterView:
        """Return a cluster as it is, and let those know who wait for a change of it."""
        before, view = self.last(key), await world.ray.observe(key)
        if view.phase is ClusterPhase.ABSENT:
            self._seen.pop(key, None)
        else:
            self._seen[key] = (world.clock(), view)
        if before is None or (before.phase, before.groups) != (view.phase, view.groups):
            log.info("Ray cluster", cluster=str(key), phase=view.phase, why=view.message, workers=_workers(view))
            _announce(world, key)
        return view

    def last(self, key: ClusterKey) -> ClusterView | None:
        """Return how a cluster was when it was last looked at; None for one that is not there."""
        known = self._seen.get(key)
        return known[1] if known else None

    def all(self) -> list[ClusterView]:
        """Return all clusters as they were last."""
        return [view for _, view in self._seen.values()]


def cluster_ref(key: ClusterKey) -> ObjectRef:
    """Return the key under which a cluster is reconciled."""
    return ObjectRef(CLUSTER, key.namespace, key.provider)


async def reconcile_cluster(world: World, watch: ClusterWatch, ref: ObjectRef) -> int | None:
    """Bring one cluster to what its open attempts demand; returns when to look again (unix ms)."""
    key = ClusterKey(ref.namespace, ref.name)
    view = await watch.look(world, key)
    demand = demanded_groups(_attempts(world, key))
    now = world.clock()
    if demand:
        world.desk.idle_since_ms.pop(key, None)
    decision = decide_cluster(
        demand,
        view,
        idle_since_ms=world.desk.idle_since_ms.setdefault(key, now) if not demand else now,
        idle_timeout_ms=_idle_timeout_ms(world, watch, view),
        now_ms=now,
    )
    match decision:
        case EnsureCluster(spec):
            await world.ray.ensure(spec)
            return now + FOLLOW_MS
        case DeleteCluster(gone):
            await world.ray.delete(gone)
            return now + FOLLOW_MS
        case KeepCluster(look_again_ms):
            if view.phase is ClusterPhase.ABSENT:
                world.desk.idle_since_ms.pop(key, None)
            return look_again_ms


def _attempts(world: World, key: ClusterKey) -> list[AttemptRecord]:
    return [one for one in world.books.open_attempts() if ClusterKey(one.namespace, one.provider) == key]


def _idle_timeout_ms(world: World, watch: ClusterWatch, view: ClusterView) -> int:
    """Return how long the cluster may be idle: not at all when somebody else needs its GPUs."""
    provider = world.cache.get(Provider, "", view.key.provider)
    if provider is None or _is_contended(world, provider, view):
        return 0
    pools = list(pools_of(world.cache, world.hub.name, provider))
    if any(_is_floor(world, watch, pool, view) for pool in pools):
        return FOREVER_MS
    return 1000 * min((pool.spec.idle_timeout_seconds or IDLE_SECONDS for pool in pools), default=0)


def _is_contended(world: World, provider: Provider, view: ClusterView) -> bool:
    inventory = provider.status.inventory if provider.status else ()
    total = sum(item.count for item in inventory)
    needed = sum(one.gpus for one in world.books.open_attempts() if one.provider == view.key.provider)
    return needed > 0 and needed + sum(group.gpus * group.replicas for group in view.groups) > total


def _is_floor(world: World, watch: ClusterWatch, pool: ProviderPool, view: ClusterView) -> bool:
    """Return whether the pool would fall below its minWorkers without this cluster."""
    if not pool.spec.min_workers:
        return False
    names = {provider.metadata.name for provider in providers_of(world.cache, pool)}
    others = [one for one in watch.all() if one.key != view.key and one.key.provider in names]
    return sum(group.replicas for one in others for group in one.groups) < pool.spec.min_workers


def _workers(view: ClusterView) -> int:
    return sum(group.replicas for group in view.groups)


def _announce(world: World, key: ClusterKey) -> None:
    for attempt in _attempts(world, key):
        record = world.books.job(attempt.job_id)
        if record is not None:
            world.queue.add(ObjectRef(AIJob.__name__, record.namespace, record.name))
    provider = world.cache.get(Provider, "", key.provider)
    for pool in pools_of(world.cache, world.hub.name, provider) if provider is not None else ():
        world.queue.add(ObjectRef("ProviderPool", "", pool.metadata.name))
