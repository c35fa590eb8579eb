"""Run the programs of the set-up: output to a log, signs of life to the screen, nothing left behind."""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from hansa_setup.failure import explain_failure
from hansa_setup.progress import Ticker

Argv: TypeAlias = Sequence[str | Path]

INTERRUPTS = (signal.SIGINT, signal.SIGTERM)
TICK_SECONDS = 1.0
STOP_SECONDS = 10.0
TAIL_BYTES = 16_384


@dataclass(frozen=True, slots=True)
class Command:
    """Say what is run, and where its output goes."""

    argv: Argv
    log: Path
    cwd: Path
    env: Mapping[str, str] = field(default_factory=dict)


def run(doing: str, argv: Argv, *, log: Path, cwd: Path, env: Mapping[str, str] | None = None) -> None:
    """Run a program to its end; raises SetupFailure that says why it failed."""
    run_together(doing, [Command(argv, log, cwd, env or {})])


def run_together(doing: str, commands: Sequence[Command]) -> None:
    """Run programs side by side to their ends; the first that fails ends all, and SetupFailure says why."""
    ticker, running = Ticker(doing), list[_Running]()
    try:
        with _interrupts_held():
            for command in commands:
                running.append(_Running.start(command))
        # All are looked at: one that fails must not wait for another.
        while sum(one.has_ended(doing) for one in running) < len(running):
            ticker.tick()
    finally:
        ticker.clear()
        for one in running:
            one.stop()


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Let an interrupt wait until the block ends: a program that was just started would be lost with it."""
    came: list[int] = []
    held = {number: signal.signal(number, lambda number, _: came.append(number)) for number in INTERRUPTS}
    try:
        yield
    finally:
        for number, handler in held.items():
            signal.signal(number, handler)
        for first in came[:1]:
            signal.raise_signal(first)


@dataclass(frozen=True, slots=True)
class _Running:
    """Hold a program that was started, and from where on its log is its own."""

    process: "subprocess.Popen[bytes]"
    log: Path
    begin: int

    @classmethod
    def start(cls, command: Command) -> "_Running":
        command.log.parent.mkdir(parents=True, exist_ok=True)
        with command.log.open("ab") as out:
            # The program moves the same place on.
            begin = out.tell()
            process = subprocess.Popen(
                [str(part) for part in command.argv],
                cwd=command.cwd,
                env={**os.environ, **command.env},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            return cls(process, command.log, begin)

    def has_ended(self, doing: str) -> bool:
        """Return whether it is over, after a moment; raises SetupFailure when it failed."""
        try:
            code = self.process.wait(TICK_SECONDS)
        except subprocess.TimeoutExpired:
            return False
        if code != 0:
            raise explain_failure(doing, self._tail(), self.log)
        return True

    def stop(self) -> None:
        """Stop the program with all that it started: it leads a session of its own."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self.process.poll() is not None:
                return
            os.killpg(self.process.pid, number)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                continue

    def _tail(self) -> str:
        with self.log.open("rb") as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(max(self.begin, end - TAIL_BYTES))
            return file.read().decode(errors="replace")
