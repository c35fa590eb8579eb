"""The operator's client on the Kubernetes API: what ports.kube.Kube asks for."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from hansa_operator.adapters.kube.access import load_access
from hansa_operator.adapters.kube.events import EventLog
from hansa_operator.adapters.kube.lease import Leases
from hansa_operator.adapters.kube.resources import path_of, ref_of, resource_of
from hansa_operator.adapters.kube.session import Session
from hansa_operator.api.configmap import decoded, files_of
from hansa_operator.ports.kube import ApiUnreachable, Conflict, Event, Kube, Manifest, NotFound, ObjectRef

FINALIZER = "hansa.dev/capacity"
PAGE = 500
TRIES = 5


class KubeClient:
    """Read and write objects. All writes are those of field manager `hansa`."""

    def __init__(self, session: Session, *, page: int = PAGE) -> None:
        self._session = session
        self._page = page
        self._leases = Leases(session)
        self._events = EventLog(session)

    async def get(self, ref: ObjectRef) -> Manifest | None:
        """Return the object, or None only when the API server said that there is none."""
        try:
            return await self._session.get(path_of(ref))
        except NotFound:
            return None

    async def list_all(self, kind: str) -> AsyncIterator[Manifest]:
        """Yield all objects of a kind in all namespaces, page by page."""
        resource = resource_of(kind)
        query = {"limit": str(self._page)}
        while True:
            answer = await self._session.get(resource.path(), **query)
            for item in answer["items"]:
                # Items of a list come without their type.
                yield {"apiVersion": resource.api_version, "kind": kind, **item}
            following = answer["metadata"].get("continue")
            if not following:
                return
            query["continue"] = following

    async def create(self, manifest: Manifest) -> Manifest:
        """Create an object of any kind known to the adapter; raises Conflict when it exists."""
        ref = ref_of(manifest)
        return await self._session.post(resource_of(ref.kind).path(ref.namespace), manifest)

    async def apply(self, manifest: Manifest) -> Manifest:
        """Apply an object without its status; creates it when it is not there."""
        return await self._session.apply(path_of(ref_of(manifest)), manifest)

    async def apply_status(self, ref: ObjectRef, status: Manifest, *, uid: str, version: str) -> Manifest:
        """Apply the whole status; what it leaves out and `hansa` set before is removed."""
        metadata = {"name": ref.name} | ({"namespace": ref.namespace} if ref.namespace else {})
        typed = {"apiVersion": resource_of(ref.kind).api_version, "kind": ref.kind, "status": dict(status)}
        for _ in range(TRIES):
            # An API server does not look at the uid of an applied status; no two objects have a version in common.
            wanted = {**typed, "metadata": {**metadata, "resourceVersion": version}}
            try:
                return await self._session.apply(path_of(ref, "status"), wanted)
            except Conflict:
                version = (await self._seen(ref, uid))["metadata"]["resourceVersion"]
        raise _always_changed(ref)

    async def delete(self, ref: ObjectRef, *, uid: str = "") -> None:
        """Delete an object; a missing one is fine. With `uid` a later one of the same name is left alone."""
        options: dict[str, Any] = {"propagationPolicy": "Background"}
        if uid:
            options["preconditions"] = {"uid": uid}
        try:
            await self._session.delete(path_of(ref), options)
        except NotFound:
            return
        except Conflict:
            if not uid:
                raise

    async def set_finalizer(self, ref: ObjectRef, *, uid: str, present: bool) -> None:
        """Add or remove the finalizer; a missing object is fine when removing."""
        for _ in range(TRIES):
            try:
                await self._try_finalizer(ref, uid, present=present)
            except Conflict:
                continue
            except NotFound:
                if present:
                    raise
            return
        raise _always_changed(ref)

    async def _seen(self, ref: ObjectRef, uid: str) -> Manifest:
        """Return the object with this uid; raises NotFound when it is gone, whatever has its name now."""
        seen = await self.get(ref)
        if seen is None or seen["metadata"]["uid"] != uid:
            raise NotFound(f"{ref.kind} {ref.namespace}/{ref.name} is gone: nothing can be written to it")
        return seen

    async def _try_finalizer(self, ref: ObjectRef, uid: str, *, present: bool) -> None:
        seen = await self._seen(ref, uid)
        known = list(seen["metadata"].get("finalizers") or ())
        if (FINALIZER in known) == present:
            return
        if present and "deletionTimestamp" in seen["metadata"]:
            raise NotFound(f"{ref.kind} {ref.namespace}/{ref.name} is being deleted: nothing can hold it any more")
        wanted = [*known, FINALIZER] if present else [other for other in known if other != FINALIZER]
        # The version makes it a Conflict when somebody else's finalizer came or went in between.
        version = seen["metadata"]["resourceVersion"]
        await self._session.merge(path_of(ref), {"metadata": {"resourceVersion": version, "finalizers": wanted}})

    async def read_configmap(self, namespace: str, name: str) -> Mapping[str, bytes] | None:
        """Return a ConfigMap's data and binaryData, or None when there is none."""
        found = await self.get(ObjectRef("ConfigMap", namespace, name))
        return None if found is None else files_of(found)

    async def read_secret(self, namespace: str, name: str) -> Mapping[str, bytes] | None:
        """Return a Secret's data, or None when there is none."""
        found = await self.get(ObjectRef("Secret", namespace, name))
        return None if found is None else decoded(found.get("data"))

    async def emit(self, event: Event) -> None:
        """Record an Event; failures are logged, not raised."""
        await self._events.emit(event)

    async def hold_lease(self, namespace: str, name: str, holder: str, *, seconds: int) -> bool:
        """Acquire or renew a Lease; returns whether `holder` has it now."""
        return await self._leases.hold(namespace, name, holder, seconds=seconds)

    async def release_lease(self, namespace: str, name: str, holder: str) -> None:
        """Give the Lease up if `holder` has it."""
        await self._leases.release(namespace, name, holder)

    async def ready(self) -> bool:
        """Return whether the API server answers."""
        try:
            await self._session.get("/version")
        except ApiUnreachable:
            return False
        return True


@asynccontextmanager
async def open_kube(kubeconfig: Path | None) -> AsyncIterator[KubeClient]:
    """Connect with a kubeconfig's current context, or as a pod of the cluster when it is None."""
    session = Session(load_access(kubeconfig))
    try:
        yield KubeClient(session)
    finally:
        await session.close()


def _always_changed(ref: ObjectRef) -> Conflict:
    return Conflict(f"{ref.kind} {ref.namespace}/{ref.name} is changed by others all the time: it is tried again")


def _as_port(client: KubeClient) -> Kube:
    """Hold the client to the port when types are checked."""
    return client
