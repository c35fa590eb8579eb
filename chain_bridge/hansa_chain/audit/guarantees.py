"""The books of guarantees: what of hubs' bonds stands for one payee alone, and what of it is leaving."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import singledispatchmethod

from hansa_chain.audit.entries import Entry, Question
from hansa_protocol.identity import Address

Lane = tuple[Address, Address, Address]
"""Hub, vault and payee."""


@dataclass(frozen=True, slots=True)
class Guaranteed:
    """Tell that more of a hub's bond stands for a payee."""

    hub: Address
    vault: Address
    payee: Address
    amount: int


@dataclass(frozen=True, slots=True)
class RevokeRequested:
    """Tell what a hub asked to have back, instead of what it asked for before, and since when it can."""

    hub: Address
    vault: Address
    payee: Address
    amount: int
    available_at: int


@dataclass(frozen=True, slots=True)
class Revoked:
    """Tell that a part of a guarantee is free bond again."""

    hub: Address
    vault: Address
    payee: Address
    amount: int


@dataclass(frozen=True, slots=True)
class GuaranteeUsed:
    """Tell what of a guarantee a claim has."""

    hub: Address
    vault: Address
    payee: Address
    amount: int


@dataclass(frozen=True, slots=True)
class GuaranteeRestored:
    """Tell what a claim gave back."""

    hub: Address
    vault: Address
    payee: Address
    amount: int


@dataclass(frozen=True, slots=True)
class GuaranteePaid:
    """Tell what a claim had of a guarantee and paid to its payee."""

    hub: Address
    vault: Address
    payee: Address
    amount: int


@dataclass(slots=True)
class GuaranteeRecord:
    """Hold what stands for a payee and no claim has, and what of it is leaving."""

    amount: int = 0
    leaving: int = 0
    available_at: int = 0


@dataclass(slots=True)
class GuaranteeBooks:
    """Hold what every hub guarantees to whom."""

    address: Address
    given: dict[Lane, GuaranteeRecord] = field(default_factory=dict)

    @singledispatchmethod
    def apply(self, event: object) -> None:
        """Enter an event; others than of guarantees change nothing."""

    @apply.register
    def _(self, event: Guaranteed) -> None:
        self.given.setdefault((event.hub, event.vault, event.payee), GuaranteeRecord()).amount += event.amount

    @apply.register
    def _(self, event: RevokeRequested) -> None:
        given = self.given.get((event.hub, event.vault, event.payee))
        if given is None:
            # Who guarantees nothing can ask for nothing, and name whatever it likes as a vault.
            return
        given.leaving, given.available_at = event.amount, event.available_at

    @apply.register
    def _(self, event: Revoked) -> None:
        given = self._of(event)
        given.amount, given.leaving, given.available_at = given.amount - event.amount, 0, 0

    @apply.register
    def _(self, event: GuaranteeUsed) -> None:
        self._of(event).amount -= event.amount

    @apply.register
    def _(self, event: GuaranteeRestored) -> None:
        self._of(event).amount += event.amount

    def entries(self) -> Iterator[Entry]:
        """Yield what the contract must say of every guarantee."""
        for (hub, vault, payee), given in self.given.items():
            asked = Question("Settlement", self.address, "guaranteeOf", (hub, vault, payee))
            yield Entry(payee, f"guaranteed by {hub}", given.amount, asked, (0,), vault)
            yield Entry(payee, f"leaving of what {hub} guarantees", given.leaving, asked, (1,), vault)
            yield Entry(payee, f"what {hub} guarantees leaves at", given.available_at, asked, (2,))

    def _of(self, event: Revoked | GuaranteeUsed | GuaranteeRestored) -> GuaranteeRecord:
        return self.given[event.hub, event.vault, event.payee]
