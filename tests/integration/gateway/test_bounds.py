"""The gateway does a bounded amount at a time and for anybody, and says so to who comes on top."""

import asyncio
from contextlib import asynccontextmanager

import aiohttp
import pytest

from hansa_operator.adapters.gateway import Limits
from hansa_operator.adapters.gateway.senders import AGENTS_PER_HOST
from hansa_operator.core.readers import reader_key
from hansa_operator.reconcile.intake import deliveries
from tests.integration.gateway.parts import signed
from tests.integration.gateway.served import beat_body, now_ms, serving
from tests.metered import HUB_KEY, JOB_ID

BEATS, RESULT = "/v1/heartbeats", f"/v1/results/{JOB_ID}/0"
LOG = f"/v1/logs/{JOB_ID}/0"
READ = f"{LOG}?key={reader_key(HUB_KEY, JOB_ID)}"
SLOWLY = 0.001
"""Requests a second: no token comes back while a test runs."""


@asynccontextmanager
async def half_sent(hub, method, path):
    """Hold a request open whose body has begun and does not go on."""
    over = asyncio.Event()

    async def body():
        yield b"{"
        await over.wait()

    async def send():
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, hub.url(path), data=body(), headers=signed(method, path, b"{")),
        ):
            pass

    sending = asyncio.create_task(send())
    try:
        yield
    finally:
        over.set()
        await asyncio.wait_for(sending, 20)


@pytest.mark.parametrize(
    ("limits", "call", "free"),
    [
        pytest.param(Limits(uploads=1), ("PUT", RESULT, b"zip"), ("POST", BEATS, beat_body()), id="uploads"),
        pytest.param(Limits(concurrent=1), ("POST", BEATS, beat_body()), ("GET", READ, b""), id="calls of agents"),
    ],
)
async def test_what_is_too_much_at_a_time_is_refused_and_hinders_nothing_else(tmp_path, limits, call, free):
    async with serving(tmp_path, limits=limits) as hub:
        await hub.place(placed_ms=now_ms())
        async with half_sent(hub, *call[:2]):
            await hub.call_until((503, "Busy"), *call)
            assert (await hub.call(*free))[0] == 200
        assert (await hub.call(*call))[0] in (200, 425), "425: the report has to come first"


async def test_downloads_have_room_for_a_few_at_a_time(tmp_path, monkeypatch):
    under_way, over = asyncio.Event(), asyncio.Event()
    async with serving(tmp_path, limits=Limits(uploads=1)) as hub:
        await hub.place(placed_ms=now_ms())

        async def slowly(*_):
            under_way.set()
            await over.wait()
            return b"zip"

        monkeypatch.setattr(hub.intake, "read_result", slowly)
        first = asyncio.create_task(hub.call("GET", RESULT))
        async with asyncio.timeout(20):
            await under_way.wait()
            for path in (RESULT, "/v1/batches/" + "0" * 64):
                assert await hub.call("GET", path) == (503, "Busy")
            over.set()
            assert await first == (200, b"zip")


async def test_one_network_address_has_a_rate_whoever_it_says_it_is(tmp_path):
    async with serving(tmp_path, limits=Limits(rate=SLOWLY, burst=1)) as hub:
        strangers = [bytes([key]) * 32 for key in range(20, 20 + AGENTS_PER_HOST)]
        for key in strangers[:-1]:
            assert (await hub.call("POST", BEATS, beat_body(), key=key))[1] == "UnknownAgent"
        assert (await hub.call("GET", "/v1/hub"))[0] == 200
        assert await hub.call("GET", "/v1/hub") == (429, "TooManyRequests")
        assert await hub.call("POST", BEATS, beat_body()) == (429, "TooManyRequests")


async def test_readers_have_a_rate_of_their_own(tmp_path):
    async with serving(tmp_path, limits=Limits(rate=SLOWLY, burst=2)) as hub:
        await hub.place(placed_ms=now_ms())
        answers = [await hub.call("GET", path) for path in (READ, READ, READ, RESULT, "/v1/batches/" + "0" * 64)]
        assert answers == [(200, b"")] * 2 + [(429, "TooManyRequests")] * 3
        assert (await hub.call("POST", BEATS, beat_body()))[0] == 200


async def test_what_is_sent_has_a_largest_size(tmp_path):
    async with serving(tmp_path, limits=Limits(log_bytes=1000, result_bytes=2000)) as hub:
        await hub.place(placed_ms=now_ms())
        assert await hub.call("PUT", f"{LOG}?offset=0", b"x" * 1001) == (413, "TooLarge")
        assert await hub.call("PUT", f"{LOG}?offset=0", b"x" * 1000) == (200, {"size": 1000})
        assert await hub.call("PUT", RESULT, b"x" * 2001) == (413, "TooLarge")
        assert await hub.call("PUT", RESULT, b"x" * 2000) == (425, "ReportFirst")


async def test_a_result_has_a_largest_size_whatever_the_gateway_lets_through(tmp_path, monkeypatch):
    monkeypatch.setattr(deliveries, "MAX_RESULT_BYTES", 1000)
    async with serving(tmp_path) as hub:
        await hub.place(placed_ms=now_ms())
        assert await hub.call("PUT", RESULT, b"x" * 1001) == (413, "TooLarge")
        assert await hub.call("PUT", RESULT, b"x" * 1000) == (425, "ReportFirst")


async def test_a_result_has_its_own_time_to_arrive(tmp_path):
    limits = Limits(body_seconds=60, result_seconds=0.3)
    async with serving(tmp_path, limits=limits) as hub, aiohttp.ClientSession() as session, asyncio.timeout(20):
        await hub.place(placed_ms=now_ms())

        async def never_ending():
            yield b"{"
            await asyncio.sleep(60)

        headers = signed("PUT", RESULT, b"{")
        async with session.put(hub.url(RESULT), data=never_ending(), headers=headers) as reply:
            assert (reply.status, (await reply.json())["reason"]) == (408, "TooSlow")
