"""The directory store keeps what it acknowledged, and says what is wrong when it cannot."""

import asyncio
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from hansa_operator.adapters.store import LEDGER_TABLES, DirectoryStore, open_store
from hansa_operator.adapters.store.opening import StoreInUse
from hansa_operator.ports.ledger import CoverageRecord, TransactionRecord
from hansa_operator.ports.store import Ledger, StoreError, StoreProblem

JOB = "0x" + "ab" * 32
WRITER = Path(__file__).with_name("writer.py")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DirectoryStore]:
    opened = open_store(tmp_path / "store")
    yield opened
    opened.close()


def sent(nonce: int, name: str = "hamburg") -> TransactionRecord:
    return TransactionRecord(name, 0, "post", "0x" + "cd" * 32, nonce, 1, 1)


def partials(folder: Path) -> list[Path]:
    return list(folder.rglob("*.partial"))


async def keep(directory: Path, record: TransactionRecord) -> Path:
    opened = open_store(directory)
    await opened.ledger.transactions.put(record.key, record)
    opened.close()
    return next((directory / "ledger" / "transactions").glob("*/*"))


async def test_every_table_is_a_directory(store: DirectoryStore) -> None:
    assert set(LEDGER_TABLES) == {field.name for field in fields(Ledger)}


async def test_records_outlive_the_operator(tmp_path: Path) -> None:
    await keep(tmp_path / "store", sent(2**70))
    opened = open_store(tmp_path / "store")
    assert opened.ledger.transactions.get(sent(0).key) == sent(2**70)
    opened.close()


async def test_a_deleted_record_is_gone_after_a_restart(tmp_path: Path) -> None:
    await keep(tmp_path / "store", sent(1))
    for _ in range(2):
        opened = open_store(tmp_path / "store")
        await opened.ledger.transactions.delete(sent(1).key)
        assert list(opened.ledger.transactions.scan()) == []
        opened.close()


async def test_scan_yields_a_prefix_in_key_order(store: DirectoryStore) -> None:
    table = store.ledger.transactions
    for name in ("visby", "bergen", "visby-old", "riga"):
        await table.put(sent(1, name).key, sent(1, name))
    assert [key.partition(".")[0] for key, _ in table.scan()] == ["bergen", "riga", "visby-old", "visby"]
    assert [record.subject for _, record in table.scan("visby.")] == ["visby"]


async def test_writes_of_one_key_end_in_the_order_they_began(tmp_path: Path) -> None:
    opened = open_store(tmp_path)
    await asyncio.gather(*(opened.ledger.transactions.put(sent(0).key, sent(nonce)) for nonce in range(40)))
    assert opened.ledger.transactions.get(sent(0).key) == sent(39)
    opened.close()
    again = open_store(tmp_path)
    assert again.ledger.transactions.get(sent(0).key) == sent(39)
    again.close()


async def test_a_cancelled_write_leaves_memory_and_disk_the_same(store: DirectoryStore, tmp_path: Path) -> None:
    table = store.ledger.transactions
    writing = asyncio.create_task(table.put(sent(1).key, sent(1)))
    await asyncio.sleep(0)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    await table.put(sent(1).key, sent(2))
    assert table.get(sent(1).key) == sent(2)
    path = next((tmp_path / "store" / "ledger" / "transactions").glob("*/*"))
    assert '"nonce": 2' in path.read_text()


def test_a_killed_writer_leaves_the_old_or_the_new_record(tmp_path: Path) -> None:
    directory = tmp_path / "store"
    last = 0
    for lines in (1, 3, 8):
        with subprocess.Popen(
            [sys.executable, str(WRITER), str(directory)], stdout=subprocess.PIPE, text=True
        ) as writer:
            assert writer.stdout is not None
            acknowledged = [int(writer.stdout.readline()) for _ in range(lines)]
            writer.send_signal(signal.SIGKILL)
            acknowledged += [int(line) for line in writer.stdout.read().splitlines()]
            last = acknowledged[-1]
        opened = open_store(directory)
        found = opened.ledger.coverage.get(f"{JOB}.001")
        assert found is not None
        assert found.unwitnessed_ms in (last, last + 1)
        assert {to - start for start, to in found.intervals} == {found.unwitnessed_ms}
        assert partials(directory) == []
        opened.close()


@pytest.mark.parametrize(
    "damage", [lambda text: text[:-20], lambda _: "", lambda text: text.replace('"nonce": 7', '"nonce": 8')]
)
async def test_a_damaged_record_stops_the_start_and_names_its_file(tmp_path: Path, damage) -> None:
    path = await keep(tmp_path / "store", sent(7))
    path.write_text(damage(path.read_text()))
    with pytest.raises(StoreError, match="restore it from a backup") as raised:
        open_store(tmp_path / "store")
    assert raised.value.problem is StoreProblem.CORRUPT
    assert str(path) in str(raised.value)


async def test_a_record_of_an_older_operator_gets_the_defaults_of_new_fields() -> None:
    older = TypeAdapter(CoverageRecord).validate_python({"job_id": JOB, "attempt": 1, "intervals": [[1, 2]]})
    assert older == CoverageRecord(JOB, 1, ((1, 2),), unwitnessed_ms=0)


async def test_two_operators_cannot_share_a_directory(store: DirectoryStore, tmp_path: Path) -> None:
    with pytest.raises(StoreInUse, match="another operator has"):
        open_store(tmp_path / "store")


async def test_a_directory_of_another_version_is_left_alone(tmp_path: Path) -> None:
    await keep(tmp_path, sent(1))
    (tmp_path / "version").write_text("hansa store 2\n")
    with pytest.raises(StoreError, match="run the version of the operator that wrote it"):
        open_store(tmp_path)


def test_a_directory_with_other_things_in_it_is_not_taken_over(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    with pytest.raises(StoreError, match="holds files but no store"):
        open_store(tmp_path)


def test_a_place_that_cannot_be_written_is_said_at_once() -> None:
    with pytest.raises(StoreError, match="cannot be written") as raised:
        open_store(Path("/proc/hansa-store"))
    assert raised.value.problem is StoreProblem.FULL


async def test_a_write_that_the_disk_refuses_keeps_the_old_record(store: DirectoryStore, tmp_path: Path) -> None:
    table = store.ledger.coverage
    small = CoverageRecord(JOB, 1, ((1, 2),))
    await table.put(small.key, small)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    try:
        with pytest.raises(StoreError, match="cannot be written") as raised:
            await table.put(small.key, CoverageRecord(JOB, 1, tuple((at, at + 1) for at in range(0, 9000, 2))))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, ignored)
    assert raised.value.problem is StoreProblem.FULL
    assert table.get(small.key) == small
    assert partials(tmp_path) == []


async def test_blobs_are_what_their_digest_says(store: DirectoryStore, tmp_path: Path) -> None:
    digest = await store.blobs.put(b"herring")
    assert await store.blobs.put(b"herring") == digest
    assert await store.blobs.get(digest) == b"herring"
    path = tmp_path / "store" / "blobs" / digest[:2] / digest
    path.write_bytes(b"cod")
    with pytest.raises(StoreError) as raised:
        await store.blobs.get(digest)
    assert raised.value.problem is StoreProblem.CORRUPT
    await store.blobs.put(b"herring")
    assert await store.blobs.get(digest) == b"herring"


@pytest.mark.parametrize("digest", ["0" * 64, "../../version", ""])
async def test_a_blob_that_is_not_there_is_missing(store: DirectoryStore, digest: str) -> None:
    with pytest.raises(StoreError) as raised:
        await store.blobs.get(digest)
    assert raised.value.problem is StoreProblem.MISSING


async def test_a_log_refuses_a_gap_and_skips_what_it_has(store: DirectoryStore) -> None:
    assert await store.logs.read(JOB, 1, 0, 10) == b""
    assert await store.logs.append(JOB, 1, 0, b"salt and ") == 9
    assert await store.logs.append(JOB, 1, 5, b"and herring") == 16
    assert await store.logs.append(JOB, 1, 0, b"salt") == 16
    with pytest.raises(StoreError, match="16 bytes") as raised:
        await store.logs.append(JOB, 1, 17, b"!")
    assert raised.value.problem is StoreProblem.GAP
    assert await store.logs.read(JOB, 1, 5, 3) == b"and"
    assert await store.logs.read(JOB, 2, 0, 3) == b""


async def test_a_name_cannot_leave_the_store(store: DirectoryStore) -> None:
    with pytest.raises(ValueError, match="cannot name a file"):
        await store.logs.append("../../etc", 1, 0, b"x")
    with pytest.raises(ValueError, match="cannot name a file"):
        await store.ledger.transactions.put("a/b", sent(1))
