"""An event loop whose time leaps to the next timer: hours of waiting pass at once, in the same order each time."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class _Leaping(selectors.SelectSelector):
    def __init__(self):
        super().__init__()
        self.seconds = 0.0

    def select(self, timeout=None):
        ready = super().select(0)
        if not ready:
            assert timeout is not None, "everything waits, and nothing will ever happen"
            self.seconds += timeout
        return ready


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """Run tasks as any loop does, but never wait. Not for threads, processes or real connections."""

    def __init__(self):
        self._leaping = _Leaping()
        super().__init__(self._leaping)

    def time(self):
        """Return the seconds that passed by leaps."""
        return self._leaping.seconds


def clock_ms() -> int:
    """Return the running loop's time as unix ms."""
    return 1_700_000_000_000 + round(asyncio.get_running_loop().time() * 1000)


def run_virtual(main: Coroutine[Any, Any, T]) -> T:
    """Run to the end in virtual time; what callbacks raise, and what is left behind, counts as failure."""
    wrong: list[dict[str, Any]] = []
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.get_loop().set_exception_handler(lambda _, context: wrong.append(context))
        result = runner.run(main)
    assert wrong == []
    return result


def virtual(test: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """Make a coroutine function a test that runs in virtual time."""

    def run_test() -> None:
        run_virtual(test())

    return run_test
