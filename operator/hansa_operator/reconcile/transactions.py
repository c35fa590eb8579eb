"""Transactions of the hub: recorded before they are sent, so that a restart looks before it acts."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

import structlog

from hansa_operator.core.transactions import Sent
from hansa_operator.ports.chain import ChainRefused, ChainUnreachable, Intend, SentTx
from hansa_operator.ports.ledger import TransactionRecord
from hansa_operator.reconcile.world import World

log = structlog.get_logger(__name__)
Send = Callable[[Intend], Awaitable[SentTx]]


class Purpose(NamedTuple):
    """Name what a transaction does: its subject is a settlement, a credit line or a case, and `part` counts there."""

    subject: str
    part: int
    action: str


async def observe_sent(world: World, purpose: Purpose) -> Sent | None:
    """Return what was recorded of a transaction and where it is now; None when none was ever meant."""
    record = world.books.transaction(*purpose)
    if record is None:
        return None
    try:
        return Sent(record, await world.chain.transaction(record.tx_hash))
    except ChainUnreachable:
        return Sent(record, None)


async def send(world: World, how: Send, *purposes: Purpose) -> bool:
    """Send a transaction that serves these purposes, and return whether it was sent.

    What is refused is remembered under its subject until a try succeeds; of several it is not known which was meant.
    """
    befores = [world.books.transaction(*purpose) for purpose in purposes]

    async def intend(sent: SentTx) -> None:
        for purpose, before in zip(purposes, befores, strict=True):
            attempts = before.attempts + 1 if before is not None else 1
            record = TransactionRecord(*purpose, sent.tx_hash, sent.nonce, world.clock(), attempts)
            await world.store.ledger.transactions.put(record.key, record)

    try:
        sent = await how(intend)
    except ChainRefused as refused:
        if len(purposes) == 1:
            _remember(world, purposes[0], refused)
        return False
    for purpose in purposes:
        world.desk.refusals.pop(purpose.subject, None)
        log.info("transaction sent", **purpose._asdict(), tx_hash=sent.tx_hash, nonce=sent.nonce)
    return True


def _remember(world: World, purpose: Purpose, refused: ChainRefused) -> None:
    known, why = world.desk.refusals.get(purpose.subject), (refused.reason, str(refused))
    world.desk.refusals[purpose.subject] = why
    if known != why:
        log.warning("transaction refused", **purpose._asdict(), why=str(refused))
