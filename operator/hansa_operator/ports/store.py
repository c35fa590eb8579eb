"""The store: blobs by content, logs by offset, and the ledger's records, all durable when the call returns."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeVar

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

R = TypeVar("R")


class StoreProblem(StrEnum):
    """Name why the store refused."""

    MISSING = "Missing"
    CORRUPT = "Corrupt"
    FULL = "Full"
    GAP = "Gap"


class StoreError(Exception):
    """Raised when the store cannot keep or find something; the message says what to do."""

    def __init__(self, problem: StoreProblem, message: str) -> None:
        super().__init__(message)
        self.problem = problem


class Blobs(Protocol):
    """Keep bytes under their sha256 (lower-case hex)."""

    async def put(self, data: bytes) -> str:
        """Store the bytes durably (fsync, atomic rename) and return their digest."""

    async def get(self, digest: str) -> bytes:
        """Return the bytes; raises StoreError MISSING, or CORRUPT when they no longer match."""


class Logs(Protocol):
    """Keep one growing log per (job id, attempt)."""

    async def append(self, job_id: str, attempt: int, offset: int, data: bytes) -> int:
        """Write at `offset` (bytes already there are skipped, a gap is StoreError GAP) and return the new size."""

    async def read(self, job_id: str, attempt: int, offset: int, limit: int) -> bytes:
        """Return up to `limit` bytes from `offset`; empty at the end or when there is no log yet."""


class Table(Protocol[R]):
    """Keep records of one type by key. Reads are from memory; writes are durable when they return."""

    def get(self, key: str) -> R | None:
        """Return the record, or None when there is none."""

    def scan(self, prefix: str = "") -> Iterator[tuple[str, R]]:
        """Yield (key, record) in key order for every key that begins with `prefix`."""

    async def put(self, key: str, record: R) -> None:
        """Write the record in place of any other with this key."""

    async def delete(self, key: str) -> None:
        """Remove the record if it is there."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """Hold the tables of metered work; keys are built by the records themselves (`record.key`)."""

    jobs: Table[JobRecord]
    attempts: Table[AttemptRecord]
    coverage: Table[CoverageRecord]
    receipts: Table[ReceiptRecord]
    reports: Table[ReportRecord]
    accounts: Table[AccountRecord]
    seals: Table[SealRecord]
    transactions: Table[TransactionRecord]


@dataclass(frozen=True, slots=True)
class Store:
    """Bundle what one store offers."""

    blobs: Blobs
    logs: Logs
    ledger: Ledger
