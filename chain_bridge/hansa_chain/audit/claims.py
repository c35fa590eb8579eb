"""The books of payees' claims on hubs' bonds, and of the pools that they share by epoch."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import singledispatchmethod

from hansa_chain.audit.entries import Entry, Question
from hansa_chain.cases import State
from hansa_protocol.identity import Address

Lane = tuple[Address, Address, int]
"""Hub, vault and epoch."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """Tell that a payee claims an epoch, until when others can, and what of its own bond waits (`due`)."""

    hub: Address
    vault: Address
    epoch: int
    payee: Address
    cumulative: int
    due: int
    until: int


@dataclass(frozen=True, slots=True)
class CreditShown:
    """Tell that a hub showed a credit that was paid, and what is still due."""

    hub: Address
    vault: Address
    epoch: int
    payee: Address
    part: int
    due: int


@dataclass(frozen=True, slots=True)
class PoolClosed:
    """Tell what there is for all claims on an epoch."""

    hub: Address
    vault: Address
    epoch: int
    pot: int


@dataclass(frozen=True, slots=True)
class ClaimPaid:
    """Tell that a claim ended."""

    hub: Address
    vault: Address
    epoch: int
    payee: Address


@dataclass(slots=True)
class ClaimRecord:
    """Hold a claim."""

    cumulative: int
    due: int
    reserved: int
    next_part: int = 0
    state: State = State.OPEN


@dataclass(slots=True)
class Pool:
    """Hold all claims on an epoch, by payee."""

    until: int
    claims: dict[Address, ClaimRecord] = field(default_factory=dict)
    pot: int | None = None

    @property
    def due(self) -> int:
        """Return the sum of what is missing."""
        return sum(claim.due for claim in self.claims.values())


@dataclass(slots=True)
class ClaimBooks:
    """Hold all claims."""

    address: Address
    leaf_fee: int
    pools: dict[Lane, Pool] = field(default_factory=dict)

    @singledispatchmethod
    def apply(self, event: object) -> None:
        """Enter an event; others than of claims change nothing."""

    @apply.register
    def _(self, event: Claimed) -> None:
        pool = self.pools.setdefault((event.hub, event.vault, event.epoch), Pool(event.until))
        pool.claims[event.payee] = ClaimRecord(event.cumulative, event.due, event.due)

    @apply.register
    def _(self, event: CreditShown) -> None:
        claim = self._claim(event)
        claim.due, claim.next_part = event.due, event.part + 1
        if claim.due == 0:
            claim.state = State.ANSWERED

    @apply.register
    def _(self, event: PoolClosed) -> None:
        self.pools[event.hub, event.vault, event.epoch].pot = event.pot

    @apply.register
    def _(self, event: ClaimPaid) -> None:
        self._claim(event).state = State.ENDED

    def deposits(self, vault: Address) -> int:
        """Return the deposits of open claims in a vault: the contract's custody there."""
        pools = [pool for (_, place, _), pool in self.pools.items() if place == vault]
        states = [claim.state for pool in pools for claim in pool.claims.values()]
        return self.leaf_fee * states.count(State.OPEN)

    def entries(self) -> Iterator[Entry]:
        """Yield what the contract must say of every claim and pool."""
        for lane, pool in self.pools.items():
            yield from self._pool(lane, pool)
            for payee, claim in pool.claims.items():
                yield from self._entries_of(lane, payee, claim)

    def _pool(self, lane: Lane, pool: Pool) -> Iterator[Entry]:
        hub, vault, epoch = lane
        asked = Question("Claims", self.address, "poolOf", lane)
        yield Entry(hub, f"claims on epoch {epoch}: until", pool.until, asked, (0, 0))
        yield Entry(hub, f"claims on epoch {epoch}: closed", pool.pot is not None, asked, (0, 1))
        yield Entry(hub, f"claims on epoch {epoch}: due", pool.due, asked, (0, 3), vault)
        yield Entry(hub, f"claims on epoch {epoch}: pot", pool.pot or 0, asked, (0, 4), vault)

    def _entries_of(self, lane: Lane, payee: Address, claim: ClaimRecord) -> Iterator[Entry]:
        _, vault, epoch = lane
        asked = Question("Claims", self.address, "claimOf", (*lane, payee))
        yield Entry(payee, f"claim on epoch {epoch}", claim.cumulative, asked, (0, 0), vault)
        yield Entry(payee, f"claim on epoch {epoch}: due", claim.due, asked, (0, 1), vault)
        yield Entry(payee, f"claim on epoch {epoch}: next part", claim.next_part, asked, (0, 2))
        yield Entry(payee, f"claim on epoch {epoch}: state", int(claim.state), asked, (0, 3))
        yield Entry(payee, f"claim on epoch {epoch}: reserved", claim.reserved, asked, (0, 4), vault)

    def _claim(self, event: CreditShown | ClaimPaid) -> ClaimRecord:
        return self.pools[event.hub, event.vault, event.epoch].claims[event.payee]
