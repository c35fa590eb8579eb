"""Reconcile the Hub: can it settle, and does its ledger know what the chain knows?"""

from hansa_operator.api.hub import Hub, HubReason
from hansa_operator.core.settlement.hub import CasesView, HubFacts, decide_hub
from hansa_operator.ports.chain import ChainRefused, ChainUnreachable, HubState
from hansa_operator.ports.kube import ObjectRef
from hansa_operator.reconcile.status import tell, write_status
from hansa_operator.reconcile.world import World

GAS_FLOOR_WEI = 10**16
"""Gas money below which the hub says that it runs out: some posts on a main chain."""


UNNAMED = (
    HubReason.CONTRACTS_UNKNOWN,
    "no challenge is answered: name challenges, statements and claims in spec.contracts, or set HANSA_DEPLOYMENT, and "
    "start the operator again",
)


async def reconcile_hub(world: World, ref: ObjectRef) -> int | None:
    """Bring this hub's status up to date; returns when to look again (unix ms)."""
    hub = world.cache.get(Hub, "", ref.name)
    if hub is None or ref.name != world.hub.name:
        return None
    states, problem, refused = await _states(world, hub)
    names = {vault.address.lower(): vault.address for vault in hub.spec.vaults}
    heads: dict[str, int] = {}
    for seal in world.books.seals():
        name = names.get(seal.vault.lower())
        if name is not None:
            heads[name] = max(seal.epoch, heads.get(name, -1))
    cases = world.desk.cases if world.cases is not None else CasesView(unknown=UNNAMED)
    decision = decide_hub(HubFacts(hub, world.clock(), states, heads, problem, refused, GAS_FLOOR_WEI, cases))
    await write_status(world, hub, decision.status)
    await tell(world, hub, decision.notices)
    return decision.wake_ms


async def _states(world: World, hub: Hub) -> tuple[dict[str, HubState] | None, str, tuple[str, str] | None]:
    try:
        return {vault.address: await world.chain.hub(vault.address) for vault in hub.spec.vaults}, "", None
    except ChainUnreachable as away:
        return None, str(away), None
    except ChainRefused as refused:
        return None, str(refused), (refused.reason, str(refused))
