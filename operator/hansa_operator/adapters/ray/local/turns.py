"""Whose turn it is: a machine starts one Ray node at a time for every two cores, whichever clusters they are for.

A start computes all the while, in several processes at once, and Ray ends a node that takes longer than 30 s: many at a
time on few cores would end each other, and begin anew.
"""

import asyncio
import os
from collections import Counter
from dataclasses import dataclass, field

from hansa_operator.ports.ray import ClusterKey

CORES_OF_A_NODE = 2


def _for_this_machine() -> int:
    return max(1, len(os.sched_getaffinity(0)) // CORES_OF_A_NODE)


@dataclass(slots=True)
class Turns:
    """Count the nodes that are starting, by their clusters; who waits stands in line."""

    at_once: int = field(default_factory=_for_this_machine)
    _starting: Counter[ClusterKey] = field(default_factory=Counter)
    _line: dict[ClusterKey, None] = field(default_factory=dict)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, key: ClusterKey) -> None:
        """Wait for a turn, and take it for the head of a cluster."""
        # A head that ended has had its turn: whoever waits holds nothing.
        self.leave(key)
        while not self.ask(key, 1):
            self._changed.clear()
            await self._changed.wait()

    def ask(self, key: ClusterKey, wanted: int) -> int:
        """Return how many of the nodes that a cluster wants may begin now; it waits in line while there are more."""
        if not wanted:
            self._line.pop(key, None)
            return 0
        self._line.setdefault(key)
        due = min(wanted, self.at_once - self._starting.total())
        if due <= 0 or next(iter(self._line)) != key:
            return 0
        # Whoever had a turn goes to the end of the line.
        del self._line[key]
        self.note(key, self._starting[key] + due)
        return due

    def note(self, key: ClusterKey, starting: int) -> None:
        """Take note of how many nodes of a cluster are starting now."""
        self._starting[key] = starting
        self._changed.set()

    def leave(self, key: ClusterKey) -> None:
        """Forget a cluster: nothing of it is starting any more, or nobody waits for it."""
        self._starting.pop(key, None)
        self._line.pop(key, None)
        self._changed.set()
