"""Providers: receipt keys, and bonds that verdicts can reach until they are really out."""

from dataclasses import dataclass, replace

from hansa_protocol.identity import ZERO_ADDRESS, Address
from hansa_protocol.rows import Row
from hansa_protocol.units import UINT96_MAX, Wei
from tests.model.keys import Keys, key_at
from tests.model.storage import Refused, Table, require
from tests.model.terms import NOBODY, REPORTERS_TENTH, Ground
from tests.model.vault import Vault


@dataclass(frozen=True, slots=True)
class ProviderBond:
    """Hold a bond, what of it is leaving, and what of it waits for disputes."""

    bonded: int = 0
    leaving: int = 0
    available_at: int = 0
    reserved: int = 0


class Providers:
    """Hold all providers."""

    def __init__(self, ground: Ground, address: Address, vaults: dict[Address, Vault]) -> None:
        self.address, self._vaults = address, vaults
        self._clock, self._terms = ground.clock, ground.terms
        self.bonds: Table[tuple[Address, Address], ProviderBond] = Table(ground.journal, ProviderBond())
        self.keys: Table[Address, Keys] = Table(ground.journal, ())

    def register(self, sender: Address, vault: Address, amount: int, receipt_key: Address) -> None:
        """Register with a bond, which may be nothing."""
        require(not self.keys[sender], "AlreadyRegistered", sender)
        self._set_key(sender, receipt_key, self._epoch)
        if amount:
            self._add(sender, vault, sender, amount)

    def top_up(self, sender: Address, vault: Address, provider: Address, amount: int) -> None:
        """Add the sender's tokens to a provider's bond."""
        require(bool(self.keys[provider]), "NotRegistered", provider)
        self._add(sender, vault, provider, amount)

    def request_unbond(self, sender: Address, vault: Address, amount: int) -> None:
        """Ask for a part of the bond."""
        bond = self.bonds[sender, vault]
        require(amount != 0, "ZeroBond")
        require(bond.leaving == 0, "UnbondPending", bond.leaving, bond.available_at)
        require(amount <= bond.bonded, "InsufficientBond", sender, vault, amount, bond.bonded)
        available_at = self._clock.now + self._terms.unbonding
        self.bonds[sender, vault] = replace(bond, leaving=amount, available_at=available_at)

    def cancel_unbond(self, sender: Address, vault: Address) -> None:
        """Take the request back."""
        require(self.bonds[sender, vault].leaving != 0, "NoUnbondPending", sender, vault)
        self.bonds[sender, vault] = replace(self.bonds[sender, vault], leaving=0, available_at=0)

    def unbond(self, sender: Address, vault: Address) -> None:
        """Take out what has waited long enough and is not reserved."""
        bond = self.bonds[sender, vault]
        require(bond.leaving != 0, "NoUnbondPending", sender, vault)
        require(self._clock.now >= bond.available_at, "UnbondTooEarly", bond.available_at, self._clock.now)
        staying = bond.bonded - bond.leaving
        require(staying >= bond.reserved, "BondInUse", sender, vault, bond.reserved, staying)
        self.bonds[sender, vault] = replace(bond, bonded=staying, leaving=0, available_at=0)
        self._vaults[vault].pay(self.address, sender, bond.leaving)

    def set_receipt_key(self, sender: Address, receipt_key: Address) -> None:
        """Change the key, in force after the notice; one change at a time."""
        require(bool(self.keys[sender]), "NotRegistered", sender)
        last_since, last = self.keys[sender][-1]
        require(last_since <= self._epoch, "ReceiptKeyChangePending", last, last_since)
        since = -(-(self._clock.now + self._terms.notice) // self._terms.params.epoch)
        self._set_key(sender, receipt_key, since)

    def key_of(self, provider: Address, epoch: int) -> Address:
        """Return who signed a provider's receipts in an epoch."""
        return key_at(self.keys[provider], epoch)

    def reserve(self, provider: Address, vault: Address, wanted: int) -> int:
        """Reserve what no other dispute has, up to `wanted`."""
        bond = self.bonds[provider, vault]
        reserved = min(wanted, bond.bonded - bond.reserved)
        self.bonds[provider, vault] = replace(bond, reserved=bond.reserved + reserved)
        return reserved

    def unreserve(self, provider: Address, vault: Address, amount: int) -> None:
        """Give a reservation back."""
        bond = self.bonds[provider, vault]
        self.bonds[provider, vault] = replace(bond, reserved=bond.reserved - amount)

    def slash(self, place: tuple[Address, Address], amount: int, refund: int, customer: Address) -> None:
        """Take a reservation: the refund and a tenth of the rest to the customer, the remainder to nobody."""
        self.unreserve(*place, amount)
        bond = self.bonds[place]
        bonded = bond.bonded - amount
        self.bonds[place] = replace(bond, bonded=bonded, leaving=min(bond.leaving, bonded))
        reward = (amount - refund) // REPORTERS_TENTH
        rows = [Row(customer, Wei(refund + reward)), Row(NOBODY, Wei(amount - refund - reward))]
        self._vaults[place[1]].credit(self.address, rows)

    @property
    def _epoch(self) -> int:
        return self._clock.now // self._terms.params.epoch

    def _set_key(self, provider: Address, key: Address, since: int) -> None:
        require(key != ZERO_ADDRESS, "ZeroReceiptKey")
        self.keys[provider] += ((since, key),)

    def _add(self, sender: Address, vault: Address, provider: Address, amount: int) -> None:
        if vault not in self._vaults:
            raise Refused("UnknownVault", vault)
        require(amount != 0, "ZeroBond")
        added = self._vaults[vault].pull(self.address, sender, amount)
        bond = self.bonds[provider, vault]
        require(bond.bonded + added <= UINT96_MAX, "BondTooLarge", bond.bonded + added)
        self.bonds[provider, vault] = replace(bond, bonded=bond.bonded + added)
