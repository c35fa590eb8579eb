"""Take in what the API server says, and have everybody looked at whom it concerns."""

from collections.abc import Iterable, Mapping
from typing import Any

from hansa_operator.api.aijob import AIJob
from hansa_operator.api.kinds import KINDS
from hansa_operator.ports.kube import Manifest, ObjectRef
from hansa_operator.reconcile.known.cache import ref_to
from hansa_operator.reconcile.taking_in import let_go, take_in
from hansa_operator.reconcile.world import World

WATCHED = (*KINDS, "Namespace")


class Observer:
    """Feed the cache and the queue. Events may be old, repeated or missing: the sweep finds what they did not say."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def see(self, kind: str, change: str | None, content: Mapping[str, Any]) -> None:
        """Take an event of the watch in; `change` is None for what was there before it began."""
        manifest: Manifest = {**content, "kind": kind}
        if change == "DELETED":
            self.forget(ref_to(manifest))
        else:
            self.take(manifest)

    def take(self, manifest: Manifest) -> None:
        """Take a version of an object in."""
        if take_in(self.world, manifest):
            self.world.queue.add(ref_to(manifest))

    def forget(self, ref: ObjectRef) -> None:
        """Take in that an object is gone, as the API server said."""
        let_go(self.world, ref)
        self.world.queue.add(ref)

    async def prime(self) -> None:
        """Read everything before the watches begin, so that nothing that is there seems to be missing."""
        for kind in WATCHED:
            async for manifest in self.world.kube.list_all(kind):
                self.take(manifest)

    async def sweep(self) -> None:
        """Compare what is remembered with what there is: a watch does not tell what went while it was away."""
        for kind in WATCHED:
            there = set()
            async for manifest in self.world.kube.list_all(kind):
                there.add(ref_to(manifest))
                self.take(manifest)
            for ref in self.world.cache.refs(kind) - there:
                # The list is older than the cache may be: only the API server's own "no" counts.
                if await self.world.kube.get(ref) is None:
                    self.forget(ref)


def orphaned_jobs(world: World) -> Iterable[ObjectRef]:
    """Yield the jobs that hold capacity although their objects are gone."""
    for attempt in world.books.open_attempts():
        record = world.books.job(attempt.job_id)
        if record is not None and world.cache.get(AIJob, record.namespace, record.name) is None:
            yield ObjectRef(AIJob.__name__, record.namespace, record.name)
