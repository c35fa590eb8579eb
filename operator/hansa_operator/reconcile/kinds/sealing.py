"""Seal epochs: metered work becomes a batch. Its file is durable first, then the ledger says so, then the rest."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import structlog

from hansa_operator.api.aijob import AIJob
from hansa_operator.core.metering.obstacle import Obstacle, find_obstacle
from hansa_operator.core.metering.sealing import (
    LedgerBehind,
    SealEpoch,
    WaitToSeal,
    decide_seal,
    royalties_of,
    unbacked,
    with_entries,
    without_epochs,
)
from hansa_operator.core.metering.slicing import JobSlices, Room, signed_receipt, slice_job
from hansa_operator.ports.chain import ChainUnreachable
from hansa_operator.ports.kube import ObjectRef
from hansa_operator.ports.ledger import JobRecord, SealRecord
from hansa_operator.reconcile.known.totals import active_work
from hansa_operator.reconcile.world import World
from hansa_protocol.batch import Batch, build_batch, encode_batch
from hansa_protocol.identity import parse_address

RETRY_MS = 1_000
NO_SECRET = b"\0" * 32
log = structlog.get_logger(__name__)

Sliced = Sequence[tuple[JobRecord, JobSlices]]


async def reconcile_epochs(world: World, ref: ObjectRef) -> int | None:
    """Seal the newest epoch of a vault when it is time; returns when to look again (unix ms)."""
    vault = ref.name
    try:
        standing = await world.chain.hub(vault)
    except ChainUnreachable:
        return world.clock() + RETRY_MS
    seals = world.books.seals(vault)
    match decide_seal(seals, world.times, chain_epoch=standing.last_epoch, now_ms=world.clock()):
        case WaitToSeal(until_ms):
            return until_ms
        case LedgerBehind():
            world.queue.add(ObjectRef("Hub", "", world.hub.name))
            return world.clock() + 10 * RETRY_MS
        case SealEpoch(epoch):
            return await _seal(world, vault, epoch)


async def _seal(world: World, vault: str, epoch: int) -> int | None:
    world.books.close_epoch(vault, epoch)
    await _take_back(world, vault, epoch)
    try:
        sliced = await _slice(world, vault, epoch)
    except ChainUnreachable:
        return world.clock() + RETRY_MS
    if sliced:
        await _write(world, _build(world, vault, epoch, sliced), sliced)
    # Looked at once more when the next epoch is over.
    return ((epoch + 2) * world.times.epoch_seconds + world.times.sealing_seconds) * 1000


async def _take_back(world: World, vault: str, epoch: int) -> None:
    """Open again what a try before this took for the epoch, when it failed half-way: the disk may have been full."""
    for record in world.books.active_jobs():
        taken = (entry.batch_epoch for entry in world.books.account_of(record.job_id).entries)
        if record.vault == vault and epoch in taken:
            await world.books.change_account(record.job_id, partial(without_epochs, epochs=[epoch]))


async def _slice(world: World, vault: str, epoch: int) -> Sliced:
    """Return an epoch's slices, for each customer within the cap that is in force in it.

    They are of what is known now, before anything else is done. What is beyond waits for a later batch, and so does
    what has an obstacle.
    """
    works = tuple(active_work(world.books, vault))
    customers = {work.record.customer for work in works}
    lines = {customer: await world.chain.credit(customer, vault, epoch) for customer in customers}
    rooms = {customer: Room(line.cap, line.cap) for customer, line in lines.items()}
    found = []
    for work in works:
        customer = work.record.customer
        obstacle = find_obstacle(work.record, lines[customer], epoch)
        _tell(world, work.record, obstacle)
        if obstacle is not None:
            continue
        slices = slice_job(work, epoch=epoch, fee_bps=world.times.fee_bps, room=rooms[customer])
        if slices is not None:
            rooms[customer] = replace(rooms[customer], left=rooms[customer].left - slices.debit)
            found.append((work.record, slices))
    return found


def _tell(world: World, record: JobRecord, obstacle: Obstacle | None) -> None:
    """Have a job say what keeps its work out of the batch, or that nothing does any more."""
    known = world.desk.obstacles
    if known.get(record.job_id) == obstacle:
        return
    if obstacle is None:
        known.pop(record.job_id)
    else:
        known[record.job_id] = obstacle
    _look_at(world, record)


def _build(world: World, vault: str, epoch: int, sliced: Sliced) -> Batch:
    previous = max((seal.epoch for seal in world.books.seals(vault)), default=None)
    royalties = {
        service: (parse_address(payout), bps)
        for service, (payout, bps) in royalties_of(record for record, _ in sliced).items()
    }
    return build_batch(
        [leaf for _, slices in sliced for leaf in slices.leaves],
        royalties,
        world.times.fee_bps,
        chain_id=world.hub.chain_id,
        settlement=world.hub.settlement,
        hub=world.hub.address,
        vault=parse_address(vault),
        epoch=epoch,
        secret_hash=world.secrets.hash_of_epoch(vault, epoch),
        previous_secret=world.secrets.of_epoch(vault, previous) if previous is not None else NO_SECRET,
        receipts=[signed_receipt(job, one, world.hub.address) for job, slices in sliced for one in slices.receipts],
    )


async def _write(world: World, batch: Batch, sliced: Sliced) -> None:
    """Write file, accounts, seal, in this order: accounts without a seal are taken back at the next start."""
    data = encode_batch(batch)
    digest = await world.store.blobs.put(data)
    added = ((record.job_id, partial(with_entries, entries=slices.entries)) for record, slices in sliced)
    await asyncio.gather(*(world.books.change_account(job_id, add) for job_id, add in added))
    seal = SealRecord(
        vault=batch.vault,
        epoch=batch.epoch,
        batch_digest=digest,
        batch_size=len(data),
        settlement_name=f"{world.hub.name}-{batch.vault[2:10].lower()}-{batch.epoch}",
        parts=len(batch.parts),
        sealed_ms=world.clock(),
    )
    await world.store.ledger.seals.put(seal.key, seal)
    count = sum(len(part.leaves) for part in batch.parts)
    world.counters.slices_sealed(count)
    log.info("epoch sealed", epoch=batch.epoch, slices=count, settlement=seal.settlement_name, batch=digest)
    world.queue.add(ObjectRef("Settlement", "", seal.settlement_name))
    for record, _ in sliced:
        _look_at(world, record)


def _look_at(world: World, record: JobRecord) -> None:
    world.queue.add(ObjectRef(AIJob.__name__, record.namespace, record.name))


async def recover(world: World) -> None:
    """Take back what an operator before this wrote of an epoch that it did not seal; call it before anything else."""
    for _, account in tuple(world.store.ledger.accounts.scan()):
        record = world.books.job(account.job_id)
        lost = unbacked(world.books.seals(record.vault), account) if record is not None else frozenset[int]()
        if lost:
            log.warning("slices of an unfinished epoch are open again", job_id=account.job_id, epochs=sorted(lost))
            await world.books.change_account(account.job_id, partial(without_epochs, epochs=lost))
