"""Programs of a sandbox: started in a session of their own, marked, logged, and waited for until they serve."""

import json
import os
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from hansa_cli.problem import Problem
from hansa_cli.sandbox.closing import Closed, Gate
from hansa_cli.sandbox.home import Home
from hansa_cli.sandbox.leftovers import MARKER, ROLE

LOOK_SECONDS = 0.05
TAIL_LINES = 5
MOST_LETTERS = 10_000
TAIL_LETTERS = 400
"""Of a program's last words: some log whole objects in one line."""


@dataclass(frozen=True, slots=True)
class Program:
    """Describe a process: its role in the sandbox, its command line, and what its environment has beyond the basics."""

    role: str
    argv: tuple[str, ...]
    environment: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Running:
    """Hold a started program."""

    program: Program
    pid: int
    log: Path

    def exit_code(self) -> int | None:
        """Return how the program ended (negative: by that signal), or None while it runs."""
        try:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
        except ChildProcessError:
            return -1
        return os.waitstatus_to_exitcode(status) if pid else None


def start_program(home: Home, sandbox: str, gate: Gate, program: Program) -> Running:
    """Start a program; it outlives this process unless it is stopped."""
    log = home.log(program.role)
    environment = {**basic_environment(), **program.environment, MARKER: sandbox, ROLE: program.role}

    def begin() -> int:
        # Not subprocess.Popen: the program outlives this process, and nobody here is to wait for its end.
        appended = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        actions = (
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(log), appended, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        )
        default = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        return os.posix_spawn(
            program.argv[0], program.argv, environment, file_actions=actions, setsid=True, setsigdef=default
        )

    try:
        return Running(program, gate.start(begin), log)
    except FileNotFoundError as missing:
        raise Problem(f"{program.argv[0]} is not there", "run `make setup`") from missing


def basic_environment() -> dict[str, str]:
    """Return what every program may know of the caller: no keys, no kubeconfig, no cloud credentials."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "USER", "LOGNAME", "SSL_CERT_FILE")
    return {key: os.environ[key] for key in kept if key in os.environ} | {"PYTHONUNBUFFERED": "1"}


def wait_for(
    running: Running, serves: Callable[[], bool], gate: Gate, *, seconds: float, beside: tuple[Running, ...] = ()
) -> None:
    """Wait until a program serves, with those `beside` that it needs; raises Problem with the log of one that ended."""
    until = time.monotonic() + seconds
    while not serves():
        if gate.closed:
            raise Closed
        for one in (running, *beside):
            code = one.exit_code()
            if code is not None:
                raise _problem(one, f"ended with exit code {code}")
        if time.monotonic() > until:
            raise _problem(running, f"was not ready after {seconds:.0f} s")
        time.sleep(LOOK_SECONDS)


def words_of(line: str) -> str:
    """Return what a line of a log says, without what only programs read."""
    if not line.startswith("{") or len(line) > MOST_LETTERS:
        return line
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return line
    if not isinstance(entry.get("message"), str):
        return line
    raised = str(entry.get("exception") or "").strip().splitlines()[-1:]
    return ": ".join([entry["message"], *filter(None, (entry.get("why"),)), *raised])


def _problem(running: Running, what: str) -> Problem:
    lines = running.log.read_text(errors="replace").strip().splitlines()[-TAIL_LINES:]
    tail = " | ".join(map(words_of, lines))
    if len(tail) > TAIL_LETTERS:
        tail = f"...{tail[-TAIL_LETTERS:]}"
    remedy = f"read {running.log}, then `hansa down` and try again"
    return Problem(f"the {running.program.role} {what}: {tail or 'it printed nothing'}", remedy)
