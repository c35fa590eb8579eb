"""Reconcile Providers: bond and key on chain, what the hub guarantees them, heartbeats, what they owe and are owed."""

from dataclasses import replace
from functools import partial

from hansa_operator.api.provider import Provider
from hansa_operator.api.provider_pool import AdmissionMode, ProviderPool
from hansa_operator.core.market.guarantee import RaiseGuarantee
from hansa_operator.core.market.provider import decide_provider
from hansa_operator.core.market.provider_facts import ProviderFacts
from hansa_operator.ports.chain import ChainUnreachable, ProviderState
from hansa_operator.ports.kube import ObjectRef
from hansa_operator.reconcile.known.selection import pools_of
from hansa_operator.reconcile.status import tell, write_status
from hansa_operator.reconcile.transactions import Purpose, observe_sent, send
from hansa_operator.reconcile.world import World
from hansa_protocol.identity import respell_address
from hansa_protocol.units import parse_amount

DECIMALS = 18


async def reconcile_provider(world: World, ref: ObjectRef) -> int | None:
    """Bring one provider's status up to date; returns when to look again (unix ms)."""
    provider = world.cache.get(Provider, "", ref.name)
    if provider is None:
        return None
    pools = list(pools_of(world.cache, world.hub.name, provider))
    if not pools:
        return None
    states, problem = await _states(world, provider)
    purpose = Purpose(f"guarantee-{provider.metadata.uid}", 0, "guarantee")
    sent, refused = await observe_sent(world, purpose), world.desk.refusals.get(purpose.subject)
    facts = _facts(world, provider, pools, states, problem)
    decision = decide_provider(replace(facts, raising=sent, refused=refused))
    if decision.action is not None:
        await _raise(world, provider, decision.action, purpose)
    await write_status(world, provider, decision.status)
    await tell(world, provider, decision.notices)
    return decision.wake_ms


def _facts(
    world: World, provider: Provider, pools: list[ProviderPool], states: dict[str, ProviderState] | None, problem: str
) -> ProviderFacts:
    beat = world.board.last(provider.metadata.name)
    vault = world.hub.vault(provider.spec.offers[0].vault) if provider.spec.offers else None
    decimals = world.hub.vaults[vault].decimals if vault is not None else DECIMALS
    bonds = [pool.spec.admission.min_bond or "0" for pool in pools if pool.spec.admission is not None]
    promised = [pool.spec.guarantee or "0" for pool in pools]
    modes = {pool.spec.admission.mode for pool in pools if pool.spec.admission is not None}
    now = world.clock()
    return ProviderFacts(
        provider=provider,
        now_ms=now,
        started_ms=world.started_ms,
        last_beat_ms=beat.at_ms if beat is not None else None,
        inventory=beat.inventory if beat is not None else (),
        states=states,
        exposure=world.totals.fresh(now).owed[respell_address(provider.spec.address), vault or ""],
        decimals=decimals,
        min_bond=min((parse_amount(bond, decimals) for bond in bonds), default=0),
        approval_needed=AdmissionMode.APPROVAL in modes,
        problem=problem,
        guarantee=max(parse_amount(amount, decimals) for amount in promised),
    )


async def _raise(world: World, provider: Provider, action: RaiseGuarantee, purpose: Purpose) -> None:
    payee, vault = respell_address(provider.spec.address), respell_address(action.vault)
    await send(world, partial(world.chain.guarantee, payee, vault, action.total, replaces=action.replaces), purpose)


async def _states(world: World, provider: Provider) -> tuple[dict[str, ProviderState] | None, str]:
    """Return the standing by vault, as the offers name them; None and why when the chain does not answer."""
    address, epoch = respell_address(provider.spec.address), world.epoch()
    try:
        vaults = {offered.vault for offered in provider.spec.offers}
        return {vault: await world.chain.provider(address, respell_address(vault), epoch) for vault in vaults}, ""
    except ChainUnreachable as away:
        return None, str(away)
