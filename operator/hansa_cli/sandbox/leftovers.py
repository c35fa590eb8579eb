"""Find a sandbox's processes by what they carry in their environment, never by name; stop them by pid."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

MARKER = "HANSA_SANDBOX"
ROLE = "HANSA_ROLE"
SPOOL = "HANSA_SPOOL"
"""The Local backend gives this to every process of a Ray cluster; it lies in the sandbox's home."""

PROC = Path("/proc")
GRACE_SECONDS = 8.0
LOOK_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Found:
    """Identify a live process: its start time (clock ticks since boot) tells it from a later one with its pid."""

    pid: int
    started: int
    role: str
    command: str

    def alive(self) -> bool:
        """Return whether this very process still runs."""
        return _start_time(self.pid) == self.started

    def send(self, number: signal.Signals) -> None:
        """Send a signal, unless the process is gone."""
        if self.alive():
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                return


def find(home: Path, sandbox: str | None) -> list[Found]:
    """Return the sandbox's processes: those with its marker, and the Ray processes that work in its home."""
    prefix = str(home / "local") + os.sep

    def belongs(environment: dict[str, str]) -> bool:
        marked = sandbox is not None and environment.get(MARKER) == sandbox
        return marked or environment.get(SPOOL, "").startswith(prefix)

    return list(_scan(belongs))


def processes_of(home: Path, sandbox: str | None) -> list[str]:
    """Return the sandbox's processes as text, for people."""
    return [f"{found.pid} {found.role} {found.command}".strip() for found in find(home, sandbox)]


def pids_of(home: Path, sandbox: str, role: str) -> list[int]:
    """Return the pids of the sandbox's processes with a role."""
    return [found.pid for found in find(home, sandbox) if found.role == role]


def ray_processes_of(home: Path) -> list[str]:
    """Return the Ray processes that work in this home, jobs included; a provider's agent has a role and is none."""
    return [f"{found.pid} {found.command}" for found in find(home, None) if not found.role]


def stop_all(
    home: Path, sandbox: str | None, *, last: tuple[str, ...] = (), grace_seconds: float = GRACE_SECONDS
) -> list[str]:
    """Stop the sandbox's processes, those with a role in `last` after all others; returns what would not end.

    New ones may appear while others end (a dying parent's children), so it looks again until there are none.
    """
    until = time.monotonic() + 4 * grace_seconds
    while (found := find(home, sandbox)) and time.monotonic() < until:
        first = [process for process in found if process.role not in last]
        stop_found(first or found, grace_seconds=grace_seconds)
    return processes_of(home, sandbox)


def stop_found(processes: list[Found], *, grace_seconds: float = GRACE_SECONDS) -> None:
    """Stop these processes: SIGTERM first, SIGKILL for those that do not end."""
    for process in processes:
        process.send(signal.SIGTERM)
    if not _gone(processes, grace_seconds):
        for process in processes:
            process.send(signal.SIGKILL)
        _gone(processes, grace_seconds)


def _gone(processes: list[Found], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while any(process.alive() for process in processes):
        if time.monotonic() > until:
            return False
        time.sleep(LOOK_SECONDS)
    return True


def _scan(belongs: Callable[[dict[str, str]], bool]) -> Iterator[Found]:
    for folder in PROC.iterdir():
        if not folder.name.isdigit() or int(folder.name) == os.getpid():
            continue
        try:
            environment = _environment(folder)
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:
            continue
        started = _start_time(int(folder.name))
        if started is not None and belongs(environment):
            yield Found(int(folder.name), started, environment.get(ROLE, ""), command[:160])


def _environment(folder: Path) -> dict[str, str]:
    pairs = (folder / "environ").read_bytes().decode(errors="replace").split("\0")
    return dict(pair.split("=", 1) for pair in pairs if "=" in pair)


def _start_time(pid: int) -> int | None:
    """Return the start time of a process that is not a zombie, or None."""
    try:
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return int(fields[19]) if fields[0] != "Z" else None
