"""What an operator reconciles with, on the chain of a test: its own ledger, store and hub, without Ray and agents."""

import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

from hansa_operator.adapters.chain import ContractAddresses, open_cases, open_chain
from hansa_operator.adapters.health import Metrics
from hansa_operator.adapters.store import open_store
from hansa_operator.api.hub import VaultRef
from hansa_operator.composition.operator import unix_ms
from hansa_operator.composition.world import MetricCounters
from hansa_operator.ports.kube import Kube
from hansa_operator.ports.ledger import SealRecord
from hansa_operator.reconcile.known.board import Board
from hansa_operator.reconcile.known.books import Books
from hansa_operator.reconcile.known.cache import Cache
from hansa_operator.reconcile.known.credit_reads import CreditReads
from hansa_operator.reconcile.known.totals import Totals
from hansa_operator.reconcile.queue import KeyedQueue
from hansa_operator.reconcile.world import Desk, Identity, Secrets, World
from hansa_protocol.batch import Batch, encode_batch
from tests.fixtures.anvil import ACCOUNTS
from tests.integration.chain.market import Market, address

NOWHERE = cast("Any", None)


@asynccontextmanager
async def open_world(
    market: Market, folder: Path, *, name: str = "hub", kube: Kube = NOWHERE, clock: Callable[[], int] = unix_ms
) -> AsyncIterator[World]:
    """Yield the world of the hub `name` on a store in a folder, which outlives it."""
    d, key = market.deployment, ACCOUNTS["hub"].key
    places = ContractAddresses(
        d.settlement, d.credit_lines, d.providers, d.services, d.challenges, d.statements, d.disputes, d.claims
    )
    chain = await open_chain(market.anvil.url, chain_id=d.chain_id, hub_key=key, contracts=places)
    store = open_store(folder / "store")
    vault = market.contracts.vault.address
    vaults = {vault: VaultRef(address=vault, token=market.contracts.token.address, symbol="HANSA", decimals=18)}
    try:
        books, times = Books(store.ledger), await chain.times()
        yield World(
            hub=Identity(name, d.chain_id, address("hub"), d.settlement, d.credit_lines, vaults),
            times=times,
            secrets=Secrets(key),
            gateway_url="http://127.0.0.1",
            backend="Local",
            kube=kube,
            chain=chain,
            ray=NOWHERE,
            store=store,
            books=books,
            cache=Cache(),
            board=Board(),
            totals=Totals(books, times),
            credits=CreditReads(chain, clock),
            desk=Desk(),
            queue=KeyedQueue(clock=clock, rng=random.Random(1), on_error=lambda key, error: None),
            counters=MetricCounters(Metrics.create()),
            clock=clock,
            started_ms=0,
            cases=open_cases(chain),
        )
    finally:
        await chain.close()
        store.close()


async def seal(world: World, batch: Batch) -> SealRecord:
    """Keep a batch as sealing does."""
    data = encode_batch(batch)
    digest, name = await world.store.blobs.put(data), f"{world.hub.name}-{batch.epoch}"
    kept = SealRecord(batch.vault, batch.epoch, digest, len(data), name, len(batch.parts), 0)
    await world.store.ledger.seals.put(kept.key, kept)
    return kept
