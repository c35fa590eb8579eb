"""Guarantees: what of a hub's bond stands for one payee alone."""

from dataclasses import dataclass

from hansa_chain.contract import Call
from hansa_chain.hub_bonds import HubBonds
from hansa_chain.rpc import Block
from hansa_protocol.identity import Address
from hansa_protocol.units import Wei


@dataclass(frozen=True, slots=True)
class Guarantee:
    """State what pays a payee's claims, what of it the hub asked to have back, and since when it can (unix seconds)."""

    amount: Wei
    leaving: Wei
    available_at: int

    @property
    def lasting(self) -> Wei:
        """Return what stays when the hub takes back all that it asked for: so much a payee may count on."""
        # Claims may have taken of what is leaving.
        return Wei(max(0, self.amount - self.leaving))


class Guarantees(HubBonds):
    """Read and write what hubs guarantee."""

    def guarantee_of(self, hub: Address, vault: Address, payee: Address, *, at: Block) -> Guarantee:
        """Return what a hub guarantees a payee and no claim has."""
        amount, leaving, available_at = self._read_all("guaranteeOf", hub, vault, payee, at=at)
        return Guarantee(Wei(amount), Wei(leaving), available_at)

    def covered_until(self, hub: Address, vault: Address, epoch: int, *, at: Block) -> int | None:
        """Return the last second in which anything can be demanded for an epoch; None without a post, or when past."""
        return int(self._read("coveredUntil", hub, vault, epoch, at=at)) or None

    def guarantee(self, vault: Address, payee: Address, total: Wei) -> Call:
        """Raise what the sender guarantees a payee, beside what claims have of it, to a total."""
        return self._write("guarantee", vault, payee, total)

    def request_revoke(self, vault: Address, payee: Address, amount: Wei) -> Call:
        """Ask for a part of a guarantee, instead of what was asked for before; 0 takes that back."""
        return self._write("requestRevoke", vault, payee, amount)

    def revoke(self, vault: Address, payee: Address) -> Call:
        """Make what was asked for free bond again, after the delay."""
        return self._write("revoke", vault, payee)
