"""The Kubernetes API as the operator needs it."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

Manifest = Mapping[str, Any]


class KubeError(Exception):
    """Raised when the API server did not do what was asked; the message says what happened and what to do."""


class ApiUnreachable(KubeError):
    """Raised when the API server does not answer or is overloaded: temporary, and no statement about what exists."""


class NotFound(KubeError):
    """Raised when a write names an object that is not there (any more)."""


class Conflict(KubeError):
    """Raised when somebody else changed the object in between, or it exists already: look again."""


class Forbidden(KubeError):
    """Raised when the operator's role lacks a permission; the message names it."""


class Invalid(KubeError):
    """Raised when the API server refuses the content of an object: a bug here, or skew between operator and CRDs."""


@dataclass(frozen=True, slots=True)
class ObjectRef:
    """Name one object; `namespace` is empty for cluster-scoped kinds."""

    kind: str
    namespace: str
    name: str


@dataclass(frozen=True, slots=True)
class Event:
    """Tell people something about an object; `warning` chooses the Event's type."""

    ref: ObjectRef
    uid: str
    reason: str
    message: str
    warning: bool


class Kube(Protocol):
    """Read and write Kubernetes objects. Kinds are those of hansa.dev unless a method says otherwise."""

    async def get(self, ref: ObjectRef) -> Manifest | None:
        """Return the object, or None only when the API server said that there is none."""

    def list_all(self, kind: str) -> AsyncIterator[Manifest]:
        """Yield all objects of a kind in all namespaces, page by page."""

    async def create(self, manifest: Manifest) -> Manifest:
        """Create an object of any kind known to the adapter; raises Conflict when it exists."""

    async def apply_status(self, ref: ObjectRef, status: Manifest, *, uid: str, version: str) -> Manifest:
        """Apply the whole status by server-side apply as field manager `hansa`.

        `version` is the resourceVersion that was seen of the object with this uid. When it is gone, NotFound is raised
        and a later one of the same name is left alone.
        """

    async def delete(self, ref: ObjectRef, *, uid: str = "") -> None:
        """Delete an object; a missing one is fine. With `uid` a later one of the same name is left alone."""

    async def set_finalizer(self, ref: ObjectRef, *, uid: str, present: bool) -> None:
        """Add or remove the finalizer `hansa.dev/capacity`; a missing object is fine when removing.

        A later object of the same name is left alone.
        """

    async def read_configmap(self, namespace: str, name: str) -> Mapping[str, bytes] | None:
        """Return a ConfigMap's data and binaryData, or None when there is none."""

    async def read_secret(self, namespace: str, name: str) -> Mapping[str, bytes] | None:
        """Return a Secret's data, or None when there is none. Never log it."""

    async def emit(self, event: Event) -> None:
        """Record an Event; failures are logged, not raised."""

    async def hold_lease(self, namespace: str, name: str, holder: str, *, seconds: int) -> bool:
        """Acquire or renew a coordination.k8s.io Lease; returns whether `holder` has it now."""

    async def release_lease(self, namespace: str, name: str, holder: str) -> None:
        """Give the Lease up if `holder` has it."""
