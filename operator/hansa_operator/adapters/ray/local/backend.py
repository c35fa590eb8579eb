"""The Local backend: the operator's port to Ray, on processes that outlive the operator and are found again."""

import asyncio
import logging
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from hansa_operator.adapters.ray.jobs_api import JobsApi, open_session
from hansa_operator.adapters.ray.local import clusters
from hansa_operator.adapters.ray.local.clusters import HEAD, START_SECONDS, Machine, StartFailed
from hansa_operator.adapters.ray.local.command import LOOPBACK
from hansa_operator.adapters.ray.local.processes import Mark, Process
from hansa_operator.adapters.ray.local.starting import Start
from hansa_operator.adapters.ray.local.temp import TEMP, backend_of
from hansa_operator.ports.ray import (
    ClusterKey,
    ClusterPhase,
    ClusterSpec,
    ClusterView,
    RayJobState,
    RayJobView,
    RayUnreachable,
    Submission,
    WorkerGroup,
)

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Cluster:
    """Remember what was asked of a cluster, and what this operator has seen of it."""

    start: Start
    problem: str = ""
    had_head: bool = False
    building: asyncio.Task[None] | None = None
    stopping: asyncio.Task[None] | None = None

    @property
    def is_building(self) -> bool:
        return self.building is not None and not self.building.done()

    @property
    def is_stopping(self) -> bool:
        return self.stopping is not None and not self.stopping.done()


class LocalRay:
    """Own the clusters below one home directory; `home`/PROVIDER/spool is where a provider's runners work."""

    def __init__(self, home: Path, ray_executable: Path | None = None, *, temp: Path = TEMP) -> None:
        home = home.absolute()
        # Not resolved: a virtual environment's Python is a link, and Ray stands beside the link.
        self._machine = Machine(backend_of(home), home, ray_executable or Path(sys.executable).with_name("ray"), temp)
        self._clusters: dict[ClusterKey, _Cluster] = {}
        # Outlives the cluster: while the next one starts, people still see why the last one did not.
        self._failures: dict[ClusterKey, str] = {}
        self._http: aiohttp.ClientSession | None = None
        self._swept: asyncio.Task[None] | None = None

    async def ensure(self, spec: ClusterSpec) -> None:
        """Start or grow the cluster towards `spec` in the background; left out while the cluster is being stopped."""
        cluster = self._clusters.setdefault(spec.key, self._new(spec.key))
        if cluster.is_stopping:
            return
        cluster.start.wanted = _larger(cluster.start.wanted, spec.groups)
        if not cluster.is_building:
            cluster.building = asyncio.create_task(self._build(cluster))

    async def observe(self, key: ClusterKey) -> ClusterView:
        """Return the cluster as it is."""
        return await self._view(key, await asyncio.to_thread(self._machine.find, key))

    async def list_clusters(self) -> tuple[ClusterView, ...]:
        """Return every cluster with this home's mark, also those started before a restart."""
        found = await asyncio.to_thread(self._machine.find)
        keys = sorted({clusters.key_of(one.mark) for one in found} | set(self._clusters))
        views = [self._view(key, [one for one in found if clusters.key_of(one.mark) == key]) for key in keys]
        return tuple(view for view in await asyncio.gather(*views) if view.phase is not ClusterPhase.ABSENT)

    async def delete(self, key: ClusterKey) -> None:
        """Stop all processes of the cluster and remove its temporary folder, in the background."""
        cluster = self._clusters.setdefault(key, self._new(key))
        if not cluster.is_stopping:
            cluster.stopping = asyncio.create_task(self._stop(key, cluster))

    async def submit(self, key: ClusterKey, submission: Submission) -> None:
        """Submit an attempt; a known submission id is left as it is. Raises RayUnreachable."""
        await (await self._jobs(key)).submit(submission)

    async def job(self, key: ClusterKey, submission_id: str) -> RayJobView:
        """Return a submission's state; `UNKNOWN` when Ray does not answer."""
        try:
            return await (await self._jobs(key)).job(submission_id)
        except RayUnreachable as unreachable:
            return RayJobView(RayJobState.UNKNOWN, message=str(unreachable))

    async def stop_job(self, key: ClusterKey, submission_id: str) -> None:
        """Ask Ray to stop a submission; unknown or ended ones are fine. Raises RayUnreachable."""
        await (await self._jobs(key)).stop(submission_id)

    async def close(self) -> None:
        """Let go: clusters run on and are found by the next operator; stops that began are finished."""
        for cluster in list(self._clusters.values()):
            await _cancel(cluster.building)
            if cluster.stopping is not None:
                await cluster.stopping
        if self._http is not None:
            await self._http.close()

    def _new(self, key: ClusterKey) -> _Cluster:
        return _Cluster(Start(self._machine, key, lambda mark: self._api(mark).workers()))

    async def _build(self, cluster: _Cluster) -> None:
        if self._swept is None:
            self._swept = asyncio.create_task(clusters.sweep_folders(self._machine))
        await asyncio.shield(self._swept)
        key = cluster.start.key
        try:
            await cluster.start.run()
            cluster.problem = ""
            self._failures.pop(key, None)
        except StartFailed as failed:
            cluster.problem = str(failed)
            if self._failures.get(key) != cluster.problem:
                _log.warning("Ray cluster %s did not start: %s", key, failed)
            self._failures[key] = cluster.problem

    async def _stop(self, key: ClusterKey, cluster: _Cluster) -> None:
        await _cancel(cluster.building)
        cluster.start.folders |= {one.mark.folder for one in await asyncio.to_thread(self._machine.find, key)}
        if left := await clusters.stop(self._machine, key):
            cluster.problem = clusters.stuck(left)
            return
        await clusters.remove_folders(self._machine, cluster.start.folders)
        self._clusters.pop(key, None)

    async def _view(self, key: ClusterKey, found: list[Process]) -> ClusterView:
        cluster = self._clusters.get(key) or self._new(key)
        if cluster.is_stopping:
            return ClusterView(key, ClusterPhase.STOPPING)
        head = clusters.leader(found, HEAD)
        if head is None:
            return self._headless(key, cluster, found)
        self._clusters[key] = cluster
        cluster.had_head = True
        cluster.start.folders.add(head.mark.folder)
        try:
            groups = await self._api(head.mark).workers()
        except RayUnreachable as unreachable:
            phase = _silent(cluster, head)
            why = "" if phase is ClusterPhase.STARTING else cluster.problem or str(unreachable)
            return ClusterView(key, phase, message=why or self._failures.get(key, ""))
        cluster.start.answered = head.mark.folder
        return ClusterView(key, ClusterPhase.READY, groups, self._remark(cluster, head, found))

    def _headless(self, key: ClusterKey, cluster: _Cluster, found: list[Process]) -> ClusterView:
        if cluster.is_building:
            return ClusterView(key, ClusterPhase.STARTING, message=self._failures.get(key, ""))
        if cluster.problem:
            return ClusterView(key, ClusterPhase.FAILED, message=cluster.problem)
        if found or cluster.had_head:
            return ClusterView(key, ClusterPhase.FAILED, message="the Ray head ended: what ran on it is lost")
        return ClusterView(key, ClusterPhase.ABSENT)

    def _remark(self, cluster: _Cluster, head: Process, found: list[Process]) -> str:
        if cluster.problem or cluster.is_building:
            return cluster.problem
        roles = [role for _, role in clusters.missing(found, cluster.start.wanted)]
        logs = [clusters.tail(self._machine.folder(head.mark) / f"{role}.log") for role in roles[:1]]
        return f"{len(roles)} Ray worker(s) ended; the last words of {roles[0]}: {logs[0]}" if roles else ""

    async def _jobs(self, key: ClusterKey) -> JobsApi:
        head = clusters.leader(await asyncio.to_thread(self._machine.find, key), HEAD)
        if head is None:
            raise RayUnreachable(f"the Ray cluster {key} has no running head")
        return self._api(head.mark)

    def _api(self, head: Mark) -> JobsApi:
        if self._http is None:
            self._http = open_session()
        address = f"{LOOPBACK}:{head.dashboard_port}"
        return JobsApi(self._http, address, clusters.read_token(self._machine, head))


def _silent(cluster: _Cluster, head: Process) -> ClusterPhase:
    """Tell what a head is that does not answer; only of one that never has is it known that nothing runs on it."""
    if cluster.start.is_newborn(head.mark):
        return ClusterPhase.STARTING if cluster.is_building else ClusterPhase.FAILED
    young = cluster.start.answered != head.mark.folder and head.age_seconds < START_SECONDS
    return ClusterPhase.STARTING if young else ClusterPhase.UNKNOWN


def _larger(one: tuple[WorkerGroup, ...], other: tuple[WorkerGroup, ...]) -> tuple[WorkerGroup, ...]:
    sizes = {group.gpus: group.replicas for group in one}
    for group in other:
        sizes[group.gpus] = max(group.replicas, sizes.get(group.gpus, 0))
    return tuple(WorkerGroup(gpus, replicas) for gpus, replicas in sorted(sizes.items()))


async def _cancel(task: asyncio.Task[None] | None) -> None:
    if task is not None:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
