"""Make the world that reconciling works with, and the intake, from what was found."""

from collections.abc import Callable
from dataclasses import dataclass

from hansa_operator.adapters.chain import EvmChain, open_cases
from hansa_operator.adapters.health import Metrics
from hansa_operator.adapters.kube.client import KubeClient
from hansa_operator.adapters.ray.local import LocalRay
from hansa_operator.adapters.store import DirectoryStore
from hansa_operator.api.hub import Hub
from hansa_operator.api.provider_pool import Backend
from hansa_operator.composition.starting import HubKeys
from hansa_operator.ports.chain import ChainTimes
from hansa_operator.reconcile.intake import HubIdentity, LedgerIntake, ReceiptKeys
from hansa_operator.reconcile.known.board import Board
from hansa_operator.reconcile.known.books import Books
from hansa_operator.reconcile.known.cache import Cache
from hansa_operator.reconcile.known.credit_reads import CreditReads
from hansa_operator.reconcile.known.totals import Totals
from hansa_operator.reconcile.queue import KeyedQueue
from hansa_operator.reconcile.world import Desk, Identity, Secrets, World
from hansa_operator.settings import Settings


@dataclass(frozen=True, slots=True)
class Found:
    """Hold the adapters and the Hub that they are for."""

    hub: Hub
    keys: HubKeys
    kube: KubeClient
    chain: EvmChain
    times: ChainTimes
    store: DirectoryStore
    ray: LocalRay


@dataclass(frozen=True, slots=True)
class MetricCounters:
    """Count in the metrics what reconciling tells."""

    metrics: Metrics

    def status_written(self, kind: str) -> None:
        """Count a status write."""
        self.metrics.status_writes.labels(kind).inc()

    def slices_sealed(self, count: int) -> None:
        """Count slices that were sealed."""
        self.metrics.slices_sealed.inc(count)


def build_world(
    found: Found, settings: Settings, queue: KeyedQueue, metrics: Metrics, clock: Callable[[], int]
) -> World:
    """Return the world."""
    books = Books(found.store.ledger)
    return World(
        hub=Identity.of(found.hub),
        times=found.times,
        secrets=Secrets(found.keys.private_key),
        gateway_url=settings.gateway_url,
        backend=Backend.LOCAL,
        kube=found.kube,
        chain=found.chain,
        ray=found.ray,
        store=found.store,
        books=books,
        cache=Cache(),
        board=Board(),
        totals=Totals(books, found.times),
        credits=CreditReads(found.chain, clock),
        desk=Desk(),
        queue=queue,
        counters=MetricCounters(metrics),
        clock=clock,
        started_ms=clock(),
        cases=open_cases(found.chain),
    )


def build_intake(world: World, found: Found) -> LedgerIntake:
    """Return what the gateway hands messages to."""
    identity = HubIdentity(
        chain_id=world.hub.chain_id,
        settlement=world.hub.settlement,
        address=world.hub.address,
        epoch_seconds=world.times.epoch_seconds,
        key=found.keys.private_key,
    )
    return LedgerIntake(
        store=world.store,
        books=world.books,
        board=world.board,
        cache=world.cache,
        hub=identity,
        keys=ReceiptKeys(world.chain.provider),
        clock=world.clock,
        changed=world.queue.add,
    )
