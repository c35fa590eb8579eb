"""The books of hubs: what of their bonds is free, covers posts, is guaranteed, is leaving, or waits for penalties."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import singledispatchmethod

from hansa_chain.audit.bonds import BondDeposited, UnbondCancelled, Unbonded, UnbondRequested
from hansa_chain.audit.entries import Entry, Question
from hansa_chain.audit.guarantees import Guaranteed, GuaranteePaid, Revoked
from hansa_chain.audit.hub_bond import Cover, HubBond
from hansa_chain.audit.parts import Posted
from hansa_chain.profile import Params
from hansa_protocol.identity import Address
from hansa_protocol.units import BPS


@dataclass(frozen=True, slots=True)
class ShortfallPaid:
    """Tell what a hub's bond paid of its customers' debits."""

    hub: Address
    vault: Address
    amount: int


@dataclass(frozen=True, slots=True)
class CaseCounted:
    """Tell how many cases keep an epoch's cover, and the penalties that a hub's bond waits for."""

    hub: Address
    vault: Address
    epoch: int
    cases: int
    penalties: int


@dataclass(frozen=True, slots=True)
class CoverUsed:
    """Tell what an epoch's cover paid."""

    hub: Address
    vault: Address
    epoch: int
    amount: int


@dataclass(frozen=True, slots=True)
class CoverReturned:
    """Tell what of a void part's escrow stands behind its epoch again."""

    hub: Address
    vault: Address
    epoch: int
    amount: int


@dataclass(frozen=True, slots=True)
class PenaltyCollected:
    """Tell what was taken of a hub's bond as a penalty."""

    hub: Address
    vault: Address
    from_free: int
    from_leaving: int


@dataclass(slots=True)
class HubBooks:
    """Hold the bonds of all hubs of one settlement."""

    address: Address
    params: Params
    bonds: defaultdict[tuple[Address, Address], HubBond] = field(default_factory=lambda: defaultdict(HubBond))

    @singledispatchmethod
    def apply(self, event: object) -> None:
        """Enter an event; others than of hubs' bonds change nothing."""

    @apply.register
    def _(self, event: BondDeposited) -> None:
        self.bonds[event.account, event.vault].free += event.amount

    @apply.register
    def _(self, event: UnbondRequested) -> None:
        bond = self.bonds[event.account, event.vault]
        bond.free -= event.amount
        bond.leaving, bond.available_at = event.amount, event.available_at

    @apply.register
    def _(self, event: UnbondCancelled) -> None:
        bond = self.bonds[event.account, event.vault]
        bond.free, bond.leaving, bond.available_at = bond.free + event.amount, 0, 0

    @apply.register
    def _(self, event: Unbonded) -> None:
        bond = self.bonds[event.account, event.vault]
        bond.leaving, bond.available_at = 0, 0

    @apply.register
    def _(self, event: Posted) -> None:
        bond, header = self.bonds[event.hub, event.vault], event.header
        amount = -(-header.debits * self.params.cover_bps // BPS)
        bond.free -= amount
        cover = bond.covers.setdefault(event.epoch, Cover())
        cover.amount += amount
        cover.release_at = header.posted_at + self.params.settle_seconds

    @apply.register
    def _(self, event: ShortfallPaid) -> None:
        self.bonds[event.hub, event.vault].free -= event.amount

    @apply.register
    def _(self, event: CaseCounted) -> None:
        bond = self.bonds[event.hub, event.vault]
        bond.covers[event.epoch].cases = event.cases
        bond.penalties = event.penalties

    @apply.register
    def _(self, event: CoverUsed) -> None:
        self.bonds[event.hub, event.vault].covers[event.epoch].amount -= event.amount

    @apply.register
    def _(self, event: CoverReturned) -> None:
        self.bonds[event.hub, event.vault].covers[event.epoch].amount += event.amount

    @apply.register
    def _(self, event: PenaltyCollected) -> None:
        bond = self.bonds[event.hub, event.vault]
        bond.free, bond.leaving = bond.free - event.from_free, bond.leaving - event.from_leaving
        bond.penalties -= event.from_free + event.from_leaving

    @apply.register
    def _(self, event: Guaranteed) -> None:
        self._guarantee(event, event.amount)

    @apply.register
    def _(self, event: Revoked) -> None:
        self._guarantee(event, -event.amount)

    @apply.register
    def _(self, event: GuaranteePaid) -> None:
        self.bonds[event.hub, event.vault].guaranteed -= event.amount

    def bonded(self, vault: Address) -> int:
        """Return the sum of all that hubs have in a vault."""
        return sum(bond.whole for (_, place), bond in self.bonds.items() if place == vault)

    def entries(self, now_seconds: int) -> Iterator[Entry]:
        """Yield what the contract must say of every bond in a block of this time."""
        for (hub, vault), bond in self.bonds.items():
            past = bond.releasable(now_seconds)
            free = max(0, bond.free + past - bond.penalties)
            asked = self._ask("bondOf", hub, vault)
            yield Entry(hub, "hub's bond", bond.whole, asked, (0,), vault)
            yield Entry(hub, "covering posts", bond.covering - past, asked, (1,), vault)
            yield Entry(hub, "leaving", bond.leaving, asked, (2,), vault)
            yield Entry(hub, "leaves at", bond.available_at, asked, (3,))
            yield Entry(hub, "free", free, self._ask("freeBond", hub, vault), vault=vault)
            yield Entry(hub, "penalties", bond.penalties, self._ask("penaltiesOf", hub, vault), vault=vault)

    def _guarantee(self, event: Guaranteed | Revoked, amount: int) -> None:
        bond = self.bonds[event.hub, event.vault]
        bond.free, bond.guaranteed = bond.free - amount, bond.guaranteed + amount

    def _ask(self, function: str, *arguments: Address) -> Question:
        return Question("Settlement", self.address, function, arguments)
