"""Providers: receipt keys, and bonds per vault."""

from dataclasses import dataclass

from hansa_chain.contract import Call, ContractAdapter
from hansa_chain.rpc import Block
from hansa_protocol.identity import ZERO_ADDRESS, Address
from hansa_protocol.units import Wei


@dataclass(frozen=True, slots=True)
class ProviderBond:
    """State a bond, what of it is leaving (still slashable), and since when that can be taken out (unix seconds)."""

    bonded: Wei
    leaving: Wei
    available_at: int


class Providers(ContractAdapter):
    """Read and write the register of providers."""

    CONTRACT = "Providers"

    def is_registered(self, provider: Address, *, at: Block) -> bool:
        """Return whether a provider has registered."""
        return bool(self._read("isRegistered", provider, at=at))

    def bond_of(self, provider: Address, vault: Address, *, at: Block) -> ProviderBond:
        """Return a provider's bond in a vault."""
        bonded, leaving, available_at = self._read_all("bondOf", provider, vault, at=at)
        return ProviderBond(Wei(bonded), Wei(leaving), available_at)

    def reserved_of(self, provider: Address, vault: Address, *, at: Block) -> Wei:
        """Return what of a provider's bond is reserved for cases."""
        return Wei(self._read("reservedOf", provider, vault, at=at))

    def receipt_key_of(self, provider: Address, epoch: int, *, at: Block) -> Address | None:
        """Return the key that signs an epoch's receipts, or None when the provider was not registered by then."""
        key = Address(self._read("receiptKeyOf", provider, epoch, at=at))
        return None if key == ZERO_ADDRESS else key

    def unbonding_seconds(self, *, at: Block) -> int:
        """Return the seconds between request and release of a bond."""
        return int(self._read("unbondingSeconds", at=at))

    def register(self, vault: Address, amount: Wei, receipt_key: Address) -> Call:
        """Register the sender with a bond (0 is allowed); the contract must be approved for it."""
        return self._write("register", vault, amount, receipt_key)

    def top_up(self, vault: Address, provider: Address, amount: Wei) -> Call:
        """Add the sender's tokens to a provider's bond."""
        return self._write("topUp", vault, provider, amount)

    def request_unbond(self, vault: Address, amount: Wei) -> Call:
        """Ask for a part of the sender's bond."""
        return self._write("requestUnbond", vault, amount)

    def cancel_unbond(self, vault: Address) -> Call:
        """Take the request back."""
        return self._write("cancelUnbond", vault)

    def unbond(self, vault: Address) -> Call:
        """Credit the requested part to the sender's balance in the vault."""
        return self._write("unbond", vault)

    def set_receipt_key(self, receipt_key: Address) -> Call:
        """Change the sender's receipt key, in force after the notice."""
        return self._write("setReceiptKey", receipt_key)
