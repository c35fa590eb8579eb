"""The market as placement sees it: what each provider of a pool can give now, and what each namespace has of it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from hansa_operator.api.provider import Offered, Provider
from hansa_operator.api.provider_pool import ProviderPool
from hansa_operator.core.conditions import find_condition, is_true
from hansa_operator.core.job.queue import MAX_WORKERS, MAX_WORKERS_PER_NAMESPACE, Shares
from hansa_operator.core.market.offers import Offer
from hansa_operator.ports.ledger import AttemptRecord
from hansa_operator.reconcile.known.selection import providers_of
from hansa_operator.reconcile.world import World
from hansa_protocol.identity import respell_address
from hansa_protocol.units import GpuMilliseconds, Wei, parse_amount, provider_amount_down


@dataclass(frozen=True, slots=True)
class Occupancy:
    """Count what a pool's open attempts hold."""

    attempts: tuple[AttemptRecord, ...]
    max_workers: int
    max_per_namespace: int

    def workers_left(self, namespace: str) -> int:
        """Return how many workers a namespace may still add."""
        held = sum(one.workers for one in self.attempts)
        own = sum(one.workers for one in self.attempts if one.namespace == namespace)
        return max(0, min(self.max_workers - held, self.max_per_namespace - own))

    def shares(self, namespaces: set[str]) -> Shares:
        """Return what these namespaces have."""
        gpus: Counter[str] = Counter()
        for one in self.attempts:
            gpus[one.namespace] += one.gpus
        return Shares(gpus, {name: self.workers_left(name) for name in namespaces})


def occupancy_of(world: World, pool: ProviderPool) -> Occupancy:
    """Return what is held of a pool."""
    names = {provider.metadata.name for provider in providers_of(world.cache, pool)}
    attempts = tuple(one for one in world.books.open_attempts() if one.provider in names)
    spec = pool.spec
    most = MAX_WORKERS if spec.max_workers is None else spec.max_workers
    per = MAX_WORKERS_PER_NAMESPACE if spec.max_workers_per_namespace is None else spec.max_workers_per_namespace
    return Occupancy(attempts, most, per)


def offers_of(world: World, pool: ProviderPool, workers_left: int) -> tuple[Offer, ...]:
    """Return every offer of a pool's providers, those that cannot be used now with the reason."""
    return tuple(
        offer
        for provider in providers_of(world.cache, pool)
        for offered in provider.spec.offers
        for offer in _offer(world, pool, provider, offered, workers_left)
    )


def _offer(
    world: World, pool: ProviderPool, provider: Provider, offered: Offered, workers_left: int
) -> Iterator[Offer]:
    vault = world.hub.vault(offered.vault)
    if vault is None:
        return
    decimals = world.hub.vaults[vault].decimals
    price = parse_amount(offered.unit_price, decimals)
    total = _gpus(provider, offered.gpu_model)
    mine = [one for one in world.books.open_attempts() if one.provider == provider.metadata.name]
    used = sum(one.gpus for one in mine if one.gpu_model == offered.gpu_model)
    owed = world.totals.fresh(world.clock()).owed[respell_address(provider.spec.address), vault]
    obstacle = _obstacle(pool, provider, price, decimals)
    yield Offer(
        provider=provider.metadata.name,
        address=respell_address(provider.spec.address),
        receipt_key=respell_address(provider.spec.agent_key) if provider.spec.agent_key else "",
        gpu_model=offered.gpu_model,
        vault=vault,
        unit_price=price,
        total_gpus=total,
        free_gpus=max(0, total - used),
        free_workers=workers_left,
        bond=_bond(provider, decimals),
        exposure=owed + _running(mine, world.times.epoch_seconds),
        schedulable=not obstacle,
        obstacle=obstacle,
        labels=tuple(provider.metadata.labels.items()),
        gpu_memory_bytes=_gpu_memory_bytes(provider, offered.gpu_model),
    )


def _gpus(provider: Provider, model: str) -> int:
    """Return how many GPUs of a model there are: what the agent reports, within what the Provider states."""
    status, local = provider.status, provider.spec.access.local
    reported = sum(item.count for item in status.inventory if item.gpu_model == model) if status else 0
    return min(reported, local.gpus) if local is not None else reported


def _gpu_memory_bytes(provider: Provider, model: str) -> int:
    """Return the memory of each GPU of a model, 0 when it is not known."""
    inventory = provider.status.inventory if provider.status else ()
    return max((item.memory_bytes or 0 for item in inventory if item.gpu_model == model), default=0)


def _obstacle(pool: ProviderPool, provider: Provider, price: int, decimals: int) -> str:
    conditions = provider.status.conditions if provider.status else ()
    if not is_true(conditions, "Ready"):
        found = find_condition(conditions, "Ready")
        return found.message if found is not None else "it has not been looked at yet"
    top, admission = pool.spec.max_unit_price, pool.spec.admission
    if top is not None and price > parse_amount(top, decimals):
        return f"its price is above the pool's maxUnitPrice {top}"
    least = admission.min_bond if admission else None
    if least is not None and _bond(provider, decimals) < parse_amount(least, decimals):
        return f"its bond is below the pool's minBond {least}"
    return ""


def _bond(provider: Provider, decimals: int) -> int:
    bond = provider.status.bond if provider.status else None
    return parse_amount(bond.amount, decimals) if bond else 0


def _running(attempts: list[AttemptRecord], epoch_seconds: int) -> int:
    """Return what open attempts may earn in an epoch (wei)."""
    milliseconds = epoch_seconds * 1000
    earned = (provider_amount_down(GpuMilliseconds(one.gpus * milliseconds), Wei(one.unit_price)) for one in attempts)
    return sum(earned)
