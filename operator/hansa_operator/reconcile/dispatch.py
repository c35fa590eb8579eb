"""From a key to what reconciles it."""

from hansa_operator.ports.kube import NotFound, ObjectRef
from hansa_operator.reconcile.kinds.answers import reconcile_cases
from hansa_operator.reconcile.kinds.clusters import ClusterWatch, reconcile_cluster
from hansa_operator.reconcile.kinds.credit_lines import reconcile_credit_line
from hansa_operator.reconcile.kinds.hubs import reconcile_hub
from hansa_operator.reconcile.kinds.jobs import reconcile_job
from hansa_operator.reconcile.kinds.pools import reconcile_pool
from hansa_operator.reconcile.kinds.providers import reconcile_provider
from hansa_operator.reconcile.kinds.sealing import reconcile_epochs
from hansa_operator.reconcile.kinds.services import reconcile_service
from hansa_operator.reconcile.kinds.settlements import reconcile_settlement
from hansa_operator.reconcile.world import CASES, CLUSTER, SEAL, World


class Reconciler:
    """Reconcile keys of every kind; returns when to look again (unix ms)."""

    def __init__(self, world: World) -> None:
        self._world, self._watch = world, ClusterWatch()

    async def __call__(self, key: ObjectRef) -> int | None:
        """Bring what a key names on by one step; raises for what is tried again."""
        try:
            return await self._reconcile(key)
        except NotFound:
            # Gone since it was seen. If it comes back, so does its key.
            return None

    async def _reconcile(self, key: ObjectRef) -> int | None:
        world, watch = self._world, self._watch
        match key.kind:
            case "AIJob":
                return await reconcile_job(world, watch, key)
            case "ProviderPool":
                return await reconcile_pool(world, watch, key)
            case kind if kind == CLUSTER:
                return await reconcile_cluster(world, watch, key)
            case kind:
                simple = _SIMPLE.get(kind)
                return await simple(world, key) if simple is not None else None


_SIMPLE = {
    "AIService": reconcile_service,
    "CreditLine": reconcile_credit_line,
    "Hub": reconcile_hub,
    "Provider": reconcile_provider,
    "Settlement": reconcile_settlement,
    SEAL: reconcile_epochs,
    CASES: reconcile_cases,
}
