"""Start, grow and stop one cluster's processes. What exists is read from the machine each time, never remembered."""

import asyncio
import os
import secrets
import shutil
import signal
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from hansa_operator.adapters.free_ports import free_ports
from hansa_operator.adapters.ray.local import command, processes
from hansa_operator.adapters.ray.local.processes import Mark, Process
from hansa_operator.adapters.ray.local.temp import folders_of
from hansa_operator.adapters.ray.local.turns import Turns
from hansa_operator.ports.ray import ClusterKey, WorkerGroup

HEAD = "head"
START_SECONDS = 120.0
"""How long a head may take until it listens, and a cluster until all of it has joined; seconds on an idle machine."""
LOOK_SECONDS = 0.05
GRACE_SECONDS = 4.0
KILL_SECONDS = 1.5
TAIL_LINES = 5


class StartFailed(Exception):
    """Raised when a cluster's processes could not be started; the message says why and what to do."""


class Ended(StartFailed):
    """Raised when what was started ended by itself, as it does when somebody else took its ports meanwhile."""


@dataclass(frozen=True, slots=True)
class Machine:
    """Hold where clusters live on this machine, the children that this process has to take note of, and their turns."""

    backend: str
    home: Path
    ray: Path
    temp: Path
    children: set[int] = field(default_factory=set)
    turns: Turns = field(default_factory=Turns)

    def find(self, key: ClusterKey | None = None) -> list[Process]:
        """Return the live processes of a cluster, or of all."""
        processes.reap(self.children)
        found = processes.find(self.backend)
        return [one for one in found if key is None or key_of(one.mark) == key]

    def folder(self, mark: Mark) -> Path:
        """Return the cluster's temporary folder."""
        return self.temp / mark.folder


def key_of(mark: Mark) -> ClusterKey:
    """Return the cluster that a mark names."""
    return ClusterKey(mark.namespace, mark.provider)


def leader(found: Sequence[Process], role: str) -> Process | None:
    """Return the process that started everything else of a role, or None when it has ended."""
    return next((one for one in found if one.leads and one.mark.role == role), None)


def tail(log: Path) -> str:
    """Return the end of a log as one line; of a traceback what the exception says, not where it was raised."""
    try:
        lines = log.read_text(errors="replace").strip().splitlines()[-TAIL_LINES:]
    except OSError:
        lines = []
    lines = [line for line in lines if not line.startswith((" ", "Traceback"))] or lines
    return " | ".join(lines)[-800:] or "it printed nothing"


def stuck(left: Sequence[Process]) -> str:
    """Say which processes would not end, and what to do."""
    return f"Ray processes do not end: look at those with the pids {', '.join(str(one.pid) for one in left)}"


def ended(found: Sequence[Process]) -> list[Process]:
    """Return processes that outlived the `ray start` of their head or worker."""
    leading = {one.mark.role for one in found if one.leads}
    return [one for one in found if one.mark.role not in leading]


def missing(found: Sequence[Process], wanted: Sequence[WorkerGroup]) -> list[tuple[int, str]]:
    """Return (gpus, role) for each worker that has to be started."""
    known = {one.mark.role for one in found if one.leads}
    lacking = []
    for group in wanted:
        roles = [f"worker-{group.gpus}-{number}" for number in range(group.replicas)]
        lacking += [(group.gpus, role) for role in roles if role not in known]
    return lacking


def new_mark(machine: Machine, key: ClusterKey) -> Mark:
    """Choose the ports and the folder of a new head; raises StartFailed."""
    try:
        dashboard, gcs = free_ports(2)
    except OSError as failed:
        raise StartFailed(f"no free port for Ray ({failed.strerror}): close connections, then try again") from failed
    folder = f"hansa-{machine.backend}-{secrets.token_hex(3)}"
    return Mark(machine.backend, key.namespace, key.provider, HEAD, dashboard, gcs, folder)


async def start_head(machine: Machine, mark: Mark) -> None:
    """Start a head and wait until workers can join it; raises StartFailed, or Ended."""
    folder = machine.folder(mark)
    try:
        _make_folders(machine, mark)
        pid = _launch(machine, mark, command.head_argv(machine.ray, folder, mark))
    except OSError as failed:
        shutil.rmtree(folder, ignore_errors=True)
        raise StartFailed(_explain(machine, failed)) from failed
    until = time.monotonic() + START_SECONDS
    while not await _listens(mark.gcs_port):
        processes.reap(machine.children)
        if pid not in machine.children:
            raise Ended(f"the Ray head ended while it started: {tail(folder / 'head.log')}")
        if time.monotonic() > until:
            raise StartFailed(f"the Ray head does not listen after {START_SECONDS:.0f} s: {tail(folder / 'head.log')}")
        await asyncio.sleep(LOOK_SECONDS)


def start_worker(machine: Machine, head: Mark, gpus: int, role: str) -> None:
    """Start a worker, which joins by itself; raises StartFailed."""
    mark = replace(head, role=role)
    try:
        _launch(machine, mark, command.worker_argv(machine.ray, machine.folder(mark), mark, gpus))
    except OSError as failed:
        raise StartFailed(_explain(machine, failed)) from failed


async def stop(machine: Machine, key: ClusterKey, *, roles: frozenset[str] | None = None) -> list[Process]:
    """Stop a cluster's processes, or those of some roles; returns what would not end.

    Ray's own end is asked for first; what is left of it or of jobs is killed.
    """
    asked: set[int] = set()
    begun = time.monotonic()
    while found := [
        one for one in await asyncio.to_thread(machine.find, key) if roles is None or one.mark.role in roles
    ]:
        spent = time.monotonic() - begun
        if spent > GRACE_SECONDS + KILL_SECONDS:
            break
        stray = ended(found)
        for one in found:
            if spent > GRACE_SECONDS:
                one.send(signal.SIGKILL)
            elif one.pid not in asked and (one.leads or one in stray):
                asked.add(one.pid)
                one.send(signal.SIGTERM)
        await asyncio.sleep(LOOK_SECONDS)
    return found


async def remove_folders(machine: Machine, names: Iterable[str]) -> None:
    """Remove temporary folders of clusters that have ended."""
    for name in names:
        await asyncio.to_thread(shutil.rmtree, machine.temp / name, ignore_errors=True)


async def sweep_folders(machine: Machine) -> None:
    """Remove what ended clusters of earlier operators left; call it before any cluster is started."""
    used = {one.mark.folder for one in await asyncio.to_thread(machine.find)}
    left = {folder.name for folder in folders_of(machine.backend, machine.temp)} - used
    await remove_folders(machine, left)


def read_token(machine: Machine, mark: Mark) -> str:
    """Return the cluster's token, or "" when it is gone."""
    try:
        return (machine.folder(mark) / command.TOKEN).read_text()
    except OSError:
        return ""


def _make_folders(machine: Machine, mark: Mark) -> None:
    own = machine.home / mark.provider
    (own / "spool").mkdir(parents=True, exist_ok=True)
    (own / "home" / mark.namespace).mkdir(parents=True, exist_ok=True)
    folder = machine.folder(mark)
    folder.mkdir(mode=0o700)
    token = os.open(folder / command.TOKEN, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(token, "w") as file:
        file.write(secrets.token_hex(32))


def _launch(machine: Machine, mark: Mark, argv: tuple[str, ...]) -> int:
    folder = machine.folder(mark)
    known = command.environment(mark, folder=folder, home=machine.home / mark.provider, ray=machine.ray)
    pid = processes.start(argv, known, folder / f"{mark.role}.log")
    machine.children.add(pid)
    return pid


def _explain(machine: Machine, failed: OSError) -> str:
    if not machine.ray.exists():
        return f"there is no Ray at {machine.ray}: install it with the `demo` extra"
    return f"Ray cannot be started ({failed.strerror}): check the disk and rights of {machine.temp} and {machine.home}"


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(command.LOOPBACK, port)
    except OSError:
        return False
    writer.close()
    return True
