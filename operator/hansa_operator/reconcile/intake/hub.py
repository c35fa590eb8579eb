"""The hub as agents and readers meet it: what they sign for, and the key that the hub signs with."""

from dataclasses import dataclass, field

from hansa_operator.ports.intake import HubInfo
from hansa_protocol.eip712 import Domain, settlement_domain
from hansa_protocol.identity import Address


@dataclass(frozen=True, slots=True)
class HubIdentity:
    """Hold the hub's place on chain (checksummed addresses), its epoch grid, and its private key (32 bytes)."""

    chain_id: int
    settlement: Address
    address: Address
    epoch_seconds: int
    key: bytes = field(repr=False)

    @property
    def domain(self) -> Domain:
        """Return the domain of receipts and IOUs."""
        return settlement_domain(self.chain_id, self.settlement)

    @property
    def info(self) -> HubInfo:
        """Return what agents are told."""
        return HubInfo(self.chain_id, self.settlement, self.address, self.epoch_seconds)
