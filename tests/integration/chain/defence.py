"""The part of an operator that answers challenges: its ledger, its store, its chain, and nothing else."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from hansa_operator.adapters.chain import ContractAddresses, open_cases, open_chain
from hansa_operator.adapters.store import open_store
from hansa_operator.composition.operator import unix_ms
from hansa_operator.core.signed_order import SignedOrder
from hansa_operator.ports.kube import ObjectRef
from hansa_operator.ports.ledger import JobRecord, OrderRecord, SealRecord
from hansa_operator.reconcile.answers import reconcile_cases
from hansa_operator.reconcile.board import Board
from hansa_operator.reconcile.books import Books
from hansa_operator.reconcile.cache import Cache
from hansa_operator.reconcile.credit_reads import CreditReads
from hansa_operator.reconcile.queue import KeyedQueue
from hansa_operator.reconcile.totals import Totals
from hansa_operator.reconcile.world import CASES, Desk, Identity, Secrets, World
from hansa_protocol.batch import Batch, encode_batch
from tests.dishonest.scene import Scene
from tests.fixtures.anvil import ACCOUNTS
from tests.integration.chain.market import address


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
        data = encode_batch(batch)
        digest = await self.world.store.blobs.put(data)
        seal = SealRecord(batch.vault, batch.epoch, digest, len(data), f"hub-{batch.epoch}", len(batch.parts), 0)
        await self.world.store.ledger.seals.put(seal.key, seal)

    async def admit(self, signed: SignedOrder) -> None:
        """Keep a job as admission does, with the order that it runs by."""
        order = signed.order
        kept = OrderRecord(
            hub=order.hub,
            vault=order.vault,
            customer=order.customer,
            service=order.service,
            spec_digest="0x" + order.spec_digest.hex(),
            max_amount=order.max_amount,
            nonce=order.nonce,
            expires_at=order.expires_at,
            signature="0x" + signed.signature.hex(),
        )
        parties = {"customer": order.customer, "vault": order.vault, "service": 0, "publisher": "", "royalty_bps": 0}
        names = {"job_id": signed.job_id, "namespace": "lab", "name": "train", "uid": "u1"}
        rest = {"max_amount": order.max_amount, "digest": "", "idempotency_key": "", "code_digest": "", "order": kept}
        await self.world.books.put_job(JobRecord(**names, **parties, **rest))


@asynccontextmanager
async def defend(scene: Scene, folder: Path) -> AsyncIterator[Defence]:
    """Start the defender on a store, which outlives it."""
    d = scene.market.deployment
    contracts = ContractAddresses(
        d.settlement, d.credit_lines, d.providers, d.services, d.challenges, d.statements, d.claims
    )
    key, chain_id = ACCOUNTS["hub"].key, d.chain_id
    chain = await open_chain(scene.market.anvil.url, chain_id=chain_id, hub_key=key, contracts=contracts)
    store = open_store(folder / "store")
    try:
        books, times = Books(store.ledger), await chain.times()
        nowhere = cast("Any", None)
        world = World(
            hub=Identity("hub", chain_id, address("hub"), d.settlement, d.credit_lines, {}),
            times=times,
            secrets=Secrets(key),
            gateway_url="",
            backend="Local",
            kube=nowhere,
            chain=chain,
            ray=nowhere,
            store=store,
            books=books,
            cache=Cache(),
            board=Board(),
            totals=Totals(books, times),
            credits=CreditReads(chain, unix_ms),
            desk=Desk(),
            queue=KeyedQueue(clock=unix_ms, rng=random.Random(1), on_error=lambda key, error: None),
            counters=nowhere,
            clock=unix_ms,
            started_ms=0,
            cases=open_cases(chain),
        )
        yield Defence(scene, world)
    finally:
        await chain.close()
        store.close()
