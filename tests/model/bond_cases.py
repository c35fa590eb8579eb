"""What cases do with hubs' bonds: covers pay customers, what is free or leaving pays penalties, which are burnt."""

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
        collected = self._take(hub, vault, amount)
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

    def _take(self, hub: Address, vault: Address, wanted: int) -> int:
        """Take up to `wanted` of what is free, then of what is leaving."""
        self.release_cover(hub, hub, vault)
        bond = self.bonds[hub, vault]
        from_free = min(bond.free, wanted)
        from_leaving = min(bond.leaving, wanted - from_free)
        self._change(hub, vault, free=bond.free - from_free, leaving=bond.leaving - from_leaving)
        return from_free + from_leaving

    def _change_cover(self, hub: Address, vault: Address, epoch: int, *, cases: int = 0, amount: int = 0) -> None:
        cover = self.cover_of(hub, vault, epoch)
        changed = replace(cover, cases=cover.cases + cases, amount=cover.amount + amount)
        covers = tuple(changed if one is cover else one for one in self.bonds[hub, vault].covers)
        self._change(hub, vault, covers=covers)
