"""Make sure that nothing stays behind: once closing has begun, no process of the sandbox is started any more."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")


class Closed(Exception):
    """Raised in a thread that wants to start something while everything is being stopped."""


class Gate:
    """Let processes be started until it is closed; whoever is inside finishes first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._closed = False

    def start(self, begin: Callable[[], T]) -> T:
        """Start a process, unless the gate is closed."""
        with self._lock:
            if self._closed:
                raise Closed
            return begin()

    @property
    def closed(self) -> bool:
        """Return whether everything is being stopped."""
        return self._closed

    def close(self) -> None:
        """Start nothing from now on; returns once no start is under way."""
        with self._lock:
            self._closed = True


@contextmanager
def undisturbed() -> Iterator[None]:
    """Ignore Ctrl-C and SIGTERM while cleaning up: it is bounded and must not be left half done."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
