"""How much, how often and how slowly anybody may send."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from hansa_operator.ports.intake import IntakeRefused

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bound what one sender can do to the hub: bytes, seconds, requests per second, and requests at a time."""

    json_bytes: int = MIB
    log_bytes: int = 256 * 1024
    result_bytes: int = 64 * MIB
    body_seconds: float = 10.0
    result_seconds: float = 120.0
    clock_seconds: float = 60.0
    rate: float = 50.0
    burst: int = 200
    senders: int = 10_000
    concurrent: int = 256
    uploads: int = 4
    streams: int = 256
    stream_seconds: float = 3600.0
    write_seconds: float = 30.0


class Rates:
    """Keep a token bucket per sender; the least recently seen one is forgotten beyond the bound."""

    def __init__(self, limits: Limits, share: int = 1, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._rate, self._burst, self._senders = limits.rate * share, limits.burst * share, limits.senders
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, sender: str) -> None:
        """Take one token; raises IntakeRefused 429 when there is none."""
        now = self._clock()
        left, seen = self._buckets.pop(sender, (float(self._burst), now))
        left = min(self._burst, left + (now - seen) * self._rate)
        allowed = left >= 1
        self._buckets[sender] = (left - 1 if allowed else left, now)
        if len(self._buckets) > self._senders:
            self._buckets.popitem(last=False)
        if not allowed:
            what = f"more than {self._rate:.0f} requests a second: wait a second and send less often"
            raise IntakeRefused(429, "TooManyRequests", what)


class Slots:
    """Count what goes on at a time and refuse more at once, rather than let it queue."""

    def __init__(self, free: int) -> None:
        self._free = free

    def __enter__(self) -> None:
        if self._free == 0:
            raise IntakeRefused(503, "Busy", "the gateway has as much to do as it can: try again in a moment")
        self._free -= 1

    def __exit__(self, *_: object) -> None:
        self._free += 1


async def read_body(request: web.Request, max_bytes: int, seconds: float) -> bytes:
    """Return a request's body; raises IntakeRefused 413 when it is too large and 408 when it comes too slowly."""
    if (request.content_length or 0) > max_bytes:
        raise _too_large(max_bytes)
    try:
        async with asyncio.timeout(seconds):
            return await _collect(request, max_bytes)
    except TimeoutError:
        what = f"the body did not come within {seconds:.0f} s: send it again, in one go"
        raise IntakeRefused(408, "TooSlow", what) from None


async def _collect(request: web.Request, max_bytes: int) -> bytes:
    body = bytearray()
    async for block in request.content.iter_any():
        body += block
        if len(body) > max_bytes:
            raise _too_large(max_bytes)
    return bytes(body)


def _too_large(max_bytes: int) -> IntakeRefused:
    return IntakeRefused(413, "TooLarge", f"the body has more than {max_bytes} bytes: send less at a time")
