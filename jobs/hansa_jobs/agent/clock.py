"""The hub's time, as an agent knows it: anchored by replies, carried on by the monotonic clock."""

import time


class HubClock:
    """Tell the hub's unix ms; a jump of this machine's clock does not move it."""

    def __init__(self, offset_ms: int = 0) -> None:
        self.set(time.time_ns() // 1_000_000 + offset_ms)

    def set(self, hub_ms: int) -> None:
        """Take the hub's time from a reply."""
        self._hub_ms, self._anchor = hub_ms, time.monotonic_ns()

    def now(self) -> int:
        """Return the hub's unix ms."""
        return self._hub_ms + (time.monotonic_ns() - self._anchor) // 1_000_000

    def of_local(self, local_ms: int) -> int:
        """Return the hub's time of a moment that this machine's clock stamped."""
        return self.now() - (time.time_ns() // 1_000_000 - local_ms)

    @property
    def offset_ms(self) -> int:
        """Return hub time less this machine's time, ms."""
        return self.now() - time.time_ns() // 1_000_000
