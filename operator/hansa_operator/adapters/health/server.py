"""The health server: /healthz and /readyz for probes, /metrics for Prometheus.

It runs on the operator's own event loop: a loop that is stuck does not answer, and the probe fails by its timeout.
"""

from collections.abc import Mapping

from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from hansa_operator.adapters.health.checks import Check, failed_checks

SHUTDOWN_SECONDS = 1.0


class HealthServer:
    """Serve probes and metrics. `alive` and `ready` map a check's name to the check."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        alive: Mapping[str, Check],
        ready: Mapping[str, Check],
        registry: CollectorRegistry,
    ) -> None:
        self._host, self._port = host, port
        self._alive, self._ready, self._registry = alive, ready, registry
        app = web.Application()
        app.router.add_get("/healthz", self._healthz)
        app.router.add_get("/readyz", self._readyz)
        app.router.add_get("/metrics", self._metrics)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS, handle_signals=False)

    async def start(self) -> int:
        """Listen; returns the port, also when 0 was asked for. Raises OSError when it is taken."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError:
            await self._runner.cleanup()
            raise
        port: int = self._runner.addresses[0][1]
        return port

    async def stop(self) -> None:
        """Stop listening."""
        await self._runner.cleanup()

    async def _healthz(self, _: web.Request) -> web.Response:
        return _answer("alive", self._alive)

    async def _readyz(self, _: web.Request) -> web.Response:
        return _answer("ready", self._ready)

    async def _metrics(self, request: web.Request) -> web.Response:
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        return web.Response(body=encode(self._registry), headers={"Content-Type": content_type})


def _answer(state: str, checks: Mapping[str, Check]) -> web.Response:
    failed = [{"name": name, "reason": reason} for name, reason in failed_checks(checks).items()]
    return web.json_response({state: not failed, "failed": failed}, status=503 if failed else 200)
