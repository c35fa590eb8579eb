"""What agents said last: heartbeats and inventories. In memory only: heartbeats never touch disk or API server."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hansa_operator.ports.intake import GpuInventory


@dataclass(frozen=True, slots=True)
class Beat:
    """Hold a provider's last heartbeat; `at_ms` in the hub's unix ms."""

    at_ms: int
    inventory: tuple[GpuInventory, ...]


@dataclass(slots=True)
class Board:
    """Keep the last heartbeat of each Provider, by the name of its object."""

    _beats: dict[str, Beat] = field(default_factory=dict)

    def note(self, provider: str, beat: Beat) -> bool:
        """Keep a heartbeat; returns whether the inventory is another than before."""
        before = self._beats.get(provider)
        self._beats[provider] = beat
        return before is None or before.inventory != beat.inventory

    def last(self, provider: str) -> Beat | None:
        """Return a provider's last heartbeat since this operator began."""
        return self._beats.get(provider)

    def all(self) -> Mapping[str, Beat]:
        """Return all of them."""
        return dict(self._beats)
