"""Whose turn it is: a machine starts as many Ray nodes at a time as it has cores, whichever clusters they are for.

Ray gives a node 30 s to start, most of which it computes: more of them than cores would end each other, and begin anew.
"""

import asyncio
import os
from collections import Counter
from dataclasses import dataclass, field

from hansa_operator.ports.ray import ClusterKey

LEAST = 2
"""One that hangs must not keep everybody from starting."""


def _cores() -> int:
    return max(LEAST, len(os.sched_getaffinity(0)))


@dataclass(slots=True)
class Turns:
    """Count the nodes that are starting, by their clusters."""

    at_once: int = field(default_factory=_cores)
    _starting: Counter[ClusterKey] = field(default_factory=Counter)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def free(self) -> int:
        """Return how many more nodes may begin to start now."""
        return max(0, self.at_once - self._starting.total())

    async def take(self, key: ClusterKey) -> None:
        """Wait for a turn, and take it for the first node of a cluster."""
        # One that ended has had its turn: whoever waits holds nothing.
        self.leave(key)
        while not self.free:
            self._changed.clear()
            await self._changed.wait()
        self.note(key, 1)

    def note(self, key: ClusterKey, starting: int) -> None:
        """Take note of how many nodes of a cluster are starting now."""
        self._starting[key] = starting
        self._changed.set()

    def leave(self, key: ClusterKey) -> None:
        """Forget a cluster: nothing of it is starting any more, or nobody waits for it."""
        self._starting.pop(key, None)
        self._changed.set()
