"""The operator's client on a real API server."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from hansa_operator.adapters.kube.access import AccessUnknown, load_access
from hansa_operator.adapters.kube.client import FINALIZER, KubeClient
from hansa_operator.adapters.kube.lease import Leases
from hansa_operator.adapters.kube.resources import path_of, ref_of
from hansa_operator.adapters.kube.session import Session
from hansa_operator.api.aijob import AIJobStatus, AttemptStatus
from hansa_operator.api.meta import Condition
from hansa_operator.ports.kube import ApiUnreachable, Conflict, Event, Forbidden, Invalid, NotFound, ObjectRef
from tests.fixtures.controlplane import ControlPlane
from tests.integration.kube.manifests import manifest
from tests.integration.kube.writes import hold, set_status


async def _job(kube: KubeClient, namespace: str, name: str = "job") -> ObjectRef:
    return ref_of(await kube.create(manifest("AIJob", name, namespace)))


async def _metadata(kube: KubeClient, ref: ObjectRef) -> dict[str, Any]:
    found = await kube.get(ref)
    assert found is not None
    metadata: dict[str, Any] = found["metadata"]
    return metadata


def _status(**fields: Any) -> dict[str, Any]:
    admitted = Condition(
        type="Admitted",
        status="True",
        reason="QuotaReserved",
        message="reserved",
        last_transition_time="2026-01-01T00:00:00Z",
        observed_generation=1,
    )
    return AIJobStatus(observed_generation=1, conditions=(admitted,), **fields).manifest()


async def test_an_absent_object_is_none(kube: KubeClient, namespace: str) -> None:
    assert await kube.get(ObjectRef("AIJob", namespace, "nobody")) is None


async def test_creating_twice_is_a_conflict(kube: KubeClient, namespace: str) -> None:
    await _job(kube, namespace)
    with pytest.raises(Conflict):
        await _job(kube, namespace)


async def test_a_list_goes_through_all_pages(kube: KubeClient, namespace: str) -> None:
    names = {(await _job(kube, namespace, f"job-{number}")).name for number in range(8)}
    listed = [item async for item in kube.list_all("AIJob") if item["metadata"]["namespace"] == namespace]
    assert {item["metadata"]["name"] for item in listed} == names
    assert len(listed) == len(names)
    assert {item["kind"] for item in listed} == {"AIJob"}


async def test_an_applied_status_replaces_the_one_before(kube: KubeClient, namespace: str) -> None:
    ref = await _job(kube, namespace)
    attempt = AttemptStatus(index=0, provider="north", submission_id="a-0")
    await set_status(kube, ref, _status(phase="Running", current_attempt=attempt))
    after = await set_status(kube, ref, _status(phase="Queued"))
    assert after["status"]["phase"] == "Queued"
    assert "currentAttempt" not in after["status"]
    assert AIJobStatus.model_validate(after["status"]).manifest() == _status(phase="Queued")
    assert after["spec"] == manifest("AIJob", "job", namespace)["spec"]


async def test_the_same_status_again_writes_nothing(kube: KubeClient, namespace: str) -> None:
    ref = await _job(kube, namespace)
    first = await set_status(kube, ref, _status(phase="Queued"))
    again = await set_status(kube, ref, _status(phase="Queued"))
    assert again["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]


async def test_a_status_for_a_missing_object_is_not_found_and_creates_nothing(kube: KubeClient, namespace: str) -> None:
    ref = ObjectRef("AIJob", namespace, "gone")
    with pytest.raises(NotFound):
        await kube.apply_status(ref, _status(), uid="1", version="1")
    assert await kube.get(ref) is None


async def test_a_status_that_breaks_the_schema_is_invalid_and_says_where(kube: KubeClient, namespace: str) -> None:
    ref = await _job(kube, namespace)
    with pytest.raises(Invalid, match=r"status\.usage\.amount.*decimal amount"):
        await set_status(kube, ref, {"usage": {"gpuMilliseconds": 1, "amount": "many"}})


async def test_the_finalizer_comes_and_goes_beside_those_of_others(
    kube: KubeClient, kube_session: Session, namespace: str
) -> None:
    ref = await _job(kube, namespace)
    await kube_session.merge(path_of(ref), {"metadata": {"finalizers": ["example.org/other"]}})
    for _ in range(2):
        await hold(kube, ref, present=True)
    assert (await _metadata(kube, ref))["finalizers"] == ["example.org/other", FINALIZER]
    for _ in range(2):
        await hold(kube, ref, present=False)
    assert (await _metadata(kube, ref))["finalizers"] == ["example.org/other"]
    await kube_session.merge(path_of(ref), {"metadata": {"finalizers": None}})


async def test_a_status_leaves_the_finalizer_alone(kube: KubeClient, namespace: str) -> None:
    ref = await _job(kube, namespace)
    await hold(kube, ref, present=True)
    await set_status(kube, ref, _status(phase="Running"))
    assert (await _metadata(kube, ref))["finalizers"] == [FINALIZER]
    await hold(kube, ref, present=False)


async def test_a_held_object_goes_when_the_finalizer_does(kube: KubeClient, namespace: str) -> None:
    ref = await _job(kube, namespace)
    uid = (await _metadata(kube, ref))["uid"]
    await hold(kube, ref, present=True)
    await kube.delete(ref)
    assert "deletionTimestamp" in await _metadata(kube, ref)
    await hold(kube, ref, present=False)
    assert await kube.get(ref) is None
    await kube.set_finalizer(ref, uid=uid, present=False)


async def test_what_is_being_deleted_cannot_be_held_any_more(
    kube: KubeClient, kube_session: Session, namespace: str
) -> None:
    ref = await _job(kube, namespace)
    uid = (await _metadata(kube, ref))["uid"]
    await kube_session.merge(path_of(ref), {"metadata": {"finalizers": ["example.org/other"]}})
    await kube.delete(ref)
    with pytest.raises(NotFound, match="being deleted"):
        await hold(kube, ref, present=True)
    await kube_session.merge(path_of(ref), {"metadata": {"finalizers": None}})
    with pytest.raises(NotFound, match="gone"):
        await kube.set_finalizer(ref, uid=uid, present=True)


async def test_a_status_is_written_though_others_changed_the_object_since(
    kube: KubeClient, kube_session: Session, namespace: str
) -> None:
    ref = await _job(kube, namespace)
    seen = await _metadata(kube, ref)
    await kube_session.merge(path_of(ref), {"metadata": {"labels": {"team": "north"}}})
    written = _status(phase="Running")
    after = await kube.apply_status(ref, written, uid=seen["uid"], version=seen["resourceVersion"])
    assert (after["status"]["phase"], after["metadata"]["labels"]) == ("Running", {"team": "north"})


async def test_a_later_object_of_the_same_name_gets_no_status_of_the_one_before(
    kube: KubeClient, namespace: str
) -> None:
    ref = await _job(kube, namespace)
    seen = await _metadata(kube, ref)
    await kube.delete(ref)
    await _job(kube, namespace)
    with pytest.raises(NotFound, match="gone"):
        await kube.apply_status(ref, _status(phase="Succeeded"), uid=seen["uid"], version=seen["resourceVersion"])
    later = await kube.get(ref)
    assert later is not None
    assert "status" not in later


async def test_a_later_object_of_the_same_name_keeps_its_finalizer(kube: KubeClient, namespace: str) -> None:
    ref = await _job(kube, namespace)
    first = (await _metadata(kube, ref))["uid"]
    await kube.delete(ref)
    await _job(kube, namespace)
    with pytest.raises(NotFound, match="gone"):
        await kube.set_finalizer(ref, uid=first, present=True)
    await hold(kube, ref, present=True)
    await kube.set_finalizer(ref, uid=first, present=False)
    assert (await _metadata(kube, ref))["finalizers"] == [FINALIZER]
    await hold(kube, ref, present=False)


async def test_a_later_object_of_the_same_name_is_not_deleted(kube: KubeClient, namespace: str) -> None:
    ref = await _job(kube, namespace)
    first = (await _metadata(kube, ref))["uid"]
    await kube.delete(ref, uid=first)
    await _job(kube, namespace)
    await kube.delete(ref, uid=first)
    assert await kube.get(ref) is not None
    await kube.delete(ref)
    await kube.delete(ref)


async def test_configmaps_and_secrets_are_read_as_bytes(kube: KubeClient, namespace: str) -> None:
    metadata = {"name": "code", "namespace": namespace}
    data = {"data": {"a.py": "print()\n"}, "binaryData": {"b.bin": "AP8="}}
    await kube.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, **data})
    await kube.create({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": {"key": "AQI="}})
    assert await kube.read_configmap(namespace, "code") == {"a.py": b"print()\n", "b.bin": b"\x00\xff"}
    assert await kube.read_secret(namespace, "code") == {"key": b"\x01\x02"}
    assert await kube.read_configmap(namespace, "none") is None
    assert await kube.read_secret(namespace, "none") is None


async def test_an_event_is_told_once_and_shown_by_kubectl(
    kube: KubeClient, namespace: str, controlplane: ControlPlane
) -> None:
    ref = await _job(kube, namespace)
    uid = (await _metadata(kube, ref))["uid"]
    for _ in range(2):
        await kube.emit(Event(ref, uid, "BudgetExceeded", "it costs more", warning=True))
    events = [item async for item in kube.list_all("Event") if item["metadata"]["namespace"] == namespace]
    assert [(item["reason"], item["type"], item["count"]) for item in events] == [("BudgetExceeded", "Warning", 2)]
    assert "it costs more" in controlplane.kubectl("describe", "aijob", "job", "-n", namespace).stdout


async def test_events_of_one_second_are_shown_in_their_order(
    kube: KubeClient, namespace: str, controlplane: ControlPlane
) -> None:
    ref = await _job(kube, namespace)
    uid, reasons = (await _metadata(kube, ref))["uid"], [f"Step{number}" for number in (3, 1, 4, 2, 5)]
    for reason in reasons:
        await kube.emit(Event(ref, uid, reason, "done", warning=False))
    described = controlplane.kubectl("describe", "aijob", "job", "-n", namespace).stdout
    assert re.findall(r"Step\d", described) == reasons


async def test_an_event_that_the_server_has_dropped_is_told_anew(kube: KubeClient, namespace: str) -> None:
    ref = await _job(kube, namespace)
    event = Event(ref, (await _metadata(kube, ref))["uid"], "Placed", "on berlin", warning=False)
    await kube.emit(event)
    (first,) = [item async for item in kube.list_all("Event") if item["metadata"]["namespace"] == namespace]
    await kube.delete(ObjectRef("Event", namespace, first["metadata"]["name"]))
    await kube.emit(event)
    (second,) = [item async for item in kube.list_all("Event") if item["metadata"]["namespace"] == namespace]
    assert second["count"] == 1


async def test_an_event_that_cannot_be_recorded_stops_nobody(kube: KubeClient, unique: str) -> None:
    await kube.emit(Event(ObjectRef("AIJob", unique, "job"), "u", "Reason", "text", warning=False))


async def test_a_lease_has_one_holder(kube: KubeClient, kube_session: Session, namespace: str) -> None:
    other = KubeClient(kube_session)
    tries = [client.hold_lease(namespace, "lead", who, seconds=30) for client, who in ((kube, "a"), (other, "b"))]
    assert sorted(await asyncio.gather(*tries)) == [False, True]


async def test_a_lease_is_renewed_and_handed_over(kube: KubeClient, kube_session: Session, namespace: str) -> None:
    other = KubeClient(kube_session)
    assert await kube.hold_lease(namespace, "lead", "a", seconds=30)
    assert await kube.hold_lease(namespace, "lead", "a", seconds=30)
    assert not await other.hold_lease(namespace, "lead", "b", seconds=30)
    await other.release_lease(namespace, "lead", "b")
    assert not await other.hold_lease(namespace, "lead", "b", seconds=30)
    await kube.release_lease(namespace, "lead", "a")
    assert await other.hold_lease(namespace, "lead", "b", seconds=30)
    assert not await kube.hold_lease(namespace, "lead", "a", seconds=30)


async def test_a_lease_that_nobody_renews_is_taken_after_its_time(kube_session: Session, namespace: str) -> None:
    now = 0.0
    holder, waiting = (Leases(kube_session, clock=lambda: now) for _ in range(2))
    assert await holder.hold(namespace, "lead", "a", seconds=15)
    assert not await waiting.hold(namespace, "lead", "b", seconds=15)
    now = 14.0
    assert await holder.hold(namespace, "lead", "a", seconds=15)
    assert not await waiting.hold(namespace, "lead", "b", seconds=15)
    now = 28.0
    assert not await waiting.hold(namespace, "lead", "b", seconds=15)
    now = 29.0
    assert await waiting.hold(namespace, "lead", "b", seconds=15)
    assert not await holder.hold(namespace, "lead", "a", seconds=15)


async def test_a_missing_permission_is_named(controlplane: ControlPlane, namespace: str, tmp_path: Path) -> None:
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "stranger"}}
    controlplane.kubectl("apply", "-n", namespace, "-f", "-", stdin=yaml.safe_dump(account))
    token = controlplane.kubectl("create", "token", "stranger", "-n", namespace, "--duration=10m")
    assert token.returncode == 0, token.stderr
    config = yaml.safe_load(controlplane.kubeconfig.read_text())
    config["users"][0]["user"] = {"tokenFile": "token"}
    (tmp_path / "token").write_text(token.stdout)
    (tmp_path / "kubeconfig").write_text(yaml.safe_dump(config))
    session = Session(load_access(tmp_path / "kubeconfig"))
    try:
        with pytest.raises(Forbidden, match=r'cannot get resource "aijobs".*Grant this'):
            await KubeClient(session).get(ObjectRef("AIJob", namespace, "job"))
        (tmp_path / "token").write_text("expired")
        with pytest.raises(Forbidden, match="renew its token"):
            await KubeClient(session).get(ObjectRef("AIJob", namespace, "job"))
    finally:
        await session.close()


async def test_a_kind_that_is_not_served_is_not_taken_for_an_absent_object(kube_session: Session) -> None:
    with pytest.raises(ApiUnreachable, match="install or update the CRDs"):
        await kube_session.get("/apis/hansa.dev/v1alpha1/namespaces/default/unknowns/x")


async def test_no_answer_is_not_taken_for_absence(controlplane: ControlPlane, tmp_path: Path) -> None:
    config = yaml.safe_load(controlplane.kubeconfig.read_text())
    # Port 1 of the loopback interface: nothing listens there.
    config["clusters"][0]["cluster"]["server"] = "https://127.0.0.1:1"
    (tmp_path / "kubeconfig").write_text(yaml.safe_dump(config))
    session = Session(load_access(tmp_path / "kubeconfig"))
    try:
        client = KubeClient(session)
        assert not await client.ready()
        with pytest.raises(ApiUnreachable, match="does not answer"):
            await client.get(ObjectRef("AIJob", "default", "job"))
    finally:
        await session.close()


@pytest.mark.parametrize("content", ["", "{}", "current-context: x\ncontexts: []", ":\n -"])
def test_an_unusable_kubeconfig_says_what_to_do(content: str, tmp_path: Path) -> None:
    (tmp_path / "config").write_text(content)
    with pytest.raises(AccessUnknown, match="set KUBECONFIG"):
        load_access(tmp_path / "config")
    with pytest.raises(AccessUnknown, match="set KUBECONFIG"):
        load_access(tmp_path / "none")


@pytest.mark.parametrize(
    "text", ["\U0001f680 \U00010000", "grüße \x7f \x85 \ufeff \u2028"], ids=["beyond 16 bits", "odd"]
)
async def test_a_status_tells_any_text(kube: KubeClient, namespace: str, text: str) -> None:
    ref = ref_of(await kube.create(manifest("AIJob", "job", namespace)))
    await set_status(kube, ref, {"phase": text})
    seen = await kube.get(ref)
    assert seen is not None
    assert seen["status"]["phase"] == text
