"""A log as it is sent: as it grows if it is followed, and in a bounded time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from hansa_operator.adapters.gateway.limits import Limits
from hansa_operator.ports.intake import IntakeRefused

BLOCK_BYTES = 256 * 1024
POLL_SECONDS = 0.3


class BrokenOff(Exception):
    """Raised when a log is not sent to its end: the gateway stops, the reader's time is up, or it has left."""


@dataclass(frozen=True, slots=True)
class LogStream:
    """Send one reader a log; `read` returns bytes from an offset on, and whether the log is complete."""

    request: web.Request
    read: Callable[[int, int], Awaitable[tuple[bytes, bool]]]
    limits: Limits
    closing: asyncio.Event

    async def send(self, offset: int, *, follow: bool) -> web.StreamResponse:
        """Send it from the offset on, if it is followed until it is complete; raises IntakeRefused before it begins."""
        first = await self.read(offset, BLOCK_BYTES)
        response = web.StreamResponse(headers={"X-Content-Type-Options": "nosniff"})
        response.content_type, response.charset = "text/plain", "utf-8"
        await response.prepare(self.request)
        try:
            async for data in self._blocks(offset, first, follow=follow):
                await self._within_time(response.write(data))
            await self._within_time(response.write_eof())
        except Exception as failed:
            # What has begun cannot be refused any more: who still reads sees that it broke off.
            if self.request.transport is not None:
                self.request.transport.abort()
            if not isinstance(failed, BrokenOff | ConnectionError | TimeoutError | IntakeRefused):
                raise
        return response

    async def _blocks(self, offset: int, first: tuple[bytes, bool], *, follow: bool) -> AsyncIterator[bytes]:
        now = asyncio.get_running_loop().time
        until = now() + self.limits.stream_seconds
        data, complete = first
        while data or (follow and not complete):
            if self.closing.is_set() or now() > until or self._is_gone():
                raise BrokenOff
            if data:
                offset += len(data)
                yield data
            else:
                await asyncio.sleep(POLL_SECONDS)
            data, complete = await self.read(offset, BLOCK_BYTES)

    async def _within_time(self, sending: Awaitable[None]) -> None:
        async with asyncio.timeout(self.limits.write_seconds):
            await sending

    def _is_gone(self) -> bool:
        """Return whether nobody reads any more: a write alone would tell, and there may be nothing to write."""
        return self.request.transport is None or self.request.transport.is_closing()
