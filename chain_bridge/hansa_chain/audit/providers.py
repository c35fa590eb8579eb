"""The books of providers: their bonds, what of them is reserved or leaving, and their receipt keys."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import singledispatchmethod

from hansa_chain.audit.bonds import BondDeposited, UnbondCancelled, Unbonded, UnbondRequested
from hansa_chain.audit.entries import Entry, Question
from hansa_protocol.identity import ZERO_ADDRESS, Address


@dataclass(frozen=True, slots=True)
class ReceiptKeySet:
    """Tell who signs a provider's receipts from an epoch on."""

    provider: Address
    receipt_key: Address
    from_epoch: int


@dataclass(frozen=True, slots=True)
class BondReserved:
    """Tell how much of a provider's bond waits for disputes."""

    provider: Address
    vault: Address
    reserved: int


@dataclass(frozen=True, slots=True)
class Slashed:
    """Tell what a verdict took of a provider's bond."""

    provider: Address
    vault: Address
    amount: int


@dataclass(slots=True)
class ProviderBond:
    """Hold a bond; what is leaving is a part of it, and so is what disputes have reserved."""

    bonded: int = 0
    leaving: int = 0
    available_at: int = 0
    reserved: int = 0


@dataclass(slots=True)
class ProviderBooks:
    """Hold all providers of one register."""

    address: Address
    bonds: defaultdict[tuple[Address, Address], ProviderBond] = field(default_factory=lambda: defaultdict(ProviderBond))
    keys: defaultdict[Address, list[tuple[int, Address]]] = field(default_factory=lambda: defaultdict(list))

    @singledispatchmethod
    def apply(self, event: object) -> None:
        """Enter an event; others than a provider's change nothing."""

    @apply.register
    def _(self, event: BondDeposited) -> None:
        self.bonds[event.account, event.vault].bonded += event.amount

    @apply.register
    def _(self, event: UnbondRequested) -> None:
        bond = self.bonds[event.account, event.vault]
        bond.leaving, bond.available_at = event.amount, event.available_at

    @apply.register
    def _(self, event: UnbondCancelled) -> None:
        bond = self.bonds[event.account, event.vault]
        bond.leaving, bond.available_at = 0, 0

    @apply.register
    def _(self, event: Unbonded) -> None:
        bond = self.bonds[event.account, event.vault]
        bond.bonded, bond.leaving, bond.available_at = bond.bonded - event.amount, 0, 0

    @apply.register
    def _(self, event: BondReserved) -> None:
        self.bonds[event.provider, event.vault].reserved = event.reserved

    @apply.register
    def _(self, event: Slashed) -> None:
        bond = self.bonds[event.provider, event.vault]
        bond.bonded -= event.amount
        bond.leaving = min(bond.leaving, bond.bonded)

    @apply.register
    def _(self, event: ReceiptKeySet) -> None:
        self.keys[event.provider].append((event.from_epoch, event.receipt_key))

    def bonded(self, vault: Address) -> int:
        """Return the sum of all bonds in a vault: the contract's custody there."""
        return sum(bond.bonded for (_, place), bond in self.bonds.items() if place == vault)

    def entries(self, epoch: int) -> Iterator[Entry]:
        """Yield what the contract must say of every bond, and of the keys in an epoch."""
        for (provider, vault), bond in self.bonds.items():
            asked = self._ask("bondOf", provider, vault)
            yield Entry(provider, "provider's bond", bond.bonded, asked, (0,), vault)
            yield Entry(provider, "leaving of it", bond.leaving, asked, (1,), vault)
            yield Entry(provider, "bond leaves at", bond.available_at, asked, (2,))
            reserved = self._ask("reservedOf", provider, vault)
            yield Entry(provider, "reserved of it", bond.reserved, reserved, vault=vault)
        for provider, keys in self.keys.items():
            key = next((key for since, key in reversed(keys) if since <= epoch), ZERO_ADDRESS)
            yield Entry(provider, "receipt key", key, self._ask("receiptKeyOf", provider, epoch))

    def _ask(self, function: str, *arguments: Address | int) -> Question:
        return Question("Providers", self.address, function, arguments)
