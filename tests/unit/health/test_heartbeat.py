"""A loop that is stuck is noticed while it is, and the log says where."""

import asyncio
import threading
import time

from structlog.testing import capture_logs

from hansa_operator.adapters.health import Heartbeat


async def until(condition):
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


def block_until(condition):
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


async def test_a_stuck_loop_is_told_once_with_the_place_and_when_it_turns_again():
    with capture_logs() as logs:
        heartbeat = Heartbeat(stuck_seconds=0.2, beat_seconds=0.02)
        heartbeat.start()
        block_until(lambda: logs and heartbeat.age_seconds > 0.6)
        await until(lambda: len(logs) > 1)
        heartbeat.stop()
    assert [entry["event"] for entry in logs] == ["event loop stuck", "event loop turns again"]
    assert any("block_until" in place for place in logs[0]["where"])


async def test_a_loop_that_turns_stays_young_and_silent():
    with capture_logs() as logs:
        heartbeat = Heartbeat(stuck_seconds=10, beat_seconds=0.01)
        heartbeat.start()
        first = heartbeat._beaten
        await until(lambda: heartbeat._beaten > first)
        assert heartbeat.age_seconds < 10
        heartbeat.stop()
    assert logs == []


async def test_a_stopped_heartbeat_leaves_no_thread():
    heartbeat = Heartbeat(beat_seconds=0.01)
    heartbeat.start()
    heartbeat.stop()
    await until(lambda: "heartbeat" not in [thread.name for thread in threading.enumerate()])
