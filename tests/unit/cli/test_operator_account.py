"""The sandbox's operator has the roles of the chart, and nothing besides."""

from pathlib import Path

import yaml

from hansa_cli.sandbox.manifests import SYSTEM
from hansa_cli.sandbox.operator_account import ACCOUNT, account_objects

CHART = Path(__file__).parents[3] / "charts" / "hansa" / "files" / "operator-role.yaml"
OBJECTS = {item["kind"]: item for item in account_objects()}


def test_the_roles_are_those_of_the_chart() -> None:
    charted = {role["kind"]: role["rules"] for role in yaml.safe_load_all(CHART.read_text())}
    assert set(charted) == {"ClusterRole", "Role"}
    assert {kind: item["rules"] for kind, item in OBJECTS.items() if "rules" in item} == charted


def test_each_role_is_bound_to_the_account_alone() -> None:
    for kind in ("ClusterRole", "Role"):
        binding = OBJECTS[f"{kind}Binding"]
        assert (binding["roleRef"]["kind"], binding["roleRef"]["name"]) == (kind, OBJECTS[kind]["metadata"]["name"])
        assert binding["subjects"] == [{"kind": "ServiceAccount", "name": ACCOUNT, "namespace": SYSTEM}]


def test_secrets_and_leases_are_granted_in_the_hubs_namespace_only() -> None:
    assert OBJECTS["Role"]["metadata"] == OBJECTS["RoleBinding"]["metadata"] == {"name": ACCOUNT, "namespace": SYSTEM}
    wide = {resource for rule in OBJECTS["ClusterRole"]["rules"] for resource in rule["resources"]}
    assert not wide & {"secrets", "leases"}
