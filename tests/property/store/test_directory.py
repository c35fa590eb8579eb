"""The store against plain dictionaries and bytes: whatever is done, in whatever order, across restarts."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hansa_operator.adapters.store import open_store
from hansa_operator.ports.ledger import ReportRecord
from hansa_operator.ports.store import StoreError, StoreProblem

KEYS = st.sampled_from(["a", "a.1", "a.10", "b", "b-2"])
STEPS = st.lists(st.tuples(st.sampled_from(["put", "delete", "restart"]), KEYS, st.text(max_size=20)), max_size=12)
PIECES = st.lists(st.tuples(st.integers(0, 30), st.binary(max_size=12)), max_size=12)


@settings(max_examples=40)
@given(STEPS)
def test_a_table_is_a_dictionary_that_survives(steps: list[tuple[str, str, str]]) -> None:
    with TemporaryDirectory() as folder:
        asyncio.run(follow(Path(folder), steps))


async def follow(folder: Path, steps: list[tuple[str, str, str]]) -> None:
    model: dict[str, ReportRecord] = {}
    store = open_store(folder)
    for action, key, text in steps:
        if action == "put":
            model[key] = ReportRecord("0x01", 1, None, "Error", text, 2**62, 2, "", 0)
            await store.ledger.reports.put(key, model[key])
        elif action == "delete":
            model.pop(key, None)
            await store.ledger.reports.delete(key)
        else:
            store.close()
            store = open_store(folder)
        assert list(store.ledger.reports.scan()) == sorted(model.items())
        assert dict(store.ledger.reports.scan("a.")) == {k: r for k, r in model.items() if k.startswith("a.")}
    store.close()


@settings(max_examples=40)
@given(PIECES)
def test_a_log_only_grows_by_what_joins_it(pieces: list[tuple[int, bytes]]) -> None:
    with TemporaryDirectory() as folder:
        asyncio.run(ship(Path(folder), pieces))


async def ship(folder: Path, pieces: list[tuple[int, bytes]]) -> None:
    store = open_store(folder)
    log = b""
    for offset, data in pieces:
        if offset > len(log):
            with pytest.raises(StoreError) as refused:
                await store.logs.append("0x01", 1, offset, data)
            assert refused.value.problem is StoreProblem.GAP
        else:
            log += data[len(log) - offset :]
            assert await store.logs.append("0x01", 1, offset, data) == len(log)
        assert await store.logs.read("0x01", 1, 0, 1000) == log
    store.close()
