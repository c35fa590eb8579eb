"""Bring a cluster up until all of it has joined; what ends meanwhile is started anew, on other ports."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from hansa_operator.adapters.ray.local import agents, clusters
from hansa_operator.adapters.ray.local.clusters import HEAD, START_SECONDS, Ended, Machine, StartFailed
from hansa_operator.adapters.ray.local.processes import Mark, Process
from hansa_operator.ports.ray import ClusterKey, RayUnreachable, WorkerGroup

TRIES = 3
LOOK_SECONDS = 0.25

Joined = Callable[[Mark], Awaitable[tuple[WorkerGroup, ...]]]
"""Tells the workers that have joined a head; raises RayUnreachable."""


@dataclass(slots=True)
class Start:
    """Hold one cluster's start: what is wanted may grow while it goes on."""

    machine: Machine
    key: ClusterKey
    joined: Joined
    wanted: tuple[WorkerGroup, ...] = ()
    folders: set[str] = field(default_factory=set)
    started: str = ""
    """The folder of the head that was started here last."""
    answered: str = ""
    """That of the head that has answered last, started here or not."""

    def is_newborn(self, head: Mark) -> bool:
        """Return whether a head was started here and has not answered yet: nothing can run on it."""
        return head.folder == self.started != self.answered

    async def run(self) -> None:
        """Start what is missing and wait until all of it has joined; raises StartFailed."""
        found = await asyncio.to_thread(self.machine.find, self.key)
        head = clusters.leader(found, HEAD)
        try:
            mark = head.mark if head is not None else await self._start_head()
            await self._join(mark)
        finally:
            self.machine.turns.leave(self.key)

    async def _start_head(self) -> Mark:
        for _ in range(TRIES - 1):
            with suppress(Ended):
                return await self._try_head()
        return await self._try_head()

    async def _try_head(self) -> Mark:
        await self._clear(None)
        await clusters.remove_folders(self.machine, self.folders)
        await self.machine.turns.take(self.key)
        mark = clusters.new_mark(self.machine, self.key)
        self.folders.add(mark.folder)
        self.started = mark.folder
        await clusters.start_head(self.machine, mark)
        return mark

    async def _join(self, head: Mark) -> None:
        starts: Counter[str] = Counter()
        joined: tuple[WorkerGroup, ...] = ()
        until = time.monotonic() + START_SECONDS
        while True:
            if await self._start_workers(head, starts, joined):
                until = time.monotonic() + START_SECONDS
            try:
                joined = await self.joined(head)
                self.answered = head.folder
                lacking = _lacking(self.wanted, joined)
            except RayUnreachable as unreachable:
                lacking = str(unreachable)
            if not lacking:
                return
            if time.monotonic() > until:
                raise StartFailed(f"the cluster is not whole after {START_SECONDS:.0f} s: {lacking}")
            await asyncio.sleep(LOOK_SECONDS)

    async def _start_workers(self, head: Mark, starts: Counter[str], joined: tuple[WorkerGroup, ...]) -> bool:
        """Start workers that do not run, and return whether any were due, if not their turn; raises StartFailed."""
        found = await asyncio.to_thread(self.machine.find, self.key)
        if clusters.leader(found, HEAD) is None:
            raise Ended(f"the Ray head ended while its cluster started: {self._last_words(head, HEAD)}")
        await asyncio.to_thread(agents.tell_ports, found)
        missing = clusters.missing(found, self.wanted)
        if stray := frozenset(one.mark.role for one in clusters.ended(found)):
            await self._clear(stray)
        joining = max(0, sum(one.leads for one in found) - 1 - sum(group.replicas for group in joined))
        due = missing[: self._take_turns(len(missing), joining, newborn=self.answered != head.folder)]
        for gpus, role in due:
            if starts[role] == TRIES:
                raise Ended(f"{role} ended {TRIES} times while it started: {self._last_words(head, role)}")
            starts[role] += 1
            clusters.start_worker(self.machine, head, gpus, role)
        return bool(due) or (bool(missing) and not joining)

    def _take_turns(self, missing: int, joining: int, *, newborn: bool) -> int:
        """Return how many of the workers that are missing begin now; their turns are taken."""
        turns = self.machine.turns
        turns.note(self.key, max(newborn, joining))
        # A head and its first worker have one turn: Ray keeps the worker waiting until the head is there.
        first = min(missing, int(newborn and not joining))
        return first + turns.ask(self.key, missing - first)

    async def _clear(self, roles: frozenset[str] | None) -> None:
        left: Sequence[Process] = await clusters.stop(self.machine, self.key, roles=roles)
        if left:
            raise StartFailed(clusters.stuck(left))

    def _last_words(self, head: Mark, role: str) -> str:
        return clusters.tail(self.machine.folder(head) / f"{role}.log")


def _lacking(wanted: tuple[WorkerGroup, ...], joined: tuple[WorkerGroup, ...]) -> str:
    """Say which workers have not joined, or "" when all have."""
    have = {group.gpus: group.replicas for group in joined}
    short = [group for group in wanted if have.get(group.gpus, 0) < group.replicas]
    return ", ".join(f"{have.get(one.gpus, 0)} of {one.replicas} workers with {one.gpus} GPUs joined" for one in short)
