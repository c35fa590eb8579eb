"""One set-up at a time: in a clone, and for each thing in the shared cache."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hansa_setup.progress import say


@contextmanager
def hold(lock: Path, waiting_for: str) -> Iterator[None]:
    """Hold a lock file; the kernel frees it however the holder ends."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"waiting for another set-up to finish {waiting_for}")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
