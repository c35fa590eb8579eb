"""The books of payees' claims on what hubs guarantee them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import singledispatchmethod

from hansa_chain.audit.entries import Entry, Question
from hansa_chain.cases import State
from hansa_protocol.identity import Address

Lane = tuple[Address, Address, int, Address]
"""Hub, vault, epoch and payee."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """Tell that a payee claims an epoch, what of it the guarantee has (`due`), and until when the hub can answer."""

    hub: Address
    vault: Address
    epoch: int
    payee: Address
    cumulative: int
    due: int
    until: int


@dataclass(frozen=True, slots=True)
class CreditShown:
    """Tell that a hub showed a credit that was paid, and what is still missing: no more than that is due."""

    hub: Address
    vault: Address
    epoch: int
    payee: Address
    part: int
    missing: int


@dataclass(frozen=True, slots=True)
class ClaimPaid:
    """Tell that a claim was paid."""

    hub: Address
    vault: Address
    epoch: int
    payee: Address


@dataclass(slots=True)
class ClaimRecord:
    """Hold a claim."""

    missing: int
    due: int
    until: int
    next_part: int = 0
    state: State = State.OPEN


@dataclass(slots=True)
class ClaimBooks:
    """Hold all claims."""

    address: Address
    leaf_fee: int
    claims: dict[Lane, ClaimRecord] = field(default_factory=dict)

    @singledispatchmethod
    def apply(self, event: object) -> None:
        """Enter an event; others than of claims change nothing."""

    @apply.register
    def _(self, event: Claimed) -> None:
        self.claims[_lane(event)] = ClaimRecord(event.cumulative, event.due, event.until)

    @apply.register
    def _(self, event: CreditShown) -> None:
        claim = self.claims[_lane(event)]
        claim.missing, claim.due = event.missing, min(claim.due, event.missing)
        claim.next_part = event.part + 1
        if claim.due == 0:
            claim.state = State.ANSWERED

    @apply.register
    def _(self, event: ClaimPaid) -> None:
        self.claims[_lane(event)].state = State.ENDED

    def deposits(self, vault: Address) -> int:
        """Return the deposits of open claims in a vault: the contract's custody there."""
        states = [claim.state for (_, place, _, _), claim in self.claims.items() if place == vault]
        return self.leaf_fee * states.count(State.OPEN)

    def entries(self) -> Iterator[Entry]:
        """Yield what the contract must say of every claim."""
        for lane, claim in self.claims.items():
            _, vault, epoch, payee = lane
            name, asked = f"claim on epoch {epoch}", Question("Claims", self.address, "claimOf", lane)
            yield Entry(payee, f"{name}: missing", claim.missing, asked, (0, 0), vault)
            yield Entry(payee, f"{name}: due", claim.due, asked, (0, 1), vault)
            yield Entry(payee, f"{name}: next part", claim.next_part, asked, (0, 2))
            yield Entry(payee, f"{name}: state", int(claim.state), asked, (0, 3))
            yield Entry(payee, f"{name}: until", claim.until, asked, (0, 5))


def _lane(event: Claimed | CreditShown | ClaimPaid) -> Lane:
    return event.hub, event.vault, event.epoch, event.payee
