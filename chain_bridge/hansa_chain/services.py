"""Services: published products, a version each."""

from dataclasses import dataclass

from hansa_chain.contract import Call, ContractAdapter
from hansa_chain.rpc import Block
from hansa_protocol.identity import Address


@dataclass(frozen=True, slots=True)
class Service:
    """Hold one version of a product; `published_at` in unix seconds, `content_digest` sha256 of what runs."""

    service_id: int
    publisher: Address
    payout: Address
    royalty_bps: int
    published_at: int
    content_digest: bytes
    name: str
    version: str


class Services(ContractAdapter):
    """Read and write published services."""

    CONTRACT = "Services"

    def get(self, service_id: int, *, at: Block) -> Service:
        """Return the version with an id; raises Reverted UnknownService when there is none."""
        return Service(service_id, *self._read("get", service_id, at=at))

    def id_of(self, publisher: Address, name: str, version: str, *, at: Block) -> int:
        """Return the id of a version, 0 when there is none."""
        return int(self._read("idOf", publisher, name, version, at=at))

    def find(self, publisher: Address, name: str, version: str, *, at: Block) -> Service | None:
        """Return a publisher's version, or None when it was not published."""
        service_id = self.id_of(publisher, name, version, at=at)
        return self.get(service_id, at=at) if service_id else None

    def max_royalty_bps(self, *, at: Block) -> int:
        """Return the highest royalty."""
        return int(self._read("maxRoyaltyBps", at=at))

    def publish(self, name: str, version: str, *, payout: Address, royalty_bps: int, content_digest: bytes) -> Call:
        """Publish a version of the sender's product for ever."""
        return self._write("publish", name, version, payout, royalty_bps, content_digest)
