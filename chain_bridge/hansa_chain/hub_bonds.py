"""Bonds of hubs, as the settlement keeps them: what stands behind posts, what is leaving, what waits for penalties."""

from dataclasses import dataclass

from hansa_chain.contract import Call, ContractAdapter
from hansa_chain.rpc import Block
from hansa_protocol.identity import Address
from hansa_protocol.units import Wei


@dataclass(frozen=True, slots=True)
class HubBond:
    """State a hub's bond: all of it, guarantees included, what covers posts, what is leaving, and since when it can."""

    total: Wei
    covering: Wei
    leaving: Wei
    available_at: int


class HubBonds(ContractAdapter):
    """Read and write hubs' bonds."""

    def free_bond(self, hub: Address, vault: Address, *, at: Block) -> Wei:
        """Return what of a hub's bond stands behind nothing, is guaranteed to nobody and is not leaving."""
        return Wei(self._read("freeBond", hub, vault, at=at))

    def bond_of(self, hub: Address, vault: Address, *, at: Block) -> HubBond:
        """Return a hub's bond."""
        total, covering, leaving, available_at = self._read_all("bondOf", hub, vault, at=at)
        return HubBond(Wei(total), Wei(covering), Wei(leaving), available_at)

    def penalties_of(self, hub: Address, vault: Address, *, at: Block) -> Wei:
        """Return what of a hub's bond is reserved for penalties; it can be more than there is."""
        return Wei(self._read("penaltiesOf", hub, vault, at=at))

    def deposit_bond(self, vault: Address, hub: Address, amount: Wei) -> Call:
        """Add the sender's tokens to a hub's bond; the contract must be approved for them."""
        return self._write("depositBond", vault, hub, amount)

    def request_unbond(self, vault: Address, amount: Wei) -> Call:
        """Ask for a part of the sender's free bond."""
        return self._write("requestUnbond", vault, amount)

    def cancel_unbond(self, vault: Address) -> Call:
        """Take the request back."""
        return self._write("cancelUnbond", vault)

    def unbond(self, vault: Address) -> Call:
        """Credit the requested part to the sender's balance in the vault."""
        return self._write("unbond", vault)

    def release_cover(self, hub: Address, vault: Address) -> Call:
        """Free the bond behind posts that nothing can be demanded for any more."""
        return self._write("releaseCover", hub, vault)
