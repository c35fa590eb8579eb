"""Find what a job refers to: in the files that were given, else in the cluster, which is asked for nothing else."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import ValidationError

from hansa_cli.cluster.client import Cluster, Manifest, Resource
from hansa_cli.cluster.hansa_kinds import read_one
from hansa_cli.manifest_files import called, read_manifests, require_objects
from hansa_cli.problem import ExitCode, Problem, first_fault
from hansa_operator.api.model import Model

M = TypeVar("M", bound=Model)
CONFIG_MAPS = Resource("v1", "configmaps", "ConfigMap", namespaced=True)


@dataclass(slots=True)
class Shelf:
    """Hold the objects of files; `namespace` is where the jobs are to run, None for the kubeconfig's."""

    objects: tuple[Manifest, ...]
    namespace: str | None = None
    _cluster: Cluster | None = field(default=None, init=False)

    def find(self, resource: Resource, name: str, namespace: str | None = None) -> Manifest:
        """Return an object, of the job's namespace unless its kind has none; raises Problem when it is nowhere."""
        scope = self.namespace or namespace
        for one in self.objects:
            if one["kind"] == resource.kind and one["metadata"].get("name") == name and _is_in(one, resource, scope):
                return one
        cluster = self._connect(f"{resource.kind} {name}")
        return read_one(cluster, resource, (scope or cluster.access.namespace) if resource.namespaced else None, name)

    def _connect(self, wanted: str) -> Cluster:
        try:
            self._cluster = self._cluster or Cluster.current()
        except Problem as problem:
            what = f"{wanted} is in none of the files, and {problem.what}"
            raise Problem(
                what, f"give its manifest with --with FILE, or {problem.remedy}", code=problem.code
            ) from problem
        return self._cluster


def read_objects(sources: Iterable[str]) -> tuple[Manifest, ...]:
    """Return the objects of YAML or JSON files, those of a List (as kubectl prints it) one by one."""
    objects: list[Manifest] = []
    for source in sources:
        items = [item for document in read_manifests(source) for item in _items(document)]
        require_objects(called(source), items)
        objects += items
    return tuple(objects)


def parse(model: type[M], manifest: Manifest) -> M:
    """Return an object as its model; raises Problem that names the first field that is wrong."""
    try:
        return model.model_validate(manifest)
    except ValidationError as broken:
        kind = model.__name__
        what = f"{kind} {manifest['metadata'].get('name')} is not valid: {first_fault(broken)}"
        raise Problem(what, f"see `kubectl explain {kind.lower()}.spec`", code=ExitCode.USAGE) from broken


def _items(document: dict[str, Any]) -> Iterator[Any]:
    items = document.get("items") or ()
    if document["kind"] == "List":
        yield from items if isinstance(items, list) else [items]
    else:
        yield document


def _is_in(one: Manifest, resource: Resource, namespace: str | None) -> bool:
    stated = one["metadata"].get("namespace")
    return not resource.namespaced or stated is None or namespace is None or stated == namespace
