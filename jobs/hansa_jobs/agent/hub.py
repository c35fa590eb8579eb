"""Speak to the hub's gateway: sign, send, and tell a refusal for good from one that passes."""

import hashlib
import io

import aiohttp
from pydantic import BaseModel, ValidationError

from hansa_jobs.agent.clock import HubClock
from hansa_jobs.wire import (
    HeartbeatMessage,
    HeartbeatReply,
    HubMessage,
    ReceiptMessage,
    Refusal,
    ReportMessage,
    SizeReply,
)
from hansa_protocol.eip712 import Domain, Request, settlement_domain
from hansa_protocol.signing import address_of, sign

_FOR_GOOD = (400, 404, 409, 410, 413)
TIMEOUT_SECONDS = 15.0
UPLOAD_SECONDS = 120.0


class HubUnreachable(Exception):
    """Raised when the hub does not answer, or not now: try again later."""


class HubRefused(Exception):
    """Raised when the hub refuses a message for good: it will not take it later either."""


class Hub:
    """Be one agent's connection to its hub."""

    def __init__(self, session: aiohttp.ClientSession, url: str, key: bytes, clock: HubClock) -> None:
        self._session, self._url, self._key, self._clock = session, url.rstrip("/"), key, clock
        self._sender = address_of(key)
        self.domain: Domain | None = None

    async def greet(self) -> HubMessage:
        """Ask what to sign for, and the time."""
        hub = HubMessage.model_validate_json(await self._exchange("GET", "/v1/hub", b"", {}, TIMEOUT_SECONDS))
        self.domain = settlement_domain(hub.chain_id, hub.settlement)
        self._clock.set(hub.server_time_ms)
        return hub

    async def heartbeat(self, message: HeartbeatMessage) -> HeartbeatReply:
        """Tell what runs; returns the open attempts."""
        reply = HeartbeatReply.model_validate_json(await self._post("/v1/heartbeats", message))
        self._clock.set(reply.server_time_ms)
        return reply

    async def receipt(self, message: ReceiptMessage) -> None:
        """Hand in a receipt."""
        await self._post("/v1/receipts", message)

    async def log(self, attempt: str, offset: int, data: bytes) -> int:
        """Append to a log; returns how much the hub has."""
        body = await self._signed("PUT", f"/v1/logs/{attempt}?offset={offset}", data)
        return SizeReply.model_validate_json(body).size

    async def report(self, attempt: str, message: ReportMessage) -> None:
        """Hand in the runner's report."""
        await self._post(f"/v1/reports/{attempt}", message)

    async def result(self, attempt: str, data: bytes) -> None:
        """Hand in the zip of the outputs."""
        await self._signed("PUT", f"/v1/results/{attempt}", data, UPLOAD_SECONDS)

    async def _post(self, path: str, message: BaseModel) -> bytes:
        return await self._signed("POST", path, message.model_dump_json().encode())

    async def _signed(self, method: str, path: str, body: bytes, seconds: float = TIMEOUT_SECONDS) -> bytes:
        if self.domain is None:
            await self.greet()
        assert self.domain is not None
        now = self._clock.now()
        digest = Request(method, path, now, hashlib.sha256(body).digest()).digest(self.domain)
        headers = {
            "Hansa-Address": self._sender,
            "Hansa-Time": str(now),
            "Hansa-Signature": "0x" + sign(digest, self._key).hex(),
        }
        return await self._exchange(method, path, body, headers, seconds)

    async def _exchange(self, method: str, path: str, body: bytes, headers: dict[str, str], seconds: float) -> bytes:
        timeout = aiohttp.ClientTimeout(total=seconds)
        try:
            async with self._session.request(
                method,
                self._url + path,
                data=io.BytesIO(body) if body else None,
                headers=headers,
                timeout=timeout,
                allow_redirects=False,
            ) as reply:
                content = await reply.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as failed:
            raise HubUnreachable(f"{self._url} does not answer: {failed!r}") from failed
        if reply.status == 200:
            return content
        if reply.status == 401:
            self.domain = None  # ask again what to sign for, and the time
        problem = HubRefused if reply.status in _FOR_GOOD else HubUnreachable
        raise problem(f"{method} {path}: {reply.status} {_said(content)}")


def _said(content: bytes) -> str:
    try:
        refusal = Refusal.model_validate_json(content)
    except ValidationError:
        return content[:200].decode(errors="replace")
    return f"{refusal.reason}: {refusal.message}"
