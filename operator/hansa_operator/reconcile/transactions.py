"""Transactions of the hub: recorded before they are sent, so that a restart looks before it acts."""

from collections.abc import Awaitable, Callable

import structlog

from hansa_operator.core.transactions import Sent
from hansa_operator.ports.chain import ChainRefused, ChainUnreachable, Intend, SentTx
from hansa_operator.ports.ledger import TransactionRecord
from hansa_operator.reconcile.world import World

log = structlog.get_logger(__name__)
Send = Callable[[Intend], Awaitable[SentTx]]


async def observe_sent(world: World, subject: str, part: int, action: str) -> Sent | None:
    """Return what was recorded of a transaction and where it is now; None when none was ever meant."""
    record = world.books.transaction(subject, part, action)
    if record is None:
        return None
    try:
        return Sent(record, await world.chain.transaction(record.tx_hash))
    except ChainUnreachable:
        return Sent(record, None)


async def send(world: World, subject: str, part: int, action: str, how: Send) -> None:
    """Send a transaction; what is refused is remembered under the subject until a try succeeds."""
    before = world.books.transaction(subject, part, action)

    async def intend(sent: SentTx) -> None:
        attempts = before.attempts + 1 if before is not None else 1
        record = TransactionRecord(subject, part, action, sent.tx_hash, sent.nonce, world.clock(), attempts)
        await world.store.ledger.transactions.put(record.key, record)

    try:
        sent = await how(intend)
    except ChainRefused as refused:
        known, why = world.desk.refusals.get(subject), (refused.reason, str(refused))
        world.desk.refusals[subject] = why
        if known != why:
            log.warning("transaction refused", subject=subject, part=part, action=action, why=str(refused))
        return
    world.desk.refusals.pop(subject, None)
    log.info("transaction sent", subject=subject, part=part, action=action, tx_hash=sent.tx_hash, nonce=sent.nonce)
