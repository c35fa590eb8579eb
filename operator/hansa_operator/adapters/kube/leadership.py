"""Leadership: one operator at a time acts, and it stops in good time when it can no longer be sure.

A leader gives up so long before its lease runs out for others that what it has begun can end in between.
"""

import asyncio
import os
import secrets
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from hansa_operator.ports.kube import ApiUnreachable, Kube, KubeError

RELEASE_SECONDS = 3.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """State the times of a lease in seconds: how long it lasts, when it is renewed, given up, and tried again.

    An API server that is away for no longer than `give_up` less `renew` and `retry` costs no leadership.
    """

    lease: int = 15
    renew: float = 2.0
    give_up: float = 10.0
    retry: float = 2.0


def name_holder() -> str:
    """Return a name for this process that no other has, HOST_PID_RANDOM."""
    return f"{socket.gethostname()}_{os.getpid()}_{secrets.token_hex(4)}"


class Leadership:
    """Hold a Lease. `clock` tells seconds and never goes back: the time of day may jump."""

    def __init__(
        self,
        kube: Kube,
        namespace: str,
        name: str,
        holder: str,
        clock: Callable[[], float] = time.monotonic,
        *,
        rhythm: Rhythm | None = None,
    ) -> None:
        self._kube, self._namespace, self._name, self._holder = kube, namespace, name, holder
        self._clock, self._rhythm = clock, rhythm or Rhythm()
        self._sure_until = float("-inf")

    @property
    def leads(self) -> bool:
        """Return whether this process may act as the leader now."""
        return self._left_seconds > 0

    @property
    def _left_seconds(self) -> float:
        return max(0.0, self._sure_until - self._clock())

    async def acquire(self) -> None:
        """Wait until the lease is held. Raises KubeError when the API server refuses for good, as Forbidden."""
        waiting = False
        while not await self._tried():
            if not waiting:
                log.info("waiting for leadership", lease=self._name, holder=self._holder)
            waiting = True
            await asyncio.sleep(self._rhythm.retry)
        log.info("leading", lease=self._name, holder=self._holder)

    async def run(self, on_lost: Callable[[], None]) -> None:
        """Renew the lease; when it is lost, or nobody can tell for too long, call `on_lost` once and return."""
        while True:
            await asyncio.sleep(self._rhythm.renew)
            if not await self._renewed():
                break
        self._sure_until = float("-inf")
        log.error("leadership lost", lease=self._name, holder=self._holder)
        on_lost()

    async def release(self) -> None:
        """Give the lease up, so that the next one need not wait; call it when nothing acts any more."""
        self._sure_until = float("-inf")
        try:
            async with asyncio.timeout(RELEASE_SECONDS):
                await self._kube.release_lease(self._namespace, self._name, self._holder)
        except (KubeError, TimeoutError) as failed:
            log.warning("lease not released: others wait until it runs out", lease=self._name, why=_why(failed))

    async def _tried(self) -> bool:
        try:
            # An answer that came too late is none to rely on.
            return await self._hold() and self.leads
        except ApiUnreachable as failed:
            log.warning("lease not acquired: it is tried again", lease=self._name, why=_why(failed))
            return False

    async def _renewed(self) -> bool:
        while self.leads:
            try:
                async with asyncio.timeout(self._left_seconds):
                    # Asked twice: somebody's change of the lease in between also looks like a refusal, but only once.
                    return await self._hold() or await self._hold()
            except (KubeError, TimeoutError) as failed:
                log.warning("lease not renewed: it is tried again", lease=self._name, why=_why(failed))
            await asyncio.sleep(min(self._rhythm.retry, self._left_seconds))
        return False

    async def _hold(self) -> bool:
        # Counted from before the request: for others the lease runs from when it was written, which is later.
        asked = self._clock()
        held = await self._kube.hold_lease(self._namespace, self._name, self._holder, seconds=self._rhythm.lease)
        if held:
            self._sure_until = asked + self._rhythm.give_up
        return held


def _why(failed: Exception) -> str:
    return str(failed) or "no answer"
