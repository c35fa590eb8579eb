"""Open a directory as a store: alone, and only when this version understands what is in it."""

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path

from hansa_operator.adapters.store.blobs import DirectoryBlobs
from hansa_operator.adapters.store.disk import (
    PARTIAL,
    Disk,
    make_folder,
    read_failed,
    remove_file,
    write_failed,
    write_file,
)
from hansa_operator.adapters.store.logs import DirectoryLogs
from hansa_operator.adapters.store.tables import DirectoryTable
from hansa_operator.ports.ledger import (
    AccountRecord,
    AttemptRecord,
    CoverageRecord,
    JobRecord,
    ReceiptRecord,
    ReportRecord,
    SealRecord,
    TransactionRecord,
)
from hansa_operator.ports.store import Ledger, Store, StoreError, StoreProblem

LEDGER_TABLES = {
    "jobs": JobRecord,
    "attempts": AttemptRecord,
    "coverage": CoverageRecord,
    "receipts": ReceiptRecord,
    "reports": ReportRecord,
    "accounts": AccountRecord,
    "seals": SealRecord,
    "transactions": TransactionRecord,
}
"""The ledger's tables: each is a directory of that name below `ledger`."""

VERSION = "hansa store 1\n"


class StoreInUse(StoreError):
    """Raised when another operator has the directory open."""


@dataclass(frozen=True, slots=True)
class DirectoryStore(Store):
    """Bundle an open directory; it is locked until `close` or the end of the process."""

    disk: Disk
    lock: int

    def close(self) -> None:
        """Finish what goes on and let others open the directory."""
        self.disk.close()
        os.close(self.lock)


def open_store(directory: Path) -> DirectoryStore:
    """Open or create a store and read its ledger into memory; raises StoreError with what to do."""
    lock = _lock(directory)
    try:
        _check_version(directory)
        _sweep(directory)
        disk = Disk()
        blobs, logs = DirectoryBlobs(directory / "blobs", disk), DirectoryLogs(directory / "logs", disk)
        return DirectoryStore(blobs, logs, _ledger(directory / "ledger", disk), disk, lock)
    except BaseException:
        os.close(lock)
        raise


def _sweep(directory: Path) -> None:
    for folder in ("blobs", "ledger"):
        for partial in (directory / folder).rglob(f"*{PARTIAL}"):
            remove_file(partial)


def _ledger(folder: Path, disk: Disk) -> Ledger:
    return Ledger(
        jobs=DirectoryTable(folder / "jobs", JobRecord, disk),
        attempts=DirectoryTable(folder / "attempts", AttemptRecord, disk),
        coverage=DirectoryTable(folder / "coverage", CoverageRecord, disk),
        receipts=DirectoryTable(folder / "receipts", ReceiptRecord, disk),
        reports=DirectoryTable(folder / "reports", ReportRecord, disk),
        accounts=DirectoryTable(folder / "accounts", AccountRecord, disk),
        seals=DirectoryTable(folder / "seals", SealRecord, disk),
        transactions=DirectoryTable(folder / "transactions", TransactionRecord, disk),
    )


def _lock(directory: Path) -> int:
    path = directory / "lock"
    try:
        make_folder(directory)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as failed:
        raise write_failed(path, failed) from failed
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as taken:
        os.close(descriptor)
        what = f"another operator has {directory} open: stop it, or give this one a directory of its own"
        raise StoreInUse(StoreProblem.FULL, what) from taken
    except OSError as failed:
        os.close(descriptor)
        raise write_failed(path, failed) from failed
    return descriptor


def _check_version(directory: Path) -> None:
    path = directory / "version"
    try:
        found = path.read_text()
    except FileNotFoundError:
        _begin(directory, path)
        return
    except OSError as failed:
        raise read_failed(path, failed) from failed
    if found != VERSION:
        what = f"{path} says {found.strip()[:80]!r}, this operator reads {VERSION.strip()!r}"
        raise StoreError(StoreProblem.CORRUPT, f"{what}: run the version of the operator that wrote it")


def _begin(directory: Path, path: Path) -> None:
    if any(entry.name != "lock" and not entry.name.endswith(PARTIAL) for entry in directory.iterdir()):
        what = f"{directory} holds files but no store: give the operator an empty directory, or restore {path}"
        raise StoreError(StoreProblem.CORRUPT, what)
    write_file(path, VERSION.encode())
