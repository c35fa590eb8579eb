"""Run the user's program in a session of its own: tee what it prints, pass signals on, leave nothing behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from pathlib import Path
from types import FrameType
from typing import IO

from hansa_jobs.runner.spec import RunnerProblem

TAIL_BYTES = 4096
DRAIN_SECONDS = 2.0
LOOK_SECONDS = 0.05


class Stop:
    """Remember that the attempt is to stop, also when the signal comes before the program is started.

    `overran` when nobody asked, but the time was over that it may run.
    """

    def __init__(self) -> None:
        self.asked_at: float | None = None
        self.overran = False

    def listen(self) -> None:
        """Take SIGTERM and SIGINT as the wish to stop."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask)

    def limit(self, seconds: float) -> None:
        """Take the end of this time as the wish to stop: nobody else may be there to tell."""
        signal.signal(signal.SIGALRM, self._ask)
        signal.setitimer(signal.ITIMER_REAL, seconds)

    def _ask(self, number: int, _frame: FrameType | None) -> None:
        if self.asked_at is None:
            self.asked_at = time.monotonic()
            self.overran = number == signal.SIGALRM


class Tee:
    """Copy a program's output to the log file and to this process's own output, keeping the last bytes."""

    def __init__(self, source: IO[bytes], log: Path) -> None:
        self.tail = b""
        self._source, self._log = source, log
        self._thread = threading.Thread(target=self._copy, daemon=True)
        self._thread.start()

    def finish(self) -> None:
        """Wait until everything is copied; a process that left the session may hold the pipe, so not for ever."""
        self._thread.join(DRAIN_SECONDS)

    def _copy(self) -> None:
        echo = True
        with self._log.open("ab", buffering=0) as log:
            while block := os.read(self._source.fileno(), 65_536):
                log.write(block)
                self.tail = (self.tail + block)[-TAIL_BYTES:]
                echo = echo and _echo(block)


def _echo(block: bytes) -> bool:
    try:
        while block:
            block = block[os.write(1, block) :]
    except OSError:
        return False
    return True


def run_program(
    argv: tuple[str, ...], *, cwd: Path, env: dict[str, str], log: Path, stop: Stop, grace_seconds: float
) -> tuple[int, bytes]:
    """Run a program to its end; returns its wait status (negative: the signal) and the end of its output."""
    child = _start(argv, cwd, env)
    guard = _Guard(child.pid)
    assert child.stdout is not None
    tee = Tee(child.stdout, log)
    status = _wait(child, stop, grace_seconds)
    _signal_group(child.pid, signal.SIGKILL)
    tee.finish()
    guard.dismiss()
    return status, tee.tail


def _start(argv: tuple[str, ...], cwd: Path, env: dict[str, str]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            list(argv),
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except (OSError, ValueError) as failed:
        what = f"{argv[0]!r} cannot be started on the provider's worker ({failed}): check the entrypoint's first word"
        raise RunnerProblem("StartFailed", what) from failed


def _wait(child: subprocess.Popen[bytes], stop: Stop, grace_seconds: float) -> int:
    told = False
    while True:
        try:
            return child.wait(LOOK_SECONDS)
        except subprocess.TimeoutExpired:
            if stop.asked_at is None:
                continue
        if not told:
            _signal_group(child.pid, signal.SIGTERM)
            told = True
        if time.monotonic() >= stop.asked_at + grace_seconds:
            _signal_group(child.pid, signal.SIGKILL)


def _signal_group(group: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


class _Guard:
    """Kill the program's session should this runner die by SIGKILL: a process of its own waits for the pipe's end."""

    def __init__(self, group: int) -> None:
        reading, self._writing = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            _guard(reading, self._writing, group)
        os.close(reading)

    def dismiss(self) -> None:
        """End the guard without a kill."""
        with contextlib.suppress(OSError):
            os.write(self._writing, b".")
        os.close(self._writing)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self._pid, 0)


def _guard(reading: int, writing: int, group: int) -> None:
    os.setsid()
    os.close(writing)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    if not os.read(reading, 1):
        _signal_group(group, signal.SIGKILL)
    os._exit(0)
