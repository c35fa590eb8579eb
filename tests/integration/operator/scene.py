"""Scenes: acts that are played at the same time, since waiting overlaps; tests look at each afterwards."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

from tests.integration.operator.tenant import Tenant

T = TypeVar("T")
Act = Callable[[Tenant], T]


class Scene:
    """Hold what becomes of each act."""

    def __init__(self, played: Mapping[Act[Any], "Future[Any]"], at_end: Callable[[], object]) -> None:
        self._played, self._at_end = played, at_end
        self._over = False

    def of(self, act: Act[T]) -> T:
        """Return what an act returned, once it has; raises what it raised."""
        seen: T = self._played[act].result()
        return seen

    def wait(self) -> None:
        """Wait for the end of all acts, however they end; the first who does has the end looked at."""
        for one in self._played.values():
            one.exception()
        if not self._over:
            self._over = True
            self._at_end()


class Stage:
    """Play scenes, each act in a thread of its own."""

    def __init__(self, threads: ThreadPoolExecutor) -> None:
        self._threads = threads
        self._scenes: list[Scene] = []

    def play(self, acts: Mapping[Act[Any], Tenant], *, at_end: Callable[[], object] = lambda: None) -> Scene:
        """Begin a scene: each act as the tenant given; `at_end` is called once when all are over."""
        scene = Scene({act: self._threads.submit(act, tenant) for act, tenant in acts.items()}, at_end)
        self._scenes.append(scene)
        return scene

    def clear(self) -> None:
        """Wait for the end of every scene so far, for one that would disturb them."""
        for scene in self._scenes:
            scene.wait()


@contextmanager
def open_stage() -> Iterator[Stage]:
    """Yield a stage; what is played at the end is waited for."""
    with ThreadPoolExecutor(max_workers=64) as threads:
        yield Stage(threads)
