"""What of hubs' bonds stands for single payees: set aside, used by claims, revoked after a delay."""

from dataclasses import dataclass, replace
from typing import Any

from hansa_protocol.identity import ZERO_ADDRESS, Address
from hansa_protocol.units import UINT96_MAX
from tests.model.bond_cases import BondCases
from tests.model.storage import Table, require
from tests.model.terms import Ground
from tests.model.vault import Vault

Bound = tuple[Address, Address, Address]
"""Hub, vault and payee."""


@dataclass(frozen=True, slots=True)
class Guarantee:
    """Hold what pays a payee's claims, what of it the hub asked back, and what open claims have beside it."""

    amount: int = 0
    leaving: int = 0
    available_at: int = 0
    claimed: int = 0


class Guarantees(BondCases):
    """Set parts of hubs' bonds aside that nothing but their payees' claims reaches."""

    def __init__(self, ground: Ground, address: Address, vaults: dict[Address, Vault]) -> None:
        super().__init__(ground, address, vaults)
        self.guarantees: Table[Bound, Guarantee] = Table(ground.journal, Guarantee())

    def guarantee(self, sender: Address, vault: Address, payee: Address, total: int) -> None:
        """Guarantee a payee so much instead of less, out of the free bond; what claims have does not count."""
        require(payee != ZERO_ADDRESS, "ZeroBond")
        there = self.guarantees[sender, vault, payee].amount
        require(total > there, "AlreadyGuaranteed", sender, vault, payee, there)
        self._use_free(sender, vault, total - there)
        together = self.guaranteed(sender, vault) + total - there
        require(together <= UINT96_MAX, "BondTooLarge", together)
        self._set((sender, vault, payee), amount=total)

    def request_revoke(self, sender: Address, vault: Address, payee: Address, amount: int) -> None:
        """Ask for a part of a guarantee, instead of what was asked for before."""
        there = self.guarantees[sender, vault, payee].amount
        require(amount <= there, "InsufficientBond", sender, vault, amount, there)
        available_at = self.clock.now + self.terms.hub_unbonding
        self._set((sender, vault, payee), leaving=amount, available_at=available_at)

    def revoke(self, sender: Address, vault: Address, payee: Address) -> None:
        """Free what was asked for and waited long enough, as far as no claim took it meanwhile."""
        given = self.guarantees[sender, vault, payee]
        require(given.leaving != 0, "NoRevokePending", sender, vault, payee)
        require(self.clock.now >= given.available_at, "UnbondTooEarly", given.available_at, self.clock.now)
        freed = min(given.leaving, given.amount)
        self._set((sender, vault, payee), amount=given.amount - freed, leaving=0, available_at=0)
        self._add_free(sender, vault, freed)

    def use_guarantee(self, hub: Address, vault: Address, payee: Address, wanted: int) -> int:
        """Let a claim have up to `wanted` of a guarantee, leaving or not; returns how much."""
        given = self.guarantees[hub, vault, payee]
        used = min(wanted, given.amount)
        self._set((hub, vault, payee), amount=given.amount - used, claimed=given.claimed + used)
        return used

    def restore_guarantee(self, hub: Address, vault: Address, payee: Address, amount: int) -> None:
        """Take back from a claim what it does not need."""
        given = self.guarantees[hub, vault, payee]
        self._set((hub, vault, payee), amount=given.amount + amount, claimed=given.claimed - amount)

    def pay_guarantee(self, hub: Address, vault: Address, payee: Address, amount: int) -> None:
        """Credit a payee what its claim has."""
        self._set((hub, vault, payee), claimed=self.guarantees[hub, vault, payee].claimed - amount)
        self.vaults[vault].pay(self.address, payee, amount)

    def guaranteed(self, hub: Address, vault: Address) -> int:
        """Return what of a bond stands for all payees together, open claims included."""
        of_hub = (one for (who, where, _), one in self.guarantees.items() if (who, where) == (hub, vault))
        return sum(one.amount + one.claimed for one in of_hub)

    def _set(self, bound: Bound, **fields: Any) -> None:
        self.guarantees[bound] = replace(self.guarantees[bound], **fields)
