"""The part of an operator that answers challenges: its ledger, its store, its chain, and nothing else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from hansa_operator.core.order.record import keep_order
from hansa_operator.core.order.signed_order import SignedOrder
from hansa_operator.ports.kube import ObjectRef
from hansa_operator.ports.ledger import JobRecord
from hansa_operator.reconcile.kinds.answers import reconcile_cases
from hansa_operator.reconcile.world import CASES, World
from hansa_protocol.batch import Batch
from tests.dishonest.scene import Scene
from tests.integration.chain.hub_world import open_world, seal


@dataclass(frozen=True)
class Defence:
    """Hold a running defender of the hub."""

    scene: Scene
    world: World

    async def look(self) -> None:
        """Look at all cases once, and wait until a block has what was sent."""
        await self.send()
        for _, record in self.world.store.ledger.transactions.scan():
            self.scene.market.sender("hub").wait_mined(record.tx_hash)

    async def send(self) -> None:
        """Look at all cases once."""
        await reconcile_cases(self.world, ObjectRef(CASES, "", "hub"))

    async def seal(self, batch: Batch) -> None:
        """Keep a batch as sealing does."""
        await seal(self.world, batch)

    async def admit(self, signed: SignedOrder) -> None:
        """Keep a job as admission does, with the order that it runs by."""
        order = signed.order
        kept = keep_order(order, signed.signature)
        parties = {"customer": order.customer, "vault": order.vault, "service": 0, "publisher": "", "royalty_bps": 0}
        names = {"job_id": signed.job_id, "namespace": "lab", "name": "train", "uid": "u1"}
        rest = {"max_amount": order.max_amount, "digest": "", "idempotency_key": "", "code_digest": "", "order": kept}
        await self.world.books.put_job(JobRecord(**names, **parties, **rest))


@asynccontextmanager
async def defend(scene: Scene, folder: Path) -> AsyncIterator[Defence]:
    """Start the defender on a store, which outlives it."""
    async with open_world(scene.market, folder) as world:
        yield Defence(scene, world)
