"""Durable files: written beside their place, synced, and renamed into it."""

import asyncio
import errno
import os
import re
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import mkstemp
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from hansa_operator.ports.store import StoreError, StoreProblem

T = TypeVar("T")

THREADS = 4
PARTIAL = ".partial"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT)
_NO_RIGHT = (errno.EROFS, errno.EACCES, errno.EPERM)


def checked_name(name: str) -> str:
    """Return the name if a file may bear it; raises ValueError, for such a name is a bug of the caller."""
    if not _NAME.fullmatch(name) or name.endswith(PARTIAL):
        raise ValueError(f"{name!r} cannot name a file of the store")
    return name


def write_failed(path: Path, failed: OSError) -> StoreError:
    """Explain why a write failed and what to do about it."""
    if failed.errno in _NO_SPACE:
        remedy = "free space on that disk; nothing that was acknowledged is lost"
    elif failed.errno in _NO_RIGHT:
        remedy = "mount the directory writable and give it to the operator's user"
    else:
        remedy = "check the disk"
    return StoreError(StoreProblem.FULL, f"{path} cannot be written ({failed.strerror}): {remedy}")


def read_failed(path: Path, failed: OSError) -> StoreError:
    """Explain why a file that is there cannot be read."""
    what = f"{path} cannot be read ({failed.strerror}): check the disk and the file's owner"
    return StoreError(StoreProblem.CORRUPT, what)


def sync_folder(folder: Path) -> None:
    """Make the entries of a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path) -> None:
    """Create a folder with its parents, durably."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    sync_folder(folder.parent)


def write_file(path: Path, data: bytes) -> None:
    """Put a whole file in its place, durably; raises StoreError FULL and leaves what was there."""
    partial: Path | None = None
    try:
        make_folder(path.parent)
        descriptor, name = mkstemp(dir=path.parent, suffix=PARTIAL)
        partial = Path(name)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
        sync_folder(path.parent)
    except OSError as failed:
        if partial is not None:
            partial.unlink(missing_ok=True)
        raise write_failed(path, failed) from failed


def remove_file(path: Path) -> None:
    """Remove a file durably if it is there; raises StoreError FULL."""
    try:
        path.unlink()
        sync_folder(path.parent)
    except FileNotFoundError:
        return
    except OSError as failed:
        raise write_failed(path, failed) from failed


class Disk:
    """Run blocking file work on a few threads, one piece at a time for each path, and to its end even if cancelled."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="store")
        self._locks: WeakValueDictionary[Path, asyncio.Lock] = WeakValueDictionary()
        self._going: set[asyncio.Task[Any]] = set()

    async def change(self, path: Path, work: Callable[[], T], then: Callable[[T], None] = lambda _: None) -> T:
        """Do `work`, then tell memory by `then`. A caller that is cancelled leaves both done, so they never differ."""
        return await self._to_the_end(self._in_turn(path, work, then))

    async def read(self, work: Callable[[], T]) -> T:
        """Run a read."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def close(self) -> None:
        """Wait for the work that goes on."""
        self._threads.shutdown(wait=True)

    async def _in_turn(self, path: Path, work: Callable[[], T], then: Callable[[T], None]) -> T:
        lock = self._locks.setdefault(path, asyncio.Lock())
        async with lock:
            result = await self.read(work)
            then(result)
            return result

    async def _to_the_end(self, work: Coroutine[Any, Any, T]) -> T:
        task = asyncio.get_running_loop().create_task(work)
        self._going.add(task)
        task.add_done_callback(self._going.discard)
        return await asyncio.shield(task)
