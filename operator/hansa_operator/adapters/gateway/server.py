"""The gateway's server: start, stop, errors and the access log."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from aiohttp import web
from pydantic import ValidationError

from hansa_jobs.wire import Refusal
from hansa_operator.adapters.gateway.limits import Limits, Slots
from hansa_operator.adapters.gateway.readers import Readers
from hansa_operator.adapters.gateway.senders import Senders
from hansa_operator.ports.intake import Intake, IntakeRefused

_log = logging.getLogger(__name__)
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

KEEPALIVE_SECONDS = 30.0
SHUTDOWN_SECONDS = 2.0


class Gateway:
    """Serve the intake over HTTP."""

    def __init__(self, intake: Intake, host: str, port: int, limits: Limits | None = None) -> None:
        limits = limits or Limits()
        self._host, self._port = host, port
        self._closing = asyncio.Event()
        self._slots = Slots(limits.concurrent)
        # Bodies are bounded route by route, before aiohttp's own bound would matter.
        self._app = web.Application(middlewares=[self._answer], client_max_size=limits.result_bytes)
        self._app.add_routes(Senders(intake, limits).routes())
        self._app.add_routes(Readers(intake, limits, self._closing).routes())
        self._runner: web.AppRunner | None = None

    async def start(self) -> int:
        """Listen; returns the port, also when 0 was asked for. Raises OSError when it is taken."""
        runner = web.AppRunner(
            self._app,
            access_log=None,
            keepalive_timeout=KEEPALIVE_SECONDS,
            shutdown_timeout=SHUTDOWN_SECONDS,
            handle_signals=False,
        )
        await runner.setup()
        site = web.TCPSite(runner, self._host, self._port)
        try:
            await site.start()
        except OSError:
            await runner.cleanup()
            raise
        self._runner = runner
        port: int = runner.addresses[0][1]
        return port

    async def stop(self) -> None:
        """End open streams, finish what is under way, and stop listening."""
        self._closing.set()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @web.middleware
    async def _answer(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        response = await self._refusing(request, handler)
        # Without the query: it may hold a capability.
        _log.debug("%s %s %s %d", request.remote, request.method, request.path[:200], response.status)
        return response

    async def _refusing(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        try:
            if request.path.startswith(("/v1/logs/", "/v1/results/", "/v1/batches/")) and request.method == "GET":
                return await handler(request)
            with self._slots:
                return await handler(request)
        except IntakeRefused as refused:
            return _refusal(refused.status, refused.reason, str(refused))
        except ValidationError as broken:
            first = broken.errors(include_url=False, include_input=False)[0]
            where = ".".join(str(part) for part in first["loc"]) or "body"
            return _refusal(400, "BadMessage", f"{where}: {first['msg']}: send what the API describes")
        except web.HTTPException as status:
            return _refusal(status.status, "NoSuchCall", f"{status.reason}: use the calls that the API describes")
        except (ConnectionError, asyncio.CancelledError):
            raise
        except Exception:  # noqa: BLE001 - one request's failure must not look like anything else
            _log.exception("%s %s failed", request.method, request.path[:200])
            return _refusal(500, "Internal", "the hub failed at this request: try again; its log says why")


def _refusal(status: int, reason: str, message: str) -> web.Response:
    response = web.json_response(Refusal(reason=reason, message=message).model_dump(), status=status)
    if status in (408, 413):
        # What is left of the body is not worth reading.
        response.force_close()
    if status in (429, 503):
        response.headers["Retry-After"] = "1"
    return response
