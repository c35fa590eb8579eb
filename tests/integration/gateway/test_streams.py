"""A log is read while its job still runs, by as many readers as the gateway has room for, and for a bounded time."""

import asyncio
import threading

import aiohttp
import pytest

from hansa_cli.gateway import log_address, read_stream
from hansa_cli.log_following import LogFollower
from hansa_operator.adapters.gateway import Limits
from hansa_operator.adapters.gateway.limits import MIB
from hansa_operator.core.readers import reader_key
from tests.integration.gateway.parts import start_agent, start_runner, until
from tests.integration.gateway.served import now_ms, report_body, serving
from tests.job_status import job_status
from tests.metered import HUB_KEY, JOB_ID

LOG = f"/v1/logs/{JOB_ID}/0?key={reader_key(HUB_KEY, JOB_ID)}"
FOLLOWED = f"{LOG}&follow=1"


async def test_a_line_is_read_while_its_job_still_runs(tmp_path):
    gate, read = tmp_path / "gate", []
    async with serving(tmp_path / "hub") as hub:
        await hub.place(placed_ms=now_ms())
        address = log_address(hub.url(LOG), follow=True)
        reader = threading.Thread(target=lambda: read.extend(read_stream(address)), daemon=True)
        reader.start()
        runner, agent = await start_runner(tmp_path, gate=gate), await start_agent(tmp_path, hub.port)
        try:
            await until(lambda: b"".join(read) == b"one\n")
            assert runner.returncode is None
            gate.touch()
            await until(lambda: not reader.is_alive())
            assert b"".join(read) == b"one\ntwo\n"
        finally:
            agent.terminate()
            await asyncio.wait_for(agent.wait(), 10)
            await runner.wait()


async def test_who_went_away_makes_room_for_another_reader(tmp_path, caplog):
    async with serving(tmp_path, limits=Limits(streams=1)) as hub, aiohttp.ClientSession() as session:
        await hub.place(placed_ms=now_ms())
        followed = await session.get(hub.url(FOLLOWED))
        assert followed.status == 200
        async with session.get(hub.url(LOG)) as refused:
            assert (refused.status, refused.headers["Retry-After"]) == (503, "1")
            assert (await refused.json())["reason"] == "Busy"
        followed.close()
        await hub.call_until((200, b""), "GET", LOG)
    assert not caplog.records, "it is nothing that the hub's admin could mend"


async def stops(hub):
    await hub.gateway.stop()


async def lasts(hub):
    """Nothing has to be done: its time is over by itself."""


async def loses_its_log(hub):
    (log,) = (path for path in (hub.folder / "logs").rglob("*") if path.is_file())
    log.unlink()
    log.mkdir()


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param((Limits(), stops), id="the gateway stops"),
        pytest.param((Limits(stream_seconds=0.5), lasts), id="its time is over"),
        pytest.param((Limits(), loses_its_log), id="the store fails"),
    ],
)
async def test_a_log_that_is_not_sent_to_its_end_is_seen_to_break_off(tmp_path, broken):
    """A reader that asks again from where it was misses nothing, and one that does not knows."""
    limits, break_off = broken
    async with serving(tmp_path, limits=limits) as hub, asyncio.timeout(20), aiohttp.ClientSession() as session:
        await hub.place(placed_ms=now_ms())
        await hub.call("PUT", f"/v1/logs/{JOB_ID}/0?offset=0", b"one\n")
        async with session.get(hub.url(FOLLOWED)) as followed:
            assert await followed.content.readline() == b"one\n"
            await break_off(hub)
            with pytest.raises(aiohttp.ClientError):
                await followed.read()


async def test_a_follower_misses_nothing_when_the_gateway_restarts(tmp_path):
    written, told, attempt = bytearray(), [], {"index": 0}
    status = job_status(("Running", "True", "Started"), attempts=1, currentAttempt=attempt)
    job = {"metadata": {"name": "j", "uid": "u"}, "status": status}
    async with serving(tmp_path) as hub:
        await hub.place(placed_ms=now_ms())

        def read(_job, index, offset):
            return read_stream(log_address(hub.url(LOG), attempt=index, follow=True, offset=offset))

        follower = LogFollower(lambda: job, read, written.extend, told.append)
        following = threading.Thread(target=follower.follow, daemon=True)
        following.start()
        await hub.call("PUT", f"/v1/logs/{JOB_ID}/0?offset=0", b"one\n")
        await until(lambda: written == b"one\n")
        await hub.stop()
        hub.open()
        await hub.start()
        await hub.call("PUT", f"/v1/logs/{JOB_ID}/0?offset=4", b"two\n")
        await until(lambda: written == b"one\ntwo\n")
        assert following.is_alive(), "the attempt has not ended"
        await hub.call("POST", f"/v1/reports/{JOB_ID}/0", report_body())
        attempt["outcome"] = "Succeeded"
        status["conditions"] = job_status(("Complete", "True", "Succeeded"))["conditions"]
        await until(lambda: not following.is_alive())
    assert (bytes(written), told) == (b"one\ntwo\n", ["j: Succeeded: why Succeeded"])


async def test_a_reader_that_takes_nothing_is_let_go_without_hindering_the_next(tmp_path, caplog):
    size = 48 * MIB
    async with serving(tmp_path, limits=Limits(streams=1, write_seconds=2)) as hub, asyncio.timeout(60):
        await hub.place(placed_ms=now_ms())
        await hub.store.logs.append(JOB_ID, 0, 0, b"x" * size)
        async with aiohttp.ClientSession() as session, session.get(hub.url(LOG)) as taking_nothing:
            assert await hub.call("GET", LOG) == (503, "Busy")
            await hub.call_until((200, b"x"), "GET", f"{LOG}&offset={size - 1}")
            with pytest.raises(aiohttp.ClientError):
                await taking_nothing.read()
    assert not caplog.records, "it is nothing that the hub's admin could mend"
