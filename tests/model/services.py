"""Services: published versions, which never change."""

from dataclasses import dataclass

from hansa_protocol.identity import ZERO_ADDRESS, Address
from tests.model.storage import Refused, Table, require
from tests.model.terms import HIGHEST_ROYALTY_BPS, Ground

LONGEST_TEXT = 64


@dataclass(frozen=True, slots=True)
class Service:
    """Hold one version of a product."""

    publisher: Address
    payout: Address
    royalty_bps: int
    published_at: int
    content_digest: bytes
    name: str
    version: str


class Services:
    """Hold all versions; ids count from 1."""

    def __init__(self, ground: Ground) -> None:
        self._clock = ground.clock
        self.versions: Table[int, Service | None] = Table(ground.journal, None)

    def publish(  # noqa: PLR0917 - as the contract has it
        self, sender: Address, name: str, version: str, payout: Address, royalty_bps: int, content_digest: bytes
    ) -> int:
        """Publish a version for ever; returns its id."""
        require(0 < len(name.encode()) <= LONGEST_TEXT, "InvalidName", name)
        require(0 < len(version.encode()) <= LONGEST_TEXT, "InvalidVersion", version)
        require(payout != ZERO_ADDRESS, "ZeroPayout")
        require(royalty_bps <= HIGHEST_ROYALTY_BPS, "RoyaltyTooHigh", royalty_bps, HIGHEST_ROYALTY_BPS)
        require(any(content_digest), "ZeroDigest")
        known = self.id_of(sender, name, version)
        if known:
            raise Refused("AlreadyPublished", known)
        id_ = len(self.versions) + 1
        self.versions[id_] = Service(sender, payout, royalty_bps, self._clock.now, content_digest, name, version)
        return id_

    def id_of(self, publisher: Address, name: str, version: str) -> int:
        """Return the id of a version, 0 when there is none."""
        wanted = publisher, name, version
        found = (i for i, one in self.versions.items() if one and (one.publisher, one.name, one.version) == wanted)
        return next(found, 0)

    def royalty_bps_of(self, id_: int) -> int:
        """Return a version's royalty in basis points, 0 without any."""
        version = self.versions[id_]
        return version.royalty_bps if version else 0
