"""What a deployment fixes for ever: times, rates, fees, and who is who."""

from dataclasses import dataclass

from hansa_chain.profile import Params
from hansa_protocol.eip712 import Domain
from hansa_protocol.identity import ZERO_ADDRESS, Address
from tests.model.storage import Journal

BPS = 10_000
RING = 32
"""Epochs that a hub's bond covers at once."""
MOST_ROWS = 1_000
HIGHEST_ROYALTY_BPS = 3_000
REPORTERS_TENTH = 10
NOBODY = Address("0x000000000000000000000000000000000000dEaD")
"""Nobody has its key: what is credited here is burnt."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Hold what the constructors were given."""

    params: Params
    notice: int
    withdrawal: int
    unbonding: int
    leaf_fee: int
    treasury: Address
    court: Address = ZERO_ADDRESS

    @property
    def hub_unbonding(self) -> int:
        """Return the seconds that a hub's bond takes to leave: E + P + (T - post) + F."""
        p = self.params
        return p.epoch + p.post + p.settle_seconds + p.finality

    @property
    def hard_deadline(self) -> int:
        """Return the seconds after which a dispute is paid as posted."""
        return max(self.params.court, self.params.answer)


@dataclass(slots=True)
class Clock:
    """Tell the block that the next call is in."""

    now: int = 0
    block: int = 0


@dataclass(frozen=True, slots=True)
class Ground:
    """Hold what all contracts of a deployment share."""

    journal: Journal
    clock: Clock
    terms: Terms
    domain: Domain


def share_up(amount: int, bps: int) -> int:
    """Return a share in basis points, rounded up."""
    return -(-amount * bps // BPS)
