"""When each key is to be looked at: the earliest time of those asked for."""

import heapq
import itertools

from hansa_operator.ports.kube import ObjectRef

SLACK = 64


class Timetable:
    """Keep one time (unix ms) per key, and give the keys back when it has come."""

    def __init__(self) -> None:
        self._times: dict[ObjectRef, int] = {}
        # An entry counts only while it states its key's time; the number keeps the order of equal times.
        self._heap: list[tuple[int, int, ObjectRef]] = []
        self._numbers = itertools.count()

    def __len__(self) -> int:
        return len(self._times)

    @property
    def next_ms(self) -> int | None:
        """Return the earliest time of all keys, or None when there is none."""
        while self._heap and not self._counts(self._heap[0]):
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def note(self, key: ObjectRef, at_ms: int) -> None:
        """Set a key's time, unless an earlier one is noted."""
        known_ms = self._times.get(key)
        if known_ms is not None and known_ms <= at_ms:
            return
        self._times[key] = at_ms
        heapq.heappush(self._heap, (at_ms, next(self._numbers), key))
        if len(self._heap) > 2 * len(self._times) + SLACK:
            self._heap = [entry for entry in self._heap if self._counts(entry)]
            heapq.heapify(self._heap)

    def drop(self, key: ObjectRef) -> None:
        """Forget a key's time, if it has one."""
        self._times.pop(key, None)

    def take_due(self, now_ms: int) -> list[tuple[ObjectRef, int]]:
        """Remove and return the keys whose time has come, each with its time, earliest first."""
        due = []
        while (at_ms := self.next_ms) is not None and at_ms <= now_ms:
            key = heapq.heappop(self._heap)[2]
            due.append((key, self._times.pop(key)))
        return due

    def _counts(self, entry: tuple[int, int, ObjectRef]) -> bool:
        return self._times.get(entry[2]) == entry[0]
