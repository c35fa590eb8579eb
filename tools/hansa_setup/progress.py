"""Lines that tell what the set-up does and how long it takes."""

import sys
import time
from dataclasses import dataclass, field

QUIET_SECONDS = 20


def say(line: str) -> None:
    """Print one line at once."""
    print(f"setup: {line}", flush=True)


def format_seconds(seconds: float) -> str:
    """Return a duration as a person says it: 0.4 s, 12 s, 3 min 05 s."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60:02d} s"


@dataclass(slots=True)
class Ticker:
    """Show that a long command is alive: in place on a terminal, now and then elsewhere."""

    doing: str
    started: float = field(default_factory=time.monotonic)
    _said_at: float = field(default_factory=time.monotonic)

    def tick(self) -> None:
        """Show the time that went by, if it is time to."""
        now = time.monotonic()
        if sys.stdout.isatty():
            print(f"\r\033[Ksetup:   {self.doing} ... {format_seconds(now - self.started)}", end="", flush=True)
        elif now - self._said_at >= QUIET_SECONDS:
            self._said_at = now
            say(f"  {self.doing} ... {format_seconds(now - self.started)}")

    def clear(self) -> None:
        """Leave a terminal's line empty."""
        if sys.stdout.isatty():
            print("\r\033[K", end="", flush=True)
