"""Growing logs, written by offset so that a repeated or overlapping piece changes nothing."""

import os
from pathlib import Path

from hansa_operator.adapters.store.disk import Disk, checked_name, make_folder, read_failed, sync_folder, write_failed
from hansa_operator.ports.ledger import attempt_key
from hansa_operator.ports.store import StoreError, StoreProblem


class DirectoryLogs:
    """Keep one file per (job id, attempt)."""

    def __init__(self, folder: Path, disk: Disk) -> None:
        self._folder, self._disk = folder, disk

    async def append(self, job_id: str, attempt: int, offset: int, data: bytes) -> int:
        """Write at `offset` and return the new size in bytes; raises StoreError GAP or FULL."""
        path = self._path(job_id, attempt)
        return await self._disk.change(path, lambda: _append(path, offset, data))

    async def read(self, job_id: str, attempt: int, offset: int, limit: int) -> bytes:
        """Return up to `limit` bytes from `offset`; empty at the end or when there is no log yet."""
        path = self._path(job_id, attempt)
        return await self._disk.read(lambda: _read(path, offset, limit))

    def _path(self, job_id: str, attempt: int) -> Path:
        return self._folder / f"{checked_name(attempt_key(job_id, attempt))}.log"


def _append(path: Path, offset: int, data: bytes) -> int:
    try:
        make_folder(path.parent)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            return _write_at(descriptor, path, offset, data)
        finally:
            os.close(descriptor)
    except OSError as failed:
        raise write_failed(path, failed) from failed


def _write_at(descriptor: int, path: Path, offset: int, data: bytes) -> int:
    size = os.fstat(descriptor).st_size
    if not 0 <= offset <= size:
        raise StoreError(StoreProblem.GAP, f"the log has {size} bytes: send it on from there, not from {offset}")
    rest = memoryview(data)[size - offset :]
    while rest:
        written = os.pwrite(descriptor, rest, size)
        size, rest = size + written, rest[written:]
    os.fsync(descriptor)
    sync_folder(path.parent)
    return size


def _read(path: Path, offset: int, limit: int) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(max(0, offset))
            return file.read(max(0, limit))
    except FileNotFoundError:
        return b""
    except OSError as failed:
        raise read_failed(path, failed) from failed
