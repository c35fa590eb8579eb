"""Begin `hansa`: an interrupt ends it in one word from its first moment on, while the rest is still being imported."""

import os
import signal
from types import FrameType

INTERRUPTED = 130


def run() -> None:
    """Run the command line."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    from hansa_cli.main import main

    main()


def _leave(number: int, frame: FrameType | None) -> None:
    # Nothing was started yet, so there is nothing to unwind, and imports would tell of it in a traceback.
    os.write(2, b"interrupted\n")
    os._exit(INTERRUPTED)
