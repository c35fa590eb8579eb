"""Run the programs of the set-up: output to a log, signs of life to the screen, nothing left behind."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from hansa_setup.failure import explain_failure
from hansa_setup.progress import Ticker

Argv: TypeAlias = Sequence[str | Path]

TICK_SECONDS = 1.0
STOP_SECONDS = 10.0
TAIL_BYTES = 16_384


def run(doing: str, argv: Argv, *, log: Path, cwd: Path, env: Mapping[str, str] | None = None) -> None:
    """Run a program to its end; raises SetupFailure that says why it failed."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        start = out.tell()
        process = subprocess.Popen(
            [str(part) for part in argv],
            cwd=cwd,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        code = _wait(process, Ticker(doing))
    if code != 0:
        raise explain_failure(doing, _tail(log, start), log)


def _wait(process: subprocess.Popen[bytes], ticker: Ticker) -> int:
    try:
        while True:
            try:
                return process.wait(TICK_SECONDS)
            except subprocess.TimeoutExpired:
                ticker.tick()
    finally:
        ticker.clear()
        _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Stop the program with all that it started: it leads a session of its own."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None:
            return
        os.killpg(process.pid, number)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            continue


def _tail(log: Path, start: int) -> str:
    with log.open("rb") as file:
        end = file.seek(0, os.SEEK_END)
        file.seek(max(start, end - TAIL_BYTES))
        return file.read().decode(errors="replace")
