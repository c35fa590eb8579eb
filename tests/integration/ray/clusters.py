"""What the tests of Ray share: waiting with a deadline, looking at processes, tiny packages."""

import asyncio
import io
import time
import zipfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from hansa_operator.adapters.ray.local import LocalRay
from hansa_operator.adapters.ray.local.processes import Process
from hansa_operator.ports.ray import (
    ClusterKey,
    ClusterPhase,
    ClusterView,
    RayJobView,
    RayUnreachable,
    Submission,
    WorkerGroup,
)

ONE = WorkerGroup(1, 1)


# Ray takes seconds to start; with other work on all cores, many times that.
PATIENCE_SECONDS = 120.0


async def until(look: Callable[[], Awaitable[bool]], what: str) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not await look():
        assert time.monotonic() < end, f"not within {PATIENCE_SECONDS:.0f} s: {what}"
        await asyncio.sleep(0.05)


async def phase(ray: LocalRay, key: ClusterKey, *phases: ClusterPhase) -> ClusterView:
    seen: list[ClusterView] = []

    async def look() -> bool:
        seen.append(await ray.observe(key))
        return seen[-1].phase in phases

    await until(look, f"{key} {phases}")
    return seen[-1]


async def joined(ray: LocalRay, key: ClusterKey, *groups: WorkerGroup) -> ClusterView:
    """Wait until just these workers have joined, and what was asked for last has been done."""
    seen: list[ClusterView] = []

    async def look() -> bool:
        seen.append(await ray.observe(key))
        assert seen[-1].phase is not ClusterPhase.FAILED, seen[-1].message
        return seen[-1].groups == groups and not ray._clusters[key].is_building

    try:
        await until(look, f"{key} with {groups}")
    except AssertionError as late:
        raise AssertionError("\n".join((str(late), str(seen[-1]), *logs(ray, key)))) from late
    return seen[-1]


def logs(ray: LocalRay, key: ClusterKey) -> list[str]:
    """Return the ends of what the cluster's own processes have printed."""
    found = {ray._machine.folder(one.mark) for one in members(ray, key)}
    return [f"{log}:\n{log.read_text(errors='replace')[-4000:]}" for one in found for log in sorted(one.glob("*.log"))]


async def accepted(ray: LocalRay, key: ClusterKey, submission: Submission) -> None:
    """Submit until Ray takes it: its agents may be later than its nodes."""

    async def look() -> bool:
        try:
            await ray.submit(key, submission)
        except RayUnreachable:
            return False
        return True

    await until(look, f"{submission.submission_id} is taken")


async def ended(ray: LocalRay, key: ClusterKey, submission_id: str) -> RayJobView:
    async def look() -> bool:
        return (await ray.job(key, submission_id)).state.terminal

    await until(look, f"{submission_id} ended")
    return await ray.job(key, submission_id)


def members(ray: LocalRay, key: ClusterKey) -> list[Process]:
    return ray._machine.find(key)


def leader(ray: LocalRay, key: ClusterKey, role: str) -> Process:
    return next(one for one in members(ray, key) if one.leads and one.mark.role == role)


def script(submission_id: str, text: str, *, pin: WorkerGroup = ONE, argv: tuple[str, ...] = ()) -> Submission:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("job.py", text)
    environment = (("GREETING", "hello world"),)
    return Submission(submission_id, ("python", "job.py", *argv), packed.getvalue(), environment, (), pin)


def environment_of(pid: int) -> dict[str, str]:
    pairs = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
    return dict(pair.split("=", 1) for pair in pairs if "=" in pair)


def command_of(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().decode().replace("\0", " ")


def folders(ray: LocalRay) -> list[str]:
    return [folder.name for folder in ray._machine.temp.glob(f"hansa-{ray._machine.backend}-*")]
