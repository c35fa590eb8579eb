"""Hubs' bonds: deposited, behind posts, free again, leaving."""

from dataclasses import dataclass, replace
from typing import Any

from hansa_protocol.identity import ZERO_ADDRESS, Address
from hansa_protocol.units import UINT96_MAX
from tests.model.storage import Refused, Table, require
from tests.model.terms import RING, Ground
from tests.model.vault import Vault


@dataclass(frozen=True, slots=True)
class Cover:
    """Hold what stands behind the posts of an epoch; open cases keep it there."""

    epoch: int
    amount: int
    release_at: int
    cases: int = 0

    def is_past(self, now: int) -> bool:
        """Return whether nothing can be demanded any more for what it stands behind."""
        return now > self.release_at and not self.cases


@dataclass(frozen=True, slots=True)
class HubBond:
    """Hold one hub's bond in one vault; penalties wait for what is free.

    `covers` are places that are used again: what is past stays in one until a post, or whoever needs it, frees it.
    """

    free: int = 0
    leaving: int = 0
    available_at: int = 0
    penalties: int = 0
    last_epoch: int = 0
    covers: tuple[Cover, ...] = ()
    last: int = 0

    @property
    def usable(self) -> int:
        """Return what of the free bond nothing waits for."""
        return max(0, self.free - self.penalties)

    @property
    def covering(self) -> int:
        """Return the sum of all cover."""
        return sum(cover.amount for cover in self.covers)

    def releasable(self, now: int) -> int:
        """Return the sum of the covers for which nothing can be demanded any more."""
        return sum(one.amount for one in self.covers if one.is_past(now))


class HubBonds:
    """Hold all hubs' bonds."""

    def __init__(self, ground: Ground, address: Address, vaults: dict[Address, Vault]) -> None:
        self.address, self.vaults = address, vaults
        self.clock, self.terms = ground.clock, ground.terms
        self.bonds: Table[tuple[Address, Address], HubBond] = Table(ground.journal, HubBond())

    def deposit_bond(self, sender: Address, vault: Address, hub: Address, amount: int) -> None:
        """Add the sender's tokens to a hub's bond."""
        if vault not in self.vaults:
            raise Refused("UnknownVault", vault)
        require(amount != 0 and hub != ZERO_ADDRESS, "ZeroBond")
        self._add_free(hub, vault, self.vaults[vault].pull(self.address, sender, amount))

    def request_unbond(self, sender: Address, vault: Address, amount: int) -> None:
        """Ask for a part of the free bond; from now on it covers no post."""
        require(amount != 0, "ZeroBond")
        pending = self.bonds[sender, vault]
        require(pending.leaving == 0, "UnbondPending", pending.leaving, pending.available_at)
        self._use_free(sender, vault, amount)
        available_at = self.clock.now + self.terms.hub_unbonding
        self._change(sender, vault, leaving=amount, available_at=available_at)

    def cancel_unbond(self, sender: Address, vault: Address) -> None:
        """Take the request back."""
        self._add_free(sender, vault, self._end_exit(sender, vault))

    def unbond(self, sender: Address, vault: Address) -> None:
        """Take out what has waited long enough, unless penalties wait for more than what is free or past cover."""
        available_at = self.bonds[sender, vault].available_at
        amount = self._end_exit(sender, vault)
        require(self.clock.now >= available_at, "UnbondTooEarly", available_at, self.clock.now)
        bond = self.bonds[sender, vault]
        free = bond.free + bond.releasable(self.clock.now)
        require(bond.penalties <= free, "PenaltiesOpen", bond.penalties, free)
        self.vaults[vault].pay(self.address, sender, amount)

    def release_cover(self, _sender: Address, hub: Address, vault: Address) -> None:
        """Free the cover that is past."""
        for place in range(len(self.bonds[hub, vault].covers)):
            self._free_place(hub, vault, place)

    def cover_post(self, hub: Address, vault: Address, epoch: int, amount: int) -> None:
        """Put free bond behind an epoch's posts until nothing can be demanded for them any more."""
        bond = self.bonds[hub, vault]
        goes_on = bool(bond.covers) and bond.covers[bond.last].epoch == epoch
        if not goes_on:
            self._take_place(hub, vault, epoch)
        release_at = self.clock.now + self.terms.params.settle_seconds
        bond = self.bonds[hub, vault]
        before = bond.covers[bond.last]
        self._set_place(hub, vault, bond.last, replace(before, amount=before.amount + amount, release_at=release_at))
        self._use_free(hub, vault, amount)

    def pay_shortfall(self, hub: Address, vault: Address, amount: int) -> None:
        """Pay what customers' caps and balances do not: it leaves the bond and becomes escrow."""
        self._use_free(hub, vault, amount)

    def cover_of(self, hub: Address, vault: Address, epoch: int) -> Cover:
        """Return what covers an epoch; refused when nothing does any more."""
        cover = self.find_cover(hub, vault, epoch)
        if cover is None:
            raise Refused("NoCover", hub, vault, epoch)
        return cover

    def find_cover(self, hub: Address, vault: Address, epoch: int) -> Cover | None:
        """Return what covers an epoch, if anything does and is not past."""
        covers = (cover for cover in self.bonds[hub, vault].covers if not cover.is_past(self.clock.now))
        return next((cover for cover in covers if cover.epoch == epoch), None)

    def covered_until(self, hub: Address, vault: Address, epoch: int) -> int:
        """Return the last second in which anything can be demanded for an epoch, 0 when nothing can."""
        cover = self.find_cover(hub, vault, epoch)
        return cover.release_at if cover else 0

    def _take_place(self, hub: Address, vault: Address, epoch: int) -> None:
        """Begin the cover of an epoch in the place after the last when that is past, or in one more."""
        bond = self.bonds[hub, vault]
        place = (bond.last + 1) % len(bond.covers) if bond.covers else 0
        if not bond.covers or not bond.covers[place].is_past(self.clock.now):
            place = len(bond.covers)
            require(place < RING, "RingFull", RING)
            self._change(hub, vault, covers=(*bond.covers, Cover(epoch, 0, 0)))
        self._free_place(hub, vault, place)
        self._set_place(hub, vault, place, Cover(epoch, 0, 0))
        self._change(hub, vault, last=place)

    def _free_place(self, hub: Address, vault: Address, place: int) -> None:
        """Free what a place has, if it is past."""
        bond = self.bonds[hub, vault]
        cover = bond.covers[place]
        if cover.is_past(self.clock.now):
            self._set_place(hub, vault, place, replace(cover, amount=0))
            self._change(hub, vault, free=bond.free + cover.amount)

    def _set_place(self, hub: Address, vault: Address, place: int, cover: Cover) -> None:
        covers = self.bonds[hub, vault].covers
        self._change(hub, vault, covers=(*covers[:place], cover, *covers[place + 1 :]))

    def _use_free(self, hub: Address, vault: Address, amount: int) -> None:
        """Use free bond; what is past is freed where it would not suffice."""
        if amount > self.bonds[hub, vault].usable:
            self.release_cover(hub, hub, vault)
        bond = self.bonds[hub, vault]
        require(amount <= bond.usable, "InsufficientBond", hub, vault, amount, bond.usable)
        self._change(hub, vault, free=bond.free - amount)

    def _add_free(self, hub: Address, vault: Address, amount: int) -> None:
        bond = self.bonds[hub, vault]
        total = bond.free + bond.covering + amount
        require(total <= UINT96_MAX, "BondTooLarge", total)
        self._change(hub, vault, free=bond.free + amount)

    def _end_exit(self, hub: Address, vault: Address) -> int:
        leaving = self.bonds[hub, vault].leaving
        require(leaving != 0, "NoUnbondPending", hub, vault)
        self._change(hub, vault, leaving=0, available_at=0)
        return leaving

    def _change(self, hub: Address, vault: Address, **fields: Any) -> None:
        self.bonds[hub, vault] = replace(self.bonds[hub, vault], **fields)
