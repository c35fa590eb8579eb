"""Hansa's kinds as the command line reads them, and names that a person may have meant."""

import difflib
import re
from collections.abc import Iterable

from hansa_cli.cluster.client import ApiRefused, Cluster, Manifest, Resource
from hansa_cli.problem import ExitCode, Problem, passes

GROUP_VERSION = "hansa.dev/v1alpha1"
AIJOBS = Resource(GROUP_VERSION, "aijobs", "AIJob", namespaced=True)
CREDIT_LINES = Resource(GROUP_VERSION, "creditlines", "CreditLine", namespaced=True)
PROVIDERS = Resource(GROUP_VERSION, "providers", "Provider", namespaced=False)
POOLS = Resource(GROUP_VERSION, "providerpools", "ProviderPool", namespaced=False)
HUBS = Resource(GROUP_VERSION, "hubs", "Hub", namespaced=False)
SERVICES = Resource(GROUP_VERSION, "aiservices", "AIService", namespaced=False)
SETTLEMENTS = Resource(GROUP_VERSION, "settlements", "Settlement", namespaced=False)

_UNTYPED = "failed to create typed patch object"
"""What is wrong with a manifest, though the API server answers it with 500, as if it were its own fault."""
_BARE = re.compile(r"(\S+): expected string, got &value\.valueUnstructured\{Value:([\w.+-]+)\}")
"""How the API server tells, when it applies an object, that YAML took a value for a number or for yes or no."""


def read_all(cluster: Cluster, resource: Resource, namespace: str | None = None) -> list[Manifest]:
    """Return all objects of one of Hansa's kinds, sorted by namespace and name."""
    try:
        found = list(cluster.list_all(resource, namespace))
    except ApiRefused as refused:
        raise explain(refused) from refused
    return sorted(found, key=lambda item: (item["metadata"].get("namespace", ""), item["metadata"]["name"]))


def find_one(cluster: Cluster, resource: Resource, namespace: str | None, name: str) -> Manifest | None:
    """Return one object, or None when there is none; raises Problem when the API server refuses."""
    try:
        return cluster.get(resource, namespace, name)
    except ApiRefused as refused:
        raise explain(refused) from refused


def read_one(cluster: Cluster, resource: Resource, namespace: str | None, name: str) -> Manifest:
    """Return one object; raises Problem that names the nearest match when there is none."""
    found = find_one(cluster, resource, namespace, name)
    if found is not None:
        return found
    names = [item["metadata"]["name"] for item in read_all(cluster, resource, namespace)]
    where = f" in namespace {namespace}" if namespace else ""
    raise Problem(f"there is no {resource.kind} {name}{where}", suggest(name, names), code=ExitCode.NOT_FOUND)


def suggest(name: str, names: Iterable[str]) -> str:
    """Return a remedy that names what the person may have meant."""
    known = sorted(names)
    near = difflib.get_close_matches(name, known, n=1)
    if near:
        return f"did you mean {near[0]}?"
    return f"there are: {', '.join(known[:10])}" if known else "there are none here: try another namespace with -n"


def explain(refused: ApiRefused) -> Problem:
    """Return what a person can do about the API server's answer."""
    match refused.status:
        case 404:
            what = f"this cluster does not serve {GROUP_VERSION}: {refused}"
            return Problem(
                what, "install Hansa's CRDs: kubectl apply --server-side -f crds/", code=ExitCode.UNREACHABLE
            )
        case 401 | 403:
            return Problem(str(refused), "ask the cluster's admin for this permission", code=ExitCode.REFUSED)
        case status if passes(status) and _UNTYPED not in str(refused):
            what = f"the Kubernetes API is not ready: {refused}"
            return Problem(what, "try again in a moment", code=ExitCode.UNREACHABLE)
        case _:
            return _explain_manifest(str(refused))


def _explain_manifest(told: str) -> Problem:
    """Return what to correct; a value that lacks its quotes is what everybody forgets, and the words for it are odd."""
    bare = _BARE.search(told)
    if bare is None:
        return Problem(told, "correct the manifest and try again", code=ExitCode.REFUSED)
    field, value = bare.groups()
    return Problem(
        f"{field.lstrip('.')} must be a text, and is {value}", f'put it into quotes: "{value}"', code=ExitCode.REFUSED
    )
