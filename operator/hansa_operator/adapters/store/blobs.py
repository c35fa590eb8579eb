"""Bytes under their sha256."""

import hashlib
import re
from pathlib import Path

from hansa_operator.adapters.store.disk import Disk, read_failed, write_file
from hansa_operator.ports.store import StoreError, StoreProblem

_DIGEST = re.compile(r"[0-9a-f]{64}")


class DirectoryBlobs:
    """Keep blobs as files named by their digest, spread over 256 folders."""

    def __init__(self, folder: Path, disk: Disk) -> None:
        self._folder, self._disk = folder, disk

    async def put(self, data: bytes) -> str:
        """Store the bytes durably and return their digest; raises StoreError FULL."""
        digest = await self._disk.read(lambda: hashlib.sha256(data).hexdigest())
        path = self._path(digest)
        await self._disk.change(path, lambda: _write_once(path, data))
        return digest

    async def get(self, digest: str) -> bytes:
        """Return the bytes; raises StoreError MISSING, or CORRUPT when they no longer match."""
        if not _DIGEST.fullmatch(digest):
            raise StoreError(StoreProblem.MISSING, f"{digest[:80]!r} is not a sha256 in lower-case hex")
        return await self._disk.read(lambda: _read(self._path(digest), digest))

    def _path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest


def _write_once(path: Path, data: bytes) -> None:
    # What is there may have rotted: only equal bytes spare the write.
    try:
        known = path.read_bytes() == data
    except OSError:
        known = False
    if not known:
        write_file(path, data)


def _read(path: Path, digest: str) -> bytes:
    try:
        data = path.read_bytes()
    except FileNotFoundError as missing:
        what = f"the store has no blob {digest}: restore {path} from a backup, or have it sent again"
        raise StoreError(StoreProblem.MISSING, what) from missing
    except OSError as failed:
        raise read_failed(path, failed) from failed
    if hashlib.sha256(data).hexdigest() != digest:
        what = f"{path} no longer has the content it is named by: restore it from a backup and check the disk"
        raise StoreError(StoreProblem.CORRUPT, what)
    return data
