"""The health server over real HTTP: alive, ready, and what it measures."""

import socket
from collections.abc import AsyncIterator

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from hansa_operator.adapters.health import HealthServer, Metrics, Result, at_most

HOST = "127.0.0.1"


class Probed:
    """Hold a running server, what its checks say, and a client."""

    def __init__(self, session):
        self.session = session
        self.metrics = Metrics.create()
        self.event_age, self.waiting = 0.0, {"store": "opening", "kubernetes": "no answer yet"}
        ready = {name: lambda name=name: self.waiting.get(name) for name in ("store", "kubernetes", "chain")}
        alive = {"watch": at_most(120, lambda: self.event_age, "last event of the watch")}
        self.server = HealthServer(HOST, 0, alive=alive, ready=ready, registry=self.metrics.registry)
        self.port = 0

    async def get(self, path, **headers):
        async with self.session.get(f"http://{HOST}:{self.port}{path}", headers=headers) as answer:
            return answer.status, answer.headers["Content-Type"], await answer.text()

    async def get_json(self, path):
        async with self.session.get(f"http://{HOST}:{self.port}{path}") as answer:
            return answer.status, await answer.json()


@pytest.fixture
async def probed() -> AsyncIterator[Probed]:
    async with aiohttp.ClientSession() as session:
        made = Probed(session)
        made.port = await made.server.start()
        yield made
        await made.server.stop()


async def test_what_is_not_ready_is_listed_with_its_reason(probed):
    assert await probed.get_json("/readyz") == (
        503,
        {
            "ready": False,
            "failed": [{"name": "store", "reason": "opening"}, {"name": "kubernetes", "reason": "no answer yet"}],
        },
    )
    probed.waiting = {"kubernetes": "no answer yet"}
    status, body = await probed.get_json("/readyz")
    assert (status, [one["name"] for one in body["failed"]]) == (503, ["kubernetes"])
    probed.waiting = {}
    assert await probed.get_json("/readyz") == (200, {"ready": True, "failed": []})


async def test_what_is_silent_for_too_long_is_not_alive(probed):
    probed.event_age = 120.0
    assert await probed.get_json("/healthz") == (200, {"alive": True, "failed": []})
    probed.event_age = 121.0
    reason = "last event of the watch: 121 s ago, the limit is 120 s"
    assert await probed.get_json("/healthz") == (
        503,
        {"alive": False, "failed": [{"name": "watch", "reason": reason}]},
    )


async def test_being_alive_does_not_depend_on_being_ready(probed):
    assert (await probed.get("/readyz"))[0] == 503
    assert (await probed.get("/healthz"))[0] == 200


async def test_prometheus_reads_what_was_measured(probed):
    probed.metrics.record_reconcile("AIJob", Result.SUCCESS, 0.02)
    status, content_type, text = await probed.get("/metrics")
    assert (status, content_type.partition(";")[0]) == (200, "text/plain")
    samples = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert samples["hansa_reconcile_total", "AIJob", "success"] == 1
    assert samples[("process_resident_memory_bytes",)] > 1_000_000
    assert samples[("process_open_fds",)] > 3


async def test_openmetrics_is_spoken_to_those_who_ask_for_it(probed):
    _, content_type, text = await probed.get("/metrics", Accept="application/openmetrics-text; version=1.0.0")
    assert content_type.startswith("application/openmetrics-text; version=1.0.0")
    assert text.endswith("# EOF\n")


async def test_there_is_nothing_else_to_see(probed):
    assert (await probed.get("/"))[0] == 404


async def test_a_taken_port_is_an_error_and_leaves_nothing_behind(probed):
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        registry = probed.metrics.registry
        server = HealthServer(HOST, taken.getsockname()[1], alive={}, ready={}, registry=registry)
        with pytest.raises(OSError, match="address already in use"):
            await server.start()
        await server.stop()


async def test_a_stopped_server_listens_no_more(probed):
    await probed.server.stop()
    with pytest.raises(aiohttp.ClientConnectionError):
        await probed.get("/healthz")
