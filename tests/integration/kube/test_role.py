"""The operator's role is enough for all that its client does, and for no more."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from hansa_operator.adapters.kube.access import load_access
from hansa_operator.adapters.kube.client import KubeClient
from hansa_operator.adapters.kube.resources import path_of, ref_of
from hansa_operator.adapters.kube.session import Session
from hansa_operator.api.aijob import AIJobStatus
from hansa_operator.api.kinds import KINDS
from hansa_operator.ports.kube import Event, Forbidden, ObjectRef
from tests.fixtures.controlplane import ControlPlane
from tests.integration.kube.manifests import manifest
from tests.integration.kube.writes import hold, set_status

ROLES = Path(__file__).parents[3] / "charts" / "hansa" / "files" / "operator-role.yaml"
ACCOUNT = "operator"


@pytest.fixture
async def operator(
    controlplane: ControlPlane, kube: KubeClient, namespace: str, tmp_path: Path
) -> AsyncIterator[Session]:
    """Give a test the session of an account with the operator's role; its own namespace is the test's."""
    documents = list(_bound(namespace))
    applied = controlplane.kubectl("apply", "-f", "-", stdin=yaml.safe_dump_all(documents))
    assert applied.returncode == 0, applied.stderr
    token = controlplane.kubectl("create", "token", ACCOUNT, "-n", namespace)
    assert token.returncode == 0, token.stderr
    config = yaml.safe_load(controlplane.kubeconfig.read_text())
    config["users"][0]["user"] = {"token": token.stdout.strip()}
    (tmp_path / "kubeconfig").write_text(yaml.safe_dump(config))
    session = Session(load_access(tmp_path / "kubeconfig"))
    yield session
    await session.close()
    cluster_wide = yaml.safe_dump_all(one for one in documents if one["kind"].startswith("Cluster"))
    controlplane.kubectl("delete", "-f", "-", stdin=cluster_wide)


def _bound(namespace: str) -> list[dict[str, Any]]:
    """Return the roles, named for this test, with an account that has them."""
    account = {"kind": "ServiceAccount", "name": ACCOUNT, "namespace": namespace}
    made: list[dict[str, Any]] = [
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": ACCOUNT, "namespace": namespace}}
    ]
    for role in yaml.safe_load_all(ROLES.read_text()):
        metadata = {"name": f"{namespace}-operator", "namespace": namespace}
        reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": role["kind"], "name": metadata["name"]}
        binding = {"apiVersion": role["apiVersion"], "kind": f"{role['kind']}Binding", "metadata": metadata}
        made += [{**role, "metadata": metadata}, {**binding, "roleRef": reference, "subjects": [account]}]
    return made


async def test_the_role_is_enough_for_a_job(operator: Session, kube: KubeClient, namespace: str) -> None:
    client = KubeClient(operator)
    ref = ref_of(await kube.create(manifest("AIJob", "job", namespace)))
    for kind in KINDS:
        # Reading to the end is the claim: a missing permission raises.
        async for item in client.list_all(kind):
            assert item["kind"] == kind
    await hold(client, ref, present=True)
    await set_status(client, ref, AIJobStatus(phase="Running").manifest())
    await client.emit(Event(ref, "uid", "Started", "it runs", warning=False))
    assert await client.read_configmap(namespace, "code") is None
    assert await client.get(ObjectRef("Namespace", "", namespace)) is not None
    await hold(client, ref, present=False)
    await client.delete(ref)
    assert await kube.get(ref) is None
    told = [item["reason"] async for item in kube.list_all("Event") if item["metadata"]["namespace"] == namespace]
    assert told == ["Started"]


async def test_the_role_is_enough_to_lead_and_to_settle(operator: Session, kube: KubeClient, namespace: str) -> None:
    client = KubeClient(operator)
    assert await client.hold_lease(namespace, "hansa", "one", seconds=15)
    assert await client.hold_lease(namespace, "hansa", "one", seconds=15)
    await client.release_lease(namespace, "hansa", "one")
    assert await client.read_secret(namespace, "signer") is None
    made = await client.create(manifest("Settlement", namespace))
    await set_status(client, ref_of(made), {"phase": "Sealed"})
    await kube.delete(ref_of(made))


@pytest.mark.parametrize("kind", ["Hub", "Provider", "AIService", "ProviderPool", "CreditLine"])
async def test_the_role_does_not_change_what_people_wrote(
    kind: str, operator: Session, kube: KubeClient, namespace: str
) -> None:
    ref = ref_of(await kube.create(manifest(kind, namespace, namespace)))
    try:
        with pytest.raises(Forbidden, match="cannot patch"):
            await operator.merge(path_of(ref), {"metadata": {"labels": {"a": "b"}}})
    finally:
        await kube.delete(ref)


async def test_the_role_does_not_read_the_secrets_of_tenants(operator: Session) -> None:
    with pytest.raises(Forbidden, match='cannot get resource "secrets"'):
        await KubeClient(operator).read_secret("default", "password")
