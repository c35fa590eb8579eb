"""Leave a borrowed cluster as it was: jobs go first, while the operator runs, and the rest when it has ended."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hansa_cli.cluster.access import load_access
from hansa_cli.cluster.client import NAMESPACES, ApiRefused, Cluster, Resource
from hansa_cli.cluster.hansa_kinds import CREDIT_LINES, HUBS, POOLS, PROVIDERS, SERVICES, SETTLEMENTS
from hansa_cli.problem import ExitCode, Problem
from hansa_cli.sandbox.cast import Cast
from hansa_cli.sandbox.home import Record
from hansa_cli.sandbox.manifests import CREDIT_LINE, SYSTEM
from hansa_cli.sandbox.operator_account import ACCOUNT, GROUP

CLUSTER_ROLES = Resource(f"{GROUP}/v1", "clusterroles", "ClusterRole", namespaced=False)
CLUSTER_ROLE_BINDINGS = Resource(f"{GROUP}/v1", "clusterrolebindings", "ClusterRoleBinding", namespaced=False)
WITHOUT = (
    "point HANSA_KUBECONFIG at a cluster that you administer, or leave it out: `hansa up` starts a Kubernetes API of "
    "its own"
)
PATIENCE_SECONDS = 90.0
LOOK_SECONDS = 0.5


def require_borrowed(kubeconfig: Path) -> None:
    """Check that a cluster answers and lets us look at namespaces; raises Problem with the way out of `hansa up`."""
    try:
        Cluster(load_access(kubeconfig)).get(NAMESPACES, None, SYSTEM)
    except Problem as problem:
        raise Problem(problem.what, WITHOUT, code=problem.code) from problem
    except ApiRefused as refused:
        what = f"the cluster of HANSA_KUBECONFIG ({kubeconfig}) refuses: {refused}"
        raise Problem(what, WITHOUT, code=ExitCode.REFUSED) from refused


def remove_tenants(record: Record, cast: Cast) -> None:
    """Delete the customers' namespaces with their jobs; the operator must still run, since it lets go of them."""
    cluster = Cluster(load_access(Path(record.kubeconfig)))
    customers = [customer.namespace for customer in cast.customers]
    with _explained():
        for namespace in customers:
            cluster.delete(CREDIT_LINES, namespace, CREDIT_LINE)
            cluster.delete(NAMESPACES, None, namespace)
        _wait_gone(cluster, customers)


def remove_objects(record: Record, cast: Cast) -> None:
    """Delete the rest of what `hansa up` applied; the operator must be gone, since it would make settlements anew.

    The CRDs stay: others may use them.
    """
    cluster = Cluster(load_access(Path(record.kubeconfig)))
    with _explained():
        for resource, names in _shared(cluster, cast):
            for name in names:
                cluster.delete(resource, None, name)
        for resource in (CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES):
            cluster.delete(resource, None, ACCOUNT)
        cluster.delete(NAMESPACES, None, SYSTEM)
        _wait_gone(cluster, [SYSTEM])


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except ApiRefused as refused:
        what = f"the cluster refused to delete what `hansa up` made: {refused}"
        raise Problem(what, "delete it by hand") from refused


def _shared(cluster: Cluster, cast: Cast) -> list[tuple[Resource, list[str]]]:
    settlements = [item["metadata"]["name"] for item in cluster.list_all(SETTLEMENTS)]
    return [
        (SERVICES, [cast.product.name]),
        (PROVIDERS, [merchant.name for merchant in cast.providers]),
        (POOLS, [cast.pool]),
        (SETTLEMENTS, [name for name in settlements if name.startswith(f"{cast.hub}-")]),
        (HUBS, [cast.hub]),
    ]


def _wait_gone(cluster: Cluster, names: list[str]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while left := [name for name in names if cluster.get(NAMESPACES, None, name) is not None]:
        if time.monotonic() > until:
            raise Problem(f"namespaces {', '.join(left)} are still there", f"kubectl describe namespace {left[0]}")
        time.sleep(LOOK_SECONDS)
