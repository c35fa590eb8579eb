"""Records of one type as JSON files, all of them in memory."""

import hashlib
import json
from bisect import bisect_left, insort
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from hansa_operator.adapters.store.disk import Disk, checked_name, read_failed, remove_file, write_file
from hansa_operator.ports.store import StoreError, StoreProblem

R = TypeVar("R")


class DirectoryTable(Generic[R]):
    """Keep a table in a folder; what it answers is what the disk holds."""

    def __init__(self, folder: Path, kind: type[R], disk: Disk) -> None:
        self._folder, self._disk = folder, disk
        self._adapter: TypeAdapter[R] = TypeAdapter(kind)
        self._records = dict(sorted(self._load()))
        self._keys = list(self._records)

    def get(self, key: str) -> R | None:
        """Return the record, or None when there is none."""
        return self._records.get(key)

    def scan(self, prefix: str = "") -> Iterator[tuple[str, R]]:
        """Yield (key, record) in key order; the keys are those of the moment of the call's first step."""
        first = bisect_left(self._keys, prefix)
        found = []
        for key in self._keys[first:]:
            if not key.startswith(prefix):
                break
            found.append((key, self._records[key]))
        yield from found

    async def put(self, key: str, record: R) -> None:
        """Write the record in place of any other with this key; raises StoreError FULL and keeps the old one."""
        path = self._path(key)
        await self._disk.change(
            path, lambda: write_file(path, self._encode(key, record)), lambda _: self._set(key, record)
        )

    async def delete(self, key: str) -> None:
        """Remove the record if it is there; raises StoreError FULL."""
        path = self._path(key)
        await self._disk.change(path, lambda: remove_file(path), lambda _: self._unset(key))

    def _set(self, key: str, record: R) -> None:
        if key not in self._records:
            insort(self._keys, key)
        self._records[key] = record

    def _unset(self, key: str) -> None:
        if self._records.pop(key, None) is not None:
            del self._keys[bisect_left(self._keys, key)]

    def _path(self, key: str) -> Path:
        shard = hashlib.sha256(checked_name(key).encode()).hexdigest()[:2]
        return self._folder / shard / f"{key}.json"

    def _encode(self, key: str, record: R) -> bytes:
        content = self._adapter.dump_python(record, mode="json")
        return json.dumps({"key": key, "sha256": _digest(content), "record": content}, indent=1).encode() + b"\n"

    def _load(self) -> Iterator[tuple[str, R]]:
        for path in self._folder.glob("*/*"):
            yield self._decode(path)

    def _decode(self, path: Path) -> tuple[str, R]:
        try:
            content = json.loads(path.read_bytes())
            key, record = str(content["key"]), self._adapter.validate_python(content["record"])
            sound = path == self._path(key) and content["sha256"] == _digest(content["record"])
        except OSError as failed:
            raise read_failed(path, failed) from failed
        except (ValueError, KeyError, TypeError, ValidationError) as broken:
            raise _corrupt(path) from broken
        if not sound:
            raise _corrupt(path)
        return key, record


def _digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _corrupt(path: Path) -> StoreError:
    what = f"{path} is not a record that the operator wrote: restore it from a backup and check the disk"
    return StoreError(StoreProblem.CORRUPT, f"{what}; the operator does not guess what the ledger said")
