"""The event loop's heartbeat, watched by a thread: who blocks the loop is named while it happens."""

import asyncio
import sys
import threading
import time
import traceback

import structlog

BEAT_SECONDS = 1.0
DEEPEST = 8

log = structlog.get_logger(__name__)


class Heartbeat:
    """Note on the loop, once a second, that it turns; when no note comes, a thread logs where the loop is stuck.

    A stuck loop answers no probe either, which restarts the pod; the log is what says why.
    """

    def __init__(self, *, stuck_seconds: float = 10.0, beat_seconds: float = BEAT_SECONDS) -> None:
        self._stuck_seconds, self._beat_seconds = stuck_seconds, beat_seconds
        self._beaten = time.monotonic()
        self._timer: asyncio.TimerHandle | None = None
        self._stopped = threading.Event()
        self._watched = 0

    @property
    def age_seconds(self) -> float:
        """Return the seconds since the last beat."""
        return time.monotonic() - self._beaten

    def start(self) -> None:
        """Begin on the running loop, whose thread is watched from now on."""
        self._watched = threading.get_ident()
        self._beat()
        threading.Thread(target=self._watch, name="heartbeat", daemon=True).start()

    def stop(self) -> None:
        """Stop beating and watching."""
        self._stopped.set()
        if self._timer is not None:
            self._timer.cancel()

    def _beat(self) -> None:
        self._beaten = time.monotonic()
        self._timer = asyncio.get_running_loop().call_later(self._beat_seconds, self._beat)

    def _watch(self) -> None:
        told = False
        while not self._stopped.wait(self._beat_seconds):
            stuck = self.age_seconds > self._stuck_seconds
            if stuck and not told:
                log.error("event loop stuck", seconds=round(self.age_seconds, 1), where=_where(self._watched))
            elif told and not stuck:
                log.warning("event loop turns again")
            told = stuck


def _where(thread: int) -> list[str]:
    frame = sys._current_frames().get(thread)  # noqa: SLF001 - the documented way to another thread's stack
    stack = traceback.extract_stack(frame)[-DEEPEST:] if frame is not None else []
    return [f"{entry.filename}:{entry.lineno} {entry.name}" for entry in stack]
