"""The agent's life: look every second, tell the hub, ship what is due, and start over when the hub was away."""

import asyncio
import contextlib
import logging
import random
import shutil
from pathlib import Path

import aiohttp

from hansa_jobs.agent.clock import HubClock
from hansa_jobs.agent.hub import Hub, HubRefused, HubUnreachable
from hansa_jobs.agent.outbox import Outbox
from hansa_jobs.agent.shipping import Shipper
from hansa_jobs.agent.watch import look, meet
from hansa_jobs.wire import Claim, Gpus, HeartbeatMessage, HubMessage, Terms

LOOK_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 15.0
LAST_SECONDS = 3.0
_log = logging.getLogger(__name__)


class Agent:
    """Vouch for the attempts of one spool."""

    def __init__(
        self, session: aiohttp.ClientSession, *, url: str, spool: Path, state: Path, key: bytes, gpus: tuple[Gpus, ...]
    ) -> None:
        self._spool, self._gpus = spool, gpus
        self._outbox = Outbox(state)
        known = self._outbox.hub()
        self._terms: HubMessage | None = known[0] if known else None
        self._clock = HubClock(known[1] if known else 0)
        self._hub = Hub(session, url, key, self._clock)
        self._shipper = Shipper(self._hub, self._outbox, spool, key, self._clock)
        self._offers: dict[str, Terms] = {}
        self._shipping: dict[str, asyncio.Task[None]] = {}
        self._failures = 0

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; then send what goes in a few seconds. Nothing is lost: the rest waits on disk."""
        while not stop.is_set():
            wait = LOOK_SECONDS
            try:
                await self.turn()
                self._failures = 0
            except (HubUnreachable, HubRefused) as problem:
                self._failures += 1
                wait = min(LONGEST_WAIT_SECONDS, 2.0 ** min(self._failures, 6) * random.uniform(0.25, 0.5))  # noqa: S311
                _log.warning("%s; the next try is in %.1f s, and receipts wait on disk", problem, wait)
            await self._watch(stop, wait)
        with contextlib.suppress(HubUnreachable, HubRefused, TimeoutError):
            async with asyncio.timeout(LAST_SECONDS):
                await self.turn()
                await asyncio.gather(*self._shipping.values())
        for task in self._shipping.values():
            task.cancel()
        await asyncio.gather(*self._shipping.values(), return_exceptions=True)

    async def _watch(self, stop: asyncio.Event, seconds: float) -> None:
        """Look on while waiting: an outage of the hub must not hide that an attempt is alive."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while not stop.is_set() and (left := until - loop.time()) > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), min(LOOK_SECONDS, left))
            self.look()

    async def turn(self) -> None:
        """Look, tell the hub what runs, and set off what is to be shipped."""
        if self._terms is None or self._hub.domain is None:
            self._terms = await self._hub.greet()
            self._outbox.put_hub(self._terms, self._clock.offset_ms)
        self.look()
        claims = tuple(
            Claim(submission_id=name, from_ms=attempt.claimed_ms, to_ms=attempt.alive_ms)
            for name, attempt in self._outbox.attempts.items()
            if attempt.alive_ms > attempt.claimed_ms
        )
        reply = await self._hub.heartbeat(HeartbeatMessage(inventory=self._gpus, running=claims))
        for claim in claims:
            attempt = self._outbox.attempts.get(claim.submission_id)
            if attempt is not None:
                self._outbox.put(attempt.model_copy(update={"claimed_ms": claim.to_ms}))
        self._offers = {terms.submission_id: terms for terms in reply.assignments}
        for name in self._outbox.attempts:
            if name not in self._shipping:
                self._shipping[name] = asyncio.create_task(self._ship(name, self._terms))

    def look(self) -> None:
        """Take in what the spool shows, and sign what is due even while the hub is away."""
        for name, terms in self._offers.items():
            if name not in self._outbox.attempts and not self._outbox.is_done(name):
                met = meet(self._spool / name, terms, self._clock)
                if met is not None:
                    self._outbox.put(met)
        for name, attempt in tuple(self._outbox.attempts.items()):
            self._outbox.put(look(self._spool / name, attempt, self._clock))
            if self._terms is not None:
                self._shipper.issue(name, self._terms)

    async def _ship(self, name: str, terms: HubMessage) -> None:
        try:
            if await self._shipper.ship(name, terms):
                self._outbox.finish(name)
                await asyncio.to_thread(shutil.rmtree, self._spool / name, ignore_errors=True)
        except (HubUnreachable, HubRefused) as problem:
            _log.warning("%s waits: %s", name, problem)
        finally:
            del self._shipping[name]
