"""The queue of keys to look at: each key is in it once, and one worker at a time works on it."""

import asyncio
import random
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from hansa_operator.ports.kube import ObjectRef
from hansa_operator.reconcile.timetable import Timetable

FIRST_RETRY_MS = 500
LONGEST_RETRY_MS = 60_000

Work = Callable[[ObjectRef], Awaitable[int | None]]
"""Look at a key, and return the unix ms to look again, or None."""


class KeyedQueue:
    """Hold keys and serve them, oldest first. All calls belong on the event loop's thread.

    `clock` tells unix ms; `on_error` hears of every exception of work, after which the key is tried again.
    """

    def __init__(
        self, *, clock: Callable[[], int], rng: random.Random, on_error: Callable[[ObjectRef, Exception], None]
    ) -> None:
        self._clock, self._rng, self._on_error = clock, rng, on_error
        # Not a dict: finding the first entry of one takes longer with every entry that was removed before it.
        self._due: OrderedDict[ObjectRef, int] = OrderedDict()
        self._later = Timetable()
        self._running: set[ObjectRef] = set()
        self._failures: dict[ObjectRef, int] = {}
        self._wake = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._timer_ms = 0
        self._workers: list[asyncio.Task[None]] = []
        self._closed = False

    @property
    def depth(self) -> int:
        """Return how many keys are due, those that are due again while they are worked on included."""
        return len(self._due)

    @property
    def oldest_age_ms(self) -> int:
        """Return for how long the longest waiting key is due; 0 when none is."""
        return max(0, self._clock() - min(self._due.values())) if self._due else 0

    @property
    def running(self) -> int:
        """Return how many keys are worked on now."""
        return len(self._running)

    def add(self, key: ObjectRef) -> None:
        """Have a key looked at now; once more afterwards if it is worked on already."""
        self._make_due(key, self._clock())

    def add_at(self, key: ObjectRef, at_ms: int) -> None:
        """Have a key looked at then; the earliest time counts, and a key that is due is looked at anyway."""
        if key not in self._due:
            self._later.note(key, at_ms)
            self._ripen()

    def forget(self, key: ObjectRef) -> None:
        """Drop what is known of a key; work on it that is under way ends as any other."""
        self._due.pop(key, None)
        self._later.drop(key)
        self._failures.pop(key, None)

    async def run(self, work: Work, *, workers: int) -> None:
        """Serve keys until `close`, up to `workers` of them at a time."""
        async with asyncio.TaskGroup() as group:
            self._workers = [group.create_task(self._serve(work)) for _ in range(workers)]

    async def close(self, *, within_seconds: float) -> None:
        """Begin nothing more, let running work end within the bound, and cancel the rest; `run` ends with the last."""
        self._closed = True
        self._wake.set()
        if self._timer is not None:
            self._timer.cancel()
        if self._workers:
            _, late = await asyncio.wait(self._workers, timeout=within_seconds)
            for worker in late:
                worker.cancel()

    async def _serve(self, work: Work) -> None:
        while not self._closed:
            key = self._take()
            if key is not None:
                await self._attend(key, work)
            else:
                self._wake.clear()
                await self._wake.wait()

    def _take(self) -> ObjectRef | None:
        key = next((key for key in self._due if key not in self._running), None)
        if key is not None:
            del self._due[key]
            self._running.add(key)
        return key

    async def _attend(self, key: ObjectRef, work: Work) -> None:
        try:
            again_ms = await work(key)
            self._failures.pop(key, None)
        except Exception as error:  # noqa: BLE001 - whatever fails for one key must not keep others from their turn
            self._on_error(key, error)
            again_ms = self._clock() + self._count_failure(key)
        finally:
            self._running.discard(key)
        if again_ms is not None:
            self.add_at(key, again_ms)

    def _count_failure(self, key: ObjectRef) -> int:
        failures = self._failures[key] = self._failures.get(key, 0) + 1
        # The shift is bounded so that a key that fails for days makes no huge number.
        delay_ms = min(LONGEST_RETRY_MS, FIRST_RETRY_MS << min(failures - 1, 16))
        return round(delay_ms * self._rng.uniform(0.5, 1))

    def _make_due(self, key: ObjectRef, since_ms: int) -> None:
        self._later.drop(key)
        self._due.setdefault(key, since_ms)
        self._wake.set()

    def _ripen(self) -> None:
        for key, at_ms in self._later.take_due(self._clock()):
            self._make_due(key, at_ms)
        next_ms = self._later.next_ms
        # A timer that rings too early costs one more look; setting it anew each time costs more.
        if next_ms is not None and not self._closed and (self._timer is None or next_ms < self._timer_ms):
            self._set_timer(next_ms)

    def _set_timer(self, at_ms: int) -> None:
        if self._timer is not None:
            self._timer.cancel()
        delay_seconds = (at_ms - self._clock()) / 1000
        self._timer, self._timer_ms = asyncio.get_running_loop().call_later(delay_seconds, self._ring), at_ms

    def _ring(self) -> None:
        self._timer = None
        self._ripen()
