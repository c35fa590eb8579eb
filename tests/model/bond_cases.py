"""What cases and claims do with hubs' bonds: customers first, payees pro rata, penalties last and burnt."""

from dataclasses import replace

from hansa_protocol.identity import Address
from hansa_protocol.rows import Row
from hansa_protocol.units import UINT96_MAX, Wei
from tests.model.hub_bonds import HubBonds
from tests.model.storage import require
from tests.model.terms import NOBODY, REPORTERS_TENTH

ARITHMETIC = 0x11
"""What Solidity panics with when a number leaves its range: no rule here may ever come to it."""


class BondCases(HubBonds):
    """Take from hubs' bonds what was decided elsewhere."""

    def open_case(self, hub: Address, vault: Address, epoch: int, penalty: int) -> None:
        """Keep an epoch's cover, and reserve a penalty."""
        self._change_cover(hub, vault, epoch, cases=1)
        self._change(hub, vault, penalties=self.bonds[hub, vault].penalties + penalty)

    def close_case(self, hub: Address, vault: Address, epoch: int, penalty: int) -> None:
        """Let the cover go, and lift so much of the penalties."""
        self._change_cover(hub, vault, epoch, cases=-1)
        self._change(hub, vault, penalties=self.bonds[hub, vault].penalties - penalty)

    def collect_penalty(self, hub: Address, vault: Address, amount: int, reporter: Address) -> int:
        """Take a penalty as far as the bond reaches: a tenth to the reporter, the rest to nobody."""
        collected = self._take(hub, vault, amount, kept=self.bonds[hub, vault].owed)
        self._change(hub, vault, penalties=self.bonds[hub, vault].penalties - collected)
        reward = collected // REPORTERS_TENTH
        rows = [Row(reporter, Wei(reward)), Row(NOBODY, Wei(collected - reward))]
        self.vaults[vault].credit(self.address, rows)
        return collected

    def use_cover(self, hub: Address, vault: Address, epoch: int, amount: int) -> None:
        """Pay customers out of what covers an epoch."""
        require(amount <= self.cover_of(hub, vault, epoch).amount, "Panic", ARITHMETIC)
        self._change_cover(hub, vault, epoch, amount=-amount)

    def return_cover(self, hub: Address, vault: Address, epoch: int, amount: int) -> None:
        """Put a void part's escrow behind its epoch again."""
        bond = self.bonds[hub, vault]
        self._change_cover(hub, vault, epoch, amount=min(amount, UINT96_MAX - bond.free - bond.covering))

    def open_pot(self, hub: Address, vault: Address, epoch: int) -> int:
        """Keep an epoch's cover for payees too; returns when it is past, 0 without any."""
        cover = self.find_cover(hub, vault, epoch)
        if cover is None:
            return 0
        self._change_cover(hub, vault, epoch, cases=1)
        return cover.release_at

    def set_pot(self, hub: Address, vault: Address, epoch: int, wanted: int) -> int:
        """Bring a pot to `wanted`, and have the bond owe what it does not reach; returns what is in the pot."""
        pot = self._fill_pot(hub, vault, epoch, wanted)
        self._owe(hub, vault, epoch, max(0, wanted - pot))
        return pot

    def _fill_pot(self, hub: Address, vault: Address, epoch: int, wanted: int) -> int:
        pot = self.pots[hub, vault, epoch]
        if wanted > pot:
            others = self.bonds[hub, vault].owed - self.shorts[hub, vault, epoch]
            pot += self._take(hub, vault, wanted - pot, kept=others)
        else:
            bond = self.bonds[hub, vault]
            back = min(pot - wanted, UINT96_MAX - bond.free - bond.covering)
            self._change(hub, vault, free=bond.free + back)
            pot -= back
        self.pots[hub, vault, epoch] = pot
        return pot

    def close_pot(self, hub: Address, vault: Address, epoch: int, wanted: int) -> int:
        """Bring a pot to `wanted` for the last time, with what is left of the epoch's cover; no case may be open."""
        pot = self._fill_pot(hub, vault, epoch, wanted)
        self._owe(hub, vault, epoch, 0)
        cover = self.find_cover(hub, vault, epoch)
        if cover is None:
            return pot
        over = self.clock.now > cover.release_at and cover.cases == 1
        require(over, "PotOpen", cover.release_at, self.clock.now, cover.cases - 1)
        used = min(cover.amount, max(0, wanted - pot))
        self._change_cover(hub, vault, epoch, cases=-1, amount=-used)
        self.pots[hub, vault, epoch] = pot + used
        return pot + used

    def pay_from_pot(self, hub: Address, vault: Address, epoch: int, payee: Address, amount: int) -> None:
        """Credit a payee."""
        self.pots[hub, vault, epoch] -= amount
        self.vaults[vault].pay(self.address, payee, amount)

    def _owe(self, hub: Address, vault: Address, epoch: int, short: int) -> None:
        before, self.shorts[hub, vault, epoch] = self.shorts[hub, vault, epoch], short
        self._change(hub, vault, owed=self.bonds[hub, vault].owed - before + short)

    def _take(self, hub: Address, vault: Address, wanted: int, *, kept: int) -> int:
        """Take up to `wanted` of what is free, then of what is leaving; others wait for `kept` of both."""
        self.release_cover(hub, hub, vault)
        bond = self.bonds[hub, vault]
        from_free = min(max(0, bond.free - kept), wanted)
        there = max(0, bond.leaving - max(0, kept - bond.free))
        from_leaving = min(there, wanted - from_free)
        self._change(hub, vault, free=bond.free - from_free, leaving=bond.leaving - from_leaving)
        return from_free + from_leaving

    def _change_cover(self, hub: Address, vault: Address, epoch: int, *, cases: int = 0, amount: int = 0) -> None:
        cover = self.cover_of(hub, vault, epoch)
        changed = replace(cover, cases=cover.cases + cases, amount=cover.amount + amount)
        covers = tuple(changed if one is cover else one for one in self.bonds[hub, vault].covers)
        self._change(hub, vault, covers=covers)
