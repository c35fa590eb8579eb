"""Which path a kind is served at."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from hansa_operator.api.kinds import KINDS
from hansa_operator.api.model import API_VERSION
from hansa_operator.ports.kube import Invalid, ObjectRef


@dataclass(frozen=True, slots=True)
class Resource:
    """Describe how a kind is served."""

    api_version: str
    kind: str
    plural: str
    namespaced: bool

    def path(self, namespace: str = "", name: str = "", subresource: str = "") -> str:
        """Return the path of a collection, of an object in it, or of its subresource."""
        root = f"/apis/{self.api_version}" if "/" in self.api_version else f"/api/{self.api_version}"
        scope = f"/namespaces/{quote(namespace)}" if self.namespaced and namespace else ""
        parts = [root + scope, self.plural, quote(name), subresource]
        return "/".join(part for part in parts if part)


_BUILT_IN = (
    Resource("v1", "Namespace", "namespaces", namespaced=False),
    Resource("v1", "ConfigMap", "configmaps", namespaced=True),
    Resource("v1", "Secret", "secrets", namespaced=True),
    Resource("v1", "Event", "events", namespaced=True),
    Resource("coordination.k8s.io/v1", "Lease", "leases", namespaced=True),
)
_OWN = (Resource(API_VERSION, kind.name, kind.plural, namespaced=kind.namespaced) for kind in KINDS.values())
RESOURCES: Mapping[str, Resource] = {resource.kind: resource for resource in (*_BUILT_IN, *_OWN)}
"""The kinds that the operator reads or writes."""


def resource_of(kind: str) -> Resource:
    """Return how a kind is served; raises Invalid for one that the operator has nothing to do with."""
    if kind not in RESOURCES:
        raise Invalid(f"the operator does not know the kind {kind}: it knows {', '.join(sorted(RESOURCES))}")
    return RESOURCES[kind]


def path_of(ref: ObjectRef, subresource: str = "") -> str:
    """Return an object's path."""
    return resource_of(ref.kind).path(ref.namespace, ref.name, subresource)


def ref_of(manifest: Mapping[str, Any]) -> ObjectRef:
    """Return the reference to the object that a manifest describes."""
    metadata = manifest["metadata"]
    return ObjectRef(manifest["kind"], metadata.get("namespace", ""), metadata["name"])
