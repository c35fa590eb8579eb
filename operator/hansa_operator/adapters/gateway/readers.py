"""Logs, results and batch files for whoever holds their key."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial

from aiohttp import web

from hansa_operator.adapters.gateway.limits import Limits, Rates, Slots
from hansa_operator.adapters.gateway.senders import attempt_of, number
from hansa_operator.ports.intake import Intake, IntakeRefused

BLOCK_BYTES = 256 * 1024
POLL_SECONDS = 0.3

_Read = Callable[[int, int], Awaitable[tuple[bytes, bool]]]


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
        with self._streams:
            read = partial(self._intake.read_log, job, attempt, key)
            await read(offset, 0)
            response = web.StreamResponse(headers={"X-Content-Type-Options": "nosniff"})
            response.content_type, response.charset = "text/plain", "utf-8"
            await response.prepare(request)
            try:
                async for data in self._blocks(request, read, offset, follow=follow):
                    async with asyncio.timeout(self._limits.write_seconds):
                        await response.write(data)
                await response.write_eof()
            except (ConnectionError, TimeoutError, IntakeRefused):
                # What has begun cannot be refused any more: who still reads sees that it broke off.
                if request.transport is not None:
                    request.transport.abort()
            return response

    async def _blocks(self, request: web.Request, read: _Read, offset: int, *, follow: bool) -> AsyncIterator[bytes]:
        """Yield a log's bytes, and if it is followed those that come until it is complete or its time is up."""
        now = asyncio.get_running_loop().time
        until = now() + self._limits.stream_seconds
        while True:
            data, complete = await read(offset, BLOCK_BYTES)
            if data:
                offset += len(data)
                yield data
            elif complete or not follow or self._closing.is_set() or now() > until or _is_gone(request):
                return
            else:
                await asyncio.sleep(POLL_SECONDS)


def _is_gone(request: web.Request) -> bool:
    """Return whether nobody reads the answer any more: a write alone would tell, and there may be nothing to write."""
    return request.transport is None or request.transport.is_closing()
