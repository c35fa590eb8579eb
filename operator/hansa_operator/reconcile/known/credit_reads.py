"""Customers' standing on chain, read every few seconds at most: many jobs ask at one moment, and nodes can be away."""

from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from hansa_operator.ports.chain import Chain, ChainUnreachable, CreditState
from hansa_operator.reconcile.turns import Turns

FRESH_MS = 3_000
log = structlog.get_logger(__name__)


@dataclass(slots=True)
class CreditReads:
    """Remember what was read last."""

    chain: Chain
    clock: Callable[[], int]
    _known: dict[tuple[str, str, int], tuple[int, CreditState]] = field(default_factory=dict)
    _asking: Turns = field(default_factory=Turns)

    def last(self, customer: str, vault: str, epoch: int) -> CreditState | None:
        """Return what was read last of a customer's standing in an epoch, None when nothing was."""
        known = self._known.get((customer, vault, epoch))
        return known[1] if known is not None else None

    async def read(self, customer: str, vault: str, epoch: int) -> CreditState | None:
        """Return a customer's standing in an epoch, or None while it is not known."""
        async with self._asking.of(f"{customer}.{vault}"):
            return await self._read(customer, vault, epoch)

    async def _read(self, customer: str, vault: str, epoch: int) -> CreditState | None:
        key = (customer, vault, epoch)
        now, known = self.clock(), self._known.get(key)
        if known is not None and now - known[0] < FRESH_MS:
            return known[1]
        try:
            state = await self.chain.credit(customer, vault, epoch)
        except ChainUnreachable as away:
            log.warning("credit not read", customer=customer, vault=vault, why=str(away))
            return known[1] if known is not None else None
        self._known = {other: kept for other, kept in self._known.items() if other[2] >= epoch - 1}
        self._known[key] = (now, state)
        return state
