"""What is acknowledged was synced before: the file, then its place, then the folder that names it."""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from hansa_operator.adapters.store import DirectoryStore, disk, open_store
from hansa_operator.ports.ledger import TransactionRecord

JOB = "0x" + "ab" * 32
RECORD = TransactionRecord("hamburg", 0, "post", "0x" + "cd" * 32, 1, 1, 1)
Write = Callable[[DirectoryStore], Awaitable[object]]


class Syscalls:
    """Note in their order which files and folders were written, synced, renamed, made and removed, below a folder."""

    def __init__(self, root: Path, patch: pytest.MonkeyPatch) -> None:
        self.seen: list[tuple[str, str]] = []
        self._root = root
        fsync, pwrite, replace, mkdir, unlink = os.fsync, os.pwrite, Path.replace, Path.mkdir, Path.unlink

        def noted_pwrite(descriptor: int, data: bytes, offset: int) -> int:
            self._note("write", Path(f"/proc/self/fd/{descriptor}").readlink())
            return pwrite(descriptor, data, offset)

        def noted_unlink(path: Path, *, missing_ok: bool = False) -> None:
            unlink(path, missing_ok=missing_ok)
            self._note("remove", path)

        def noted_fsync(descriptor: int) -> None:
            path = Path(f"/proc/self/fd/{descriptor}").readlink()
            fsync(descriptor)
            self._note("sync", path)

        def noted_replace(path: Path, target: Path) -> Path:
            assert not target.exists() or target.is_file()
            moved = replace(path, target)
            self._note("rename", target)
            return moved

        def noted_mkdir(path: Path, *settings: int, **named: int) -> None:
            mkdir(path, *settings, **named)
            self._note("make", path)

        patch.setattr(os, "fsync", noted_fsync)
        patch.setattr(os, "pwrite", noted_pwrite)
        patch.setattr(Path, "unlink", noted_unlink)
        patch.setattr(Path, "replace", noted_replace)
        patch.setattr(Path, "mkdir", noted_mkdir)

    def _note(self, what: str, path: Path) -> None:
        name = "partial" if path.name.endswith(disk.PARTIAL) else str(path.relative_to(self._root))
        self.seen.append((what, name))


@pytest.fixture
def store(tmp_path: Path) -> DirectoryStore:
    return open_store(tmp_path / "store")


def files(store: Path) -> set[str]:
    return {str(path.relative_to(store)) for path in store.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(lambda store: store.blobs.put(b"a batch"), id="a blob"),
        pytest.param(lambda store: store.ledger.transactions.put(RECORD.key, RECORD), id="a record"),
    ],
)
async def test_a_whole_file_is_synced_renamed_into_its_place_and_its_folder_synced(
    store: DirectoryStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Write
) -> None:
    before = files(tmp_path / "store")
    calls = Syscalls(tmp_path / "store", monkeypatch)
    await write(store)
    seen = list(calls.seen)
    store.close()
    (place,) = files(tmp_path / "store") - before
    folder = str(Path(place).parent)
    assert seen[-3:] == [("sync", "partial"), ("rename", place), ("sync", folder)]
    check_folders(seen)


async def test_a_piece_of_a_log_is_synced_and_so_is_the_folder_that_names_it(
    store: DirectoryStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = Syscalls(tmp_path / "store", monkeypatch)
    for offset in (0, 3):
        await store.logs.append(JOB, 0, offset, b"one")
    (log,) = (name for name in files(tmp_path / "store") if name.endswith(".log"))
    piece = [("write", log), ("sync", log), ("sync", str(Path(log).parent))]
    assert [call for call in calls.seen if call in piece][-6:] == piece * 2
    check_folders(calls.seen)
    store.close()


async def test_a_file_that_was_removed_stays_so(
    store: DirectoryStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store.ledger.transactions.put(RECORD.key, RECORD)
    calls = Syscalls(tmp_path / "store", monkeypatch)
    (record,) = (name for name in files(tmp_path / "store") if name.startswith("ledger/transactions/"))
    await store.ledger.transactions.delete(RECORD.key)
    assert calls.seen == [("remove", record), ("sync", str(Path(record).parent))]
    store.close()


@pytest.mark.parametrize("fails", ["fsync", "replace"])
async def test_a_write_that_fails_leaves_what_was_there(
    store: DirectoryStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    await store.ledger.transactions.put(RECORD.key, RECORD)
    before = {name: (tmp_path / "store" / name).read_bytes() for name in files(tmp_path / "store")}

    def refuse(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os if fails == "fsync" else Path, fails, refuse)
    changed = TransactionRecord("hamburg", 0, "post", "0x" + "ef" * 32, 1, 2, 2)
    with pytest.raises(disk.StoreError, match="cannot be written"):
        await store.ledger.transactions.put(RECORD.key, changed)
    assert {name: (tmp_path / "store" / name).read_bytes() for name in files(tmp_path / "store")} == before
    assert store.ledger.transactions.get(RECORD.key) == RECORD
    store.close()


def check_folders(seen: list[tuple[str, str]]) -> None:
    """Check that each folder that was made was synced into its parent afterwards."""
    for at, (what, name) in enumerate(seen):
        if what == "make":
            parent = str(Path(name).parent)
            assert ("sync", parent) in seen[at + 1 :], f"{name} could be gone after a power cut"
