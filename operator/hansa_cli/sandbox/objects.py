"""Put a sandbox's objects into its cluster: CRDs, namespaces, Secrets, and everything of hansa.dev."""

import time
from collections.abc import Iterable, Mapping
from typing import Any

from hansa_cli.cluster.client import ApiRefused, Cluster, Manifest, Resource
from hansa_cli.problem import Problem

CRDS = Resource("apiextensions.k8s.io/v1", "customresourcedefinitions", "CustomResourceDefinition", namespaced=False)
ESTABLISHED_SECONDS = 30.0
LOOK_SECONDS = 0.1


def apply_all(cluster: Cluster, manifests: Iterable[Mapping[str, Any]]) -> None:
    """Apply objects in order; raises Problem that names the one that was refused."""
    for manifest in manifests:
        try:
            cluster.apply(manifest)
        except ApiRefused as refused:
            name = f"{manifest['kind']} {manifest['metadata']['name']}"
            raise Problem(
                f"the API server refused {name}: {refused}", "this installation does not fit itself: reinstall"
            ) from refused


def apply_crds(cluster: Cluster, crds: Iterable[Mapping[str, Any]]) -> None:
    """Apply CRDs and wait until the API server serves them."""
    listed = list(crds)
    apply_all(cluster, listed)
    until = time.monotonic() + ESTABLISHED_SECONDS
    for crd in listed:
        name = crd["metadata"]["name"]
        while not _established(cluster.get(CRDS, None, name)):
            if time.monotonic() > until:
                raise Problem(f"the API server does not serve {name}", f"kubectl describe crd {name}")
            time.sleep(LOOK_SECONDS)


def _established(crd: Manifest | None) -> bool:
    conditions = ((crd or {}).get("status") or {}).get("conditions") or ()
    return any(item["type"] == "Established" and item["status"] == "True" for item in conditions)
