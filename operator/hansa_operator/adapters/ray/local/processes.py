"""Processes found by the mark in their environment, told from later ones with their pid by when they started."""

import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

MARK = "HANSA_RAY"
PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Mark:
    """Say what a process belongs to; every process of a cluster inherits it, jobs included."""

    backend: str
    namespace: str
    provider: str
    role: str
    dashboard_port: int
    gcs_port: int
    folder: str

    def __str__(self) -> str:
        parts = (self.backend, self.namespace, self.provider, self.role, self.dashboard_port, self.gcs_port)
        return ":".join((*map(str, parts), self.folder))


@dataclass(frozen=True, slots=True)
class Process:
    """Identify a live process; `started` in clock ticks since boot, `leads` when it is the `ray start` itself."""

    pid: int
    started: int
    mark: Mark
    leads: bool

    @property
    def age_seconds(self) -> float:
        """Return how long it has been running."""
        uptime = float((PROC / "uptime").read_text().split()[0])
        return uptime - self.started / os.sysconf("SC_CLK_TCK")

    def send(self, number: signal.Signals) -> None:
        """Send a signal, unless the process is gone."""
        found = _stat(self.pid)
        if found is not None and found[0] == self.started:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)


def find(backend: str) -> list[Process]:
    """Return the live processes with this backend's mark."""
    return list(_scan(backend))


def command_line(pid: int) -> str:
    """Return a process's arguments, each ended by a zero; empty when it is gone."""
    return _read(str(pid), "cmdline").decode(errors="replace")


def start(argv: tuple[str, ...], environment: Mapping[str, str], log: Path) -> int:
    """Start a process in a session of its own, which outlives this one; returns its pid. Raises OSError."""
    appended = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    files = (
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(log), appended, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    )
    default = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    return os.posix_spawn(argv[0], argv, environment, file_actions=files, setsid=True, setsigdef=default)


def reap(pids: set[int]) -> None:
    """Take note of children that ended, so that none stays a zombie; their pids leave the set."""
    for pid in tuple(pids):
        try:
            ended, _ = os.waitpid(pid, os.WNOHANG)
        except ChildProcessError:
            ended = pid
        if ended:
            pids.discard(pid)


def _scan(backend: str) -> Iterator[Process]:
    begin = f"{MARK}={backend}:".encode()
    # Most processes of a machine are none of these: what tells so is read first, and plainly, many times a second.
    for name in os.listdir(PROC):  # noqa: PTH208 - so is this
        environment = _read(name, "environ") if name.isdigit() else b""
        if begin not in environment:
            continue
        marks = [pair for pair in environment.split(b"\0") if pair.startswith(begin)]
        found, mark = _stat(int(name)), _mark(marks[0].decode()) if marks else None
        if found is not None and mark is not None:
            started, session = found
            leads = session == int(name) and b"--block" in _read(name, "cmdline").split(b"\0")
            yield Process(int(name), started, mark, leads)


def _read(pid: str, what: str) -> bytes:
    """Return a file of a process, empty when it is gone or not to be read."""
    try:
        with open(f"{PROC}/{pid}/{what}", "rb", buffering=0) as file:  # noqa: PTH123 - so is this
            return file.read()
    except OSError:
        return b""


def _mark(pair: str) -> Mark | None:
    parts = pair.partition("=")[2].split(":")
    try:
        backend, namespace, provider, role, dashboard, gcs, folder = parts
        return Mark(backend, namespace, provider, role, int(dashboard), int(gcs), folder)
    except ValueError:
        return None


def _stat(pid: int) -> tuple[int, int] | None:
    """Return (start time, session) of a process that is not a zombie, or None."""
    fields = _read(str(pid), "stat").decode(errors="replace").rpartition(")")[2].split()
    if not fields:
        return None
    return (int(fields[19]), int(fields[3])) if fields[0] not in ("Z", "X") else None
