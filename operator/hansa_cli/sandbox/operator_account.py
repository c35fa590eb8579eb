"""The operator's own account in the cluster: a ServiceAccount with the roles of the chart, and its kubeconfig."""

import json
from collections.abc import Iterator
from pathlib import Path

import yaml

from hansa_cli.cluster.client import Cluster
from hansa_cli.sandbox.manifests import SYSTEM, Manifest
from hansa_cli.shipped import operator_role

ACCOUNT = "hansa-operator"
TOKEN_SECONDS = 30 * 86_400
GROUP = "rbac.authorization.k8s.io"


def account_objects() -> Iterator[Manifest]:
    """Yield the ServiceAccount, its roles and their bindings; the Role counts in the hub's namespace only."""
    yield {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": ACCOUNT, "namespace": SYSTEM}}
    for role in yaml.safe_load_all(operator_role().read_text()):
        metadata = {"name": ACCOUNT} if role["kind"] == "ClusterRole" else {"name": ACCOUNT, "namespace": SYSTEM}
        yield {**role, "metadata": metadata}
        yield {
            "apiVersion": role["apiVersion"],
            "kind": f"{role['kind']}Binding",
            "metadata": metadata,
            "roleRef": {"apiGroup": GROUP, "kind": role["kind"], "name": ACCOUNT},
            "subjects": [{"kind": "ServiceAccount", "name": ACCOUNT, "namespace": SYSTEM}],
        }


def write_account_kubeconfig(cluster: Cluster, admin: Path, path: Path) -> None:
    """Write a kubeconfig with a token of the operator's account for the cluster of the admin's kubeconfig."""
    body = {"spec": {"expirationSeconds": TOKEN_SECONDS}}
    asked = cluster.request("POST", f"/api/v1/namespaces/{SYSTEM}/serviceaccounts/{ACCOUNT}/token", body=body)
    config = yaml.safe_load(admin.read_text())
    context = next(item["context"] for item in config["contexts"] if item["name"] == config["current-context"])
    place = next(item["cluster"] for item in config["clusters"] if item["name"] == context["cluster"])
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "operator",
        "contexts": [{"name": "operator", "context": {"cluster": "hansa", "user": "operator", "namespace": SYSTEM}}],
        "clusters": [{"name": "hansa", "cluster": place}],
        "users": [{"name": "operator", "user": {"token": asked["status"]["token"]}}],
    }
    path.touch(mode=0o600)
    path.write_text(json.dumps(document, indent=2) + "\n")
