"""What a contract or a promise rests on stays as it was created; what may change does."""

from collections.abc import Mapping
from typing import Any

import pytest

from hansa_operator.adapters.kube.client import KubeClient
from hansa_operator.adapters.kube.resources import path_of, ref_of
from hansa_operator.adapters.kube.session import Session
from hansa_operator.ports.kube import Invalid
from tests.integration.kube.manifests import ABSENT, ONE, TWO, Case, changed, manifest
from tests.integration.kube.places import spec_rules

_AFRESH = "delete the job and apply a new one under another name"
_VERSION = "publish another version as an AIService with another name"
_HUB = "batches and lines refer to it; create another Hub"
_SEALED = "a Settlement cannot be changed"


def _job(path: str, value: Any) -> Case:
    field = f"spec.{path}"
    where = ".".join(path.split(".")[:2]) if path.startswith("scheduling") else path.split(".", maxsplit=1)[0]
    return Case(
        f"a job's {path} stays", "AIJob", {field: value}, f"spec.{where}", f"{where} cannot be changed: {_AFRESH}"
    )


def _fixed(kind: str, path: str, value: Any, what: str, remedy: str) -> Case:
    return Case(
        f"the {path} of {kind} stays", kind, {f"spec.{path}": value}, "spec", f"{what} cannot be changed: {remedy}"
    )


FIXED = (
    _job("poolRef.name", "other"),
    _job("creditLineRef.name", "other"),
    _job("workload.entrypoint", ["python", "other.py"]),
    _job("resources.gpus", 2),
    _job("parallelism", 3),
    _job("parallelism", ABSENT),
    _job("placement.trust", "Listed"),
    _job("budget.maxAmount", "99"),
    _job("scheduling.queue", "other"),
    _job("scheduling.retries", 2),
    _job("scheduling.startDeadlineSeconds", 61),
    _job("scheduling.activeDeadlineSeconds", 601),
    _job("outputs.maxBytes", 2),
    _job("verification.mode", "None"),
    _job("idempotencyKey", "twice"),
    _job("idempotencyKey", ABSENT),
    _job("order.nonce", 2),
    Case(
        "a job does not turn into a service's",
        "AIJob",
        {"spec.workload": ABSENT, "spec.serviceRef": {"name": "s"}},
        "spec.serviceRef",
        f"serviceRef cannot be changed: {_AFRESH}",
    ),
    _fixed("AIService", "version", "2", "version", _VERSION),
    _fixed("AIService", "publisher", TWO, "publisher", _VERSION),
    _fixed("AIService", "payout", TWO, "payout", _VERSION),
    _fixed("AIService", "royaltyBps", 1, "royaltyBps", _VERSION),
    _fixed("AIService", "workload.entrypoint", ["sh"], "workload", _VERSION),
    _fixed("AIService", "contentDigest", "0x" + "d" * 64, "contentDigest", _VERSION),
    _fixed("CreditLine", "authorization.tenant", "other", "authorization", "it is what the customer signed"),
    _fixed("Hub", "chainID", 1, "chainID", _HUB),
    _fixed("Hub", "address", TWO, "address", _HUB),
    _fixed("Hub", "contracts.settlement", ONE, "contracts.settlement", _HUB),
    _fixed("Provider", "address", TWO, "address", "it is the provider's identity on chain"),
    _fixed("ProviderPool", "backend", "KubeRay", "backend", "create another pool"),
    Case("a settlement's epoch stays", "Settlement", {"spec.epoch": 8}, "spec", _SEALED),
    Case("a settlement's roots stay", "Settlement", {"spec.parts.0.jobsRoot": "0x" + "e" * 64}, "spec", _SEALED),
    Case("a settlement's file stays", "Settlement", {"spec.batch.sizeBytes": 11}, "spec", _SEALED),
)
ALLOWED = (
    ("AIJob", {"spec.suspend": True}),
    ("AIJob", {"spec.scheduling.priority": 5}),
    ("AIJob", {"spec.ttlSecondsAfterFinished": 60}),
    ("CreditLine", {"spec.paused": True}),
    ("Hub", {"spec.rpcSecretRef.name": "other"}),
    ("Provider", {"spec.approved": False, "spec.offers.0.unitPrice": "3"}),
    # A pool whose hub is not there is mended so.
    ("ProviderPool", {"spec.maxWorkers": 16, "spec.hubRef.name": "other"}),
)


@pytest.mark.parametrize("case", FIXED, ids=str)
async def test_refused_when_changed(case: Case, kube: KubeClient, kube_session: Session, namespace: str) -> None:
    before = await kube.create(manifest(case.kind, namespace, namespace))
    try:
        with pytest.raises(Invalid) as refused:
            await kube_session.put(path_of(ref_of(before)), changed(before, case.changes))
        assert case.field in str(refused.value)
        assert case.remedy in str(refused.value)
    finally:
        await kube.delete(ref_of(before))


@pytest.mark.parametrize(("kind", "changes"), ALLOWED, ids=[f"{kind}: {', '.join(paths)}" for kind, paths in ALLOWED])
async def test_what_may_change_does(
    kind: str, changes: Mapping[str, Any], kube: KubeClient, kube_session: Session, namespace: str
) -> None:
    before = await kube.create(manifest(kind, namespace, namespace))
    after = await kube_session.put(path_of(ref_of(before)), changed(before, changes))
    await kube.delete(ref_of(before))
    assert after["metadata"]["generation"] == before["metadata"]["generation"] + 1


def test_each_field_that_stays_has_its_case() -> None:
    untested = [
        (kind, message)
        for kind, message in spec_rules()
        if "cannot be changed" in message and not any(case.kind == kind and case.remedy in message for case in FIXED)
    ]
    assert untested == []
