"""Logs, results and batch files for whoever holds their key."""

import asyncio
from functools import partial

from aiohttp import web

from hansa_operator.adapters.gateway.limits import Limits, Rates, Slots
from hansa_operator.adapters.gateway.senders import attempt_of, number
from hansa_operator.adapters.gateway.streams import LogStream
from hansa_operator.ports.intake import Intake


class Readers:
    """Handle the calls of people and tools that read."""

    def __init__(self, intake: Intake, limits: Limits, closing: asyncio.Event) -> None:
        self._intake, self._limits, self._closing = intake, limits, closing
        self._rates, self._streams = Rates(limits), Slots(limits.streams)
        self._downloads = Slots(limits.uploads)

    def routes(self) -> list[web.RouteDef]:
        """Return the calls by method and path."""
        return [
            web.get("/v1/logs/{job}/{attempt}", self._log),
            web.get("/v1/results/{job}/{attempt}", self._result),
            web.get(r"/v1/batches/{digest:[0-9a-f]{64}}", self._batch),
        ]

    async def _batch(self, request: web.Request) -> web.Response:
        self._rates.take(request.remote or "")
        with self._downloads:
            body = await self._intake.read_batch(request.match_info["digest"], request.query.get("key", ""))
            return web.Response(body=body, content_type="application/jsonl")

    async def _result(self, request: web.Request) -> web.Response:
        self._rates.take(request.remote or "")
        job, attempt = attempt_of(request)
        with self._downloads:
            body = await self._intake.read_result(job, attempt, request.query.get("key", ""))
            disposition = f'attachment; filename="{job[2:18]}-{attempt}.zip"'
            return web.Response(body=body, content_type="application/zip", headers={"Content-Disposition": disposition})

    async def _log(self, request: web.Request) -> web.StreamResponse:
        self._rates.take(request.remote or "")
        job, attempt = attempt_of(request)
        key = request.query.get("key", "")
        offset = number(request.query.get("offset", "0"), "offset")
        follow = request.query.get("follow", "") in ("1", "true")
        read = partial(self._intake.read_log, job, attempt, key)
        with self._streams:
            return await LogStream(request, read, self._limits, self._closing).send(offset, follow=follow)
