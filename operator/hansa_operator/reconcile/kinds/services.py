"""Reconcile AIServices: is this version published, and as the object says?"""

from hansa_operator.api.aiservice import AIService
from hansa_operator.core.market.service import ServiceFacts, decide_service
from hansa_operator.ports.chain import ChainUnreachable, ServiceState
from hansa_operator.ports.kube import ObjectRef
from hansa_operator.reconcile.status import tell, write_status
from hansa_operator.reconcile.world import World
from hansa_protocol.identity import respell_address


async def reconcile_service(world: World, ref: ObjectRef) -> int | None:
    """Bring one product's status up to date; returns when to look again (unix ms)."""
    service = world.cache.get(AIService, "", ref.name)
    if service is None:
        return None
    known, state, problem = await _state(world, service)
    decision = decide_service(ServiceFacts(service, world.clock(), known, state, problem))
    await write_status(world, service, decision.status)
    await tell(world, service, decision.notices)
    return decision.wake_ms


async def _state(world: World, service: AIService) -> tuple[bool, ServiceState | None, str]:
    spec = service.spec
    try:
        state = await world.chain.service(respell_address(spec.publisher), service.metadata.name, spec.version)
    except ChainUnreachable as away:
        return False, None, str(away)
    return True, state, ""
