"""The objects of the API server as last seen, parsed once; never the truth about what is gone."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

from pydantic import ValidationError

from hansa_operator.api.aijob import AIJob
from hansa_operator.api.aiservice import AIService
from hansa_operator.api.credit_line import CreditLine
from hansa_operator.api.hub import Hub
from hansa_operator.api.kinds import KINDS
from hansa_operator.api.model import Model
from hansa_operator.api.provider import Provider
from hansa_operator.api.provider_pool import ProviderPool
from hansa_operator.api.settlement import Settlement
from hansa_operator.ports.kube import Manifest, ObjectRef

M = TypeVar("M", bound=Model)
Seen = AIJob | AIService | CreditLine | Hub | Provider | ProviderPool | Settlement


class Unreadable(Exception):
    """Raised when an object does not fit this operator's models: operator and CRDs differ in version."""


def ref_to(manifest: Manifest) -> ObjectRef:
    """Return the reference to an object."""
    metadata = manifest["metadata"]
    return ObjectRef(str(manifest["kind"]), metadata.get("namespace") or "", metadata["name"])


class Cache:
    """Keep the newest seen version of each object, and the labels of namespaces."""

    def __init__(self) -> None:
        self._objects: dict[ObjectRef, Seen] = {}
        self._versions: dict[ObjectRef, int] = {}
        self._labels: dict[str, Mapping[str, str]] = {}

    def put(self, manifest: Manifest) -> bool:
        """Take an object in; returns False when what is known is as new or newer. Raises Unreadable."""
        ref = ref_to(manifest)
        # Versions of one resource are ordered numbers (KEP-5504); an older event must not undo an own write.
        version = int(manifest["metadata"].get("resourceVersion") or 0)
        if version <= self._versions.get(ref, -1):
            return False
        if ref.kind == "Namespace":
            self._labels[ref.name] = dict(manifest["metadata"].get("labels") or {})
        else:
            self._objects[ref] = _parse(ref, manifest)
        self._versions[ref] = version
        return True

    def remove(self, ref: ObjectRef) -> None:
        """Forget an object that the API server said is gone."""
        self._objects.pop(ref, None)
        self._versions.pop(ref, None)
        if ref.kind == "Namespace":
            self._labels.pop(ref.name, None)

    def get(self, kind: type[M], namespace: str, name: str) -> M | None:
        """Return an object, or None when none was seen."""
        found = self._objects.get(ObjectRef(kind.__name__, namespace, name))
        return found if isinstance(found, kind) else None

    def find(self, ref: ObjectRef) -> Seen | None:
        """Return the object that a reference names, or None when none was seen."""
        return self._objects.get(ref)

    def all(self, kind: type[M]) -> Iterator[M]:
        """Yield all objects of a kind."""
        for found in tuple(self._objects.values()):
            if isinstance(found, kind):
                yield found

    def refs(self, kind: str) -> set[ObjectRef]:
        """Return the references to all objects of a kind."""
        if kind == "Namespace":
            return {ObjectRef(kind, "", name) for name in self._labels}
        return {ref for ref in self._objects if ref.kind == kind}

    def labels_of(self, namespace: str) -> Mapping[str, str] | None:
        """Return a namespace's labels, or None when it was not seen."""
        return self._labels.get(namespace)


def _parse(ref: ObjectRef, manifest: Manifest) -> Seen:
    try:
        found = KINDS[ref.kind].model.model_validate(manifest)
    except ValidationError as broken:
        what = f"{ref.kind} {ref.namespace}/{ref.name} cannot be read ({broken.errors()[0]['loc']})"
        raise Unreadable(f"{what}: update the CRDs or the operator, so that their versions fit") from broken
    assert isinstance(found, Seen)
    return found
