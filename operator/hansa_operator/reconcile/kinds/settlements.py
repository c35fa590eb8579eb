"""Reconcile Settlements: post what was sealed, wait out the window, have it paid, and tell whom it concerns."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial

import structlog

from hansa_operator.api.aijob import AIJob
from hansa_operator.api.settlement import Settlement
from hansa_operator.core.conditions import is_true
from hansa_operator.core.metering.sealing import finalized, without_epochs
from hansa_operator.core.readers import reader_key
from hansa_operator.core.settlement.life import (
    Action,
    Finalize,
    MarkMissed,
    MarkPaid,
    Post,
    SettlementFacts,
    decide_settlement,
)
from hansa_operator.core.settlement.parts import PartFacts
from hansa_operator.core.settlement.together import Company, next_post_ms
from hansa_operator.ports.chain import ChainUnreachable, SentTx
from hansa_operator.ports.kube import Conflict, ObjectRef
from hansa_operator.ports.ledger import JobRecord, SealRecord, SealState
from hansa_operator.reconcile.kinds.settlement_manifest import build_settlement
from hansa_operator.reconcile.status import tell, write_status
from hansa_operator.reconcile.taking_in import take_in
from hansa_operator.reconcile.transactions import Purpose, observe_sent, send
from hansa_operator.reconcile.world import World
from hansa_protocol.batch import Batch, decode_batch

log = structlog.get_logger(__name__)
SHOWN_MS = 100


@dataclass(frozen=True, slots=True)
class Sealed:
    """Pair what the ledger says of an epoch with its batch."""

    seal: SealRecord
    batch: Batch


async def reconcile_settlement(world: World, ref: ObjectRef) -> int | None:
    """Bring one settlement on; returns when to look again (unix ms)."""
    seal = world.books.seal_named(ref.name)
    if seal is None:
        return None
    settlement = world.cache.get(Settlement, "", ref.name)
    if seal.state in (SealState.FINALIZED, SealState.MISSED) and (settlement is None or _is_told(settlement)):
        return None
    sealed = Sealed(seal, decode_batch(await world.store.blobs.get(seal.batch_digest)))
    if settlement is None:
        # The object follows from the ledger: one that was lost or deleted is made again.
        await _create(world, sealed)
        return world.clock() + SHOWN_MS
    return await _go_on(world, sealed, settlement)


async def _go_on(world: World, sealed: Sealed, settlement: Settlement) -> int | None:
    batch, name = sealed.batch, settlement.metadata.name
    parts = [await _observe(world, sealed, number) for number in range(len(batch.parts))]
    vault = world.desk.payable.setdefault(batch.vault, {})
    decision = decide_settlement(
        SettlementFacts(
            settlement=settlement,
            now_ms=world.clock(),
            times=world.times,
            decimals=world.hub.vaults[batch.vault].decimals,
            parts=tuple(parts),
            refused=world.desk.refusals.get(name),
            company=Company(_next_post_ms(world, batch.vault), tuple(vault.values())),
        )
    )
    vault.pop(name, None)
    if decision.payable is not None:
        vault[name] = decision.payable
    for action in decision.actions:
        await _act(world, sealed, action)
    await _note_posted(world, sealed, parts)
    await write_status(world, settlement, decision.status)
    await tell(world, settlement, decision.notices)
    return decision.wake_ms


async def _observe(world: World, sealed: Sealed, part: int) -> PartFacts:
    name = sealed.seal.settlement_name
    try:
        state = await world.chain.part(sealed.batch, part)
    except ChainUnreachable as away:
        log.warning("settlement not observed", settlement=name, part=part, why=str(away))
        state = None
    post = await observe_sent(world, Purpose(name, part, "post"))
    return PartFacts(state, post, await observe_sent(world, Purpose(name, part, "finalize")))


def _next_post_ms(world: World, vault: str) -> int:
    seals = [seal for seal in world.books.seals(vault) if seal.state is SealState.SEALED]
    sealed = any(world.books.transaction(seal.settlement_name, 0, "post") is None for seal in seals)
    return next_post_ms(world.clock(), world.times, sealed=sealed)


async def _act(world: World, sealed: Sealed, action: Action) -> None:
    batch, name = sealed.batch, sealed.seal.settlement_name
    match action:
        case Post():
            await _post(world, sealed, action)
        case Finalize(part, replaces):
            how = partial(world.chain.finalize, batch, part, replaces=replaces)
            await send(world, how, Purpose(name, part, "finalize"))
        case MarkMissed(parts):
            await _miss(world, sealed, parts)
        case MarkPaid():
            await _pay(world, sealed)


async def _post(world: World, sealed: Sealed, action: Post) -> None:
    """Post a part, and pay another settlement with it; alone when the two of them cannot go together."""
    how = partial(world.chain.post, sealed.batch, action.part, sealed.seal.batch_digest, replaces=action.replaces)
    purpose = Purpose(sealed.seal.settlement_name, action.part, "post")
    paid = world.books.seal_named(action.paying) if action.paying is not None else None
    if paid is None or not await _pay_too(world, how, purpose, paid):
        await send(world, how, purpose)


async def _pay_too(world: World, how: Callable[..., Awaitable[SentTx]], purpose: Purpose, paid: SealRecord) -> bool:
    both = partial(how, paying=decode_batch(await world.store.blobs.get(paid.batch_digest)))
    try:
        sent = await send(world, both, purpose, Purpose(paid.settlement_name, 0, "finalize"))
    except ChainUnreachable as unseen:
        # Its post may have been taken back: that must not keep this one waiting.
        log.warning("posted without the payment", settlement=paid.settlement_name, why=str(unseen))
        return False
    world.queue.add(ObjectRef("Settlement", "", paid.settlement_name))
    return sent


async def _note_posted(world: World, sealed: Sealed, parts: list[PartFacts]) -> None:
    """Let the next epoch be sealed once this one is on chain for good."""
    seal = world.store.ledger.seals.get(sealed.seal.key)
    there = all(part.state is not None and part.state.posted_finalized for part in parts)
    if there and seal is not None and seal.state is SealState.SEALED:
        await _put_state(world, seal, SealState.POSTED)


async def _miss(world: World, sealed: Sealed, parts: tuple[int, ...]) -> None:
    """Open the work of parts that missed their deadline again."""
    seal, batch = sealed.seal, sealed.batch
    if seal.state is not SealState.SEALED:
        return
    log.error("epoch missed its deadline", settlement=seal.settlement_name, parts=parts)
    for record in _records(world, batch, parts):
        await world.books.change_account(record.job_id, partial(without_epochs, epochs=[seal.epoch]))
        world.queue.add(ObjectRef(AIJob.__name__, record.namespace, record.name))
    whole = len(parts) == len(batch.parts)
    await _put_state(world, seal, SealState.MISSED if whole else SealState.POSTED)


async def _pay(world: World, sealed: Sealed) -> None:
    """Record that the posted parts are paid for good."""
    seal = world.store.ledger.seals.get(sealed.seal.key)
    if seal is None or seal.state in (SealState.FINALIZED, SealState.MISSED):
        return
    records = _records(world, sealed.batch, tuple(range(len(sealed.batch.parts))))
    paid = partial(finalized, epoch=seal.epoch)
    await asyncio.gather(*(world.books.change_account(record.job_id, paid) for record in records))
    await _put_state(world, seal, SealState.FINALIZED)
    log.info("epoch paid", settlement=seal.settlement_name, epoch=seal.epoch)
    for record in records:
        world.queue.add(ObjectRef(AIJob.__name__, record.namespace, record.name))


def _records(world: World, batch: Batch, parts: tuple[int, ...]) -> list[JobRecord]:
    jobs = {"0x" + leaf.job_id.hex() for number in parts for leaf in batch.parts[number].leaves}
    records = (world.books.job(job_id) for job_id in sorted(jobs))
    return [record for record in records if record is not None]


async def _put_state(world: World, seal: SealRecord, state: SealState) -> None:
    await world.store.ledger.seals.put(seal.key, replace(seal, state=state))


async def _create(world: World, sealed: Sealed) -> None:
    digest = sealed.seal.batch_digest
    uri = f"{world.gateway_url}/v1/batches/{digest}?key={reader_key(world.secrets.hub_key, digest)}"
    try:
        take_in(world, await world.kube.create(build_settlement(world.hub, sealed.seal, sealed.batch, uri)))
    except Conflict:
        # It is there already; the watch has not shown it yet.
        return


def _is_told(settlement: Settlement) -> bool:
    conditions = settlement.status.conditions if settlement.status else ()
    return is_true(conditions, "Finalized") or (settlement.status is not None and settlement.status.phase == "Missed")
