"""The API server refuses what is wrong, naming the field and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from hansa_operator.adapters.kube.client import KubeClient
from hansa_operator.adapters.kube.resources import path_of, ref_of
from hansa_operator.adapters.kube.session import Session
from hansa_operator.api.crd import build_crds
from hansa_operator.api.kinds import KINDS
from hansa_operator.api.rules import VALIDATIONS
from hansa_operator.ports.kube import Invalid
from tests.integration.kube.manifests import ABSENT, ONE, TWO, changed, manifest
from tests.integration.kube.places import schema_of


@dataclass(frozen=True, slots=True)
class Case:
    """State a change of a valid object that is refused: the claim, and the field and remedy that the answer names."""

    claim: str
    kind: str
    changes: Mapping[str, Any]
    field: str
    remedy: str


def _ids(cases: tuple[Case, ...]) -> list[str]:
    return [case.claim for case in cases]


_AMOUNT = 'as a quoted string, such as "12.50"'
REFUSED = (
    Case(
        "a job needs a service or a workload",
        "AIJob",
        {"spec.workload": ABSENT},
        "spec",
        "exactly one of serviceRef",
    ),
    Case(
        "a job has a service or a workload, not both",
        "AIJob",
        {"spec.serviceRef": {"name": "s"}},
        "spec",
        "exactly one of serviceRef",
    ),
    Case("a budget is not negative", "AIJob", {"spec.budget.maxAmount": "-1"}, "spec.budget.maxAmount", _AMOUNT),
    Case("a budget has no unit", "AIJob", {"spec.budget.maxAmount": "12 USD"}, "spec.budget.maxAmount", _AMOUNT),
    Case(
        "a budget has at most 18 decimals",
        "AIJob",
        {"spec.budget.maxAmount": "1." + "0" * 19},
        "spec.budget.maxAmount",
        _AMOUNT,
    ),
    Case("a price is an amount", "AIJob", {"spec.budget.maxUnitPrice": "1e3"}, "spec.budget.maxUnitPrice", _AMOUNT),
    Case(
        "an entrypoint is a list",
        "AIJob",
        {"spec.workload.entrypoint": "python train.py"},
        "spec.workload.entrypoint",
        "must be of type array",
    ),
    Case("a job has a budget", "AIJob", {"spec.budget": ABSENT}, "spec.budget", "Required value"),
    Case("an object has a spec", "AIJob", {"spec": ABSENT}, "spec", "Required value"),
    Case("an order is whole", "AIJob", {"spec.order.specVersion": ABSENT}, "spec.order.specVersion", "Required value"),
    Case(
        "a provider is reached in one way",
        "Provider",
        {"spec.access.agent": {"endpoint": "https://agent"}},
        "spec.access",
        "exactly one of nodes",
    ),
    Case(
        "one price a model and vault",
        "Provider",
        {"spec.offers": [{"gpuModel": "L4", "vault": TWO, "unitPrice": price} for price in ("1", "2")]},
        "spec.offers[1]",
        "Duplicate value",
    ),
    Case(
        "a pool's floor is below its bound",
        "ProviderPool",
        {"spec.minWorkers": 9},
        "spec.minWorkers",
        "minWorkers must not exceed maxWorkers",
    ),
    Case(
        "a pool has a known backend", "ProviderPool", {"spec.backend": "Docker"}, "spec.backend", '"Local", "KubeRay"'
    ),
    Case("a hub has a vault", "Hub", {"spec.vaults": []}, "spec.vaults", "at least 1 items"),
    Case("a settlement has parts", "Settlement", {"spec.parts": []}, "spec.parts", "at least 1 items"),
    Case(
        "a budget is more than nothing, with decimals too",
        "AIJob",
        {"spec.budget.maxAmount": "0.00"},
        "spec.budget.maxAmount",
        "must be more than 0",
    ),
    Case(
        "an entrypoint names a program",
        "AIJob",
        {"spec.workload.entrypoint": [""]},
        "spec.workload.entrypoint",
        "must name a program",
    ),
)


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
    ("ProviderPool", {"spec.maxWorkers": 16}),
)


@pytest.mark.parametrize("case", REFUSED, ids=_ids(REFUSED))
async def test_refused_when_created(case: Case, kube: KubeClient, namespace: str) -> None:
    wrong = manifest(case.kind, namespace, namespace, case.changes)
    with pytest.raises(Invalid) as refused:
        await kube.create(wrong)
    assert case.field in str(refused.value)
    assert case.remedy in str(refused.value)


@pytest.mark.parametrize("case", FIXED, ids=_ids(FIXED))
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


@pytest.mark.parametrize("kind", KINDS)
async def test_nothing_is_added_to_what_was_applied(kind: str, kube: KubeClient, namespace: str) -> None:
    wanted = manifest(kind, namespace, namespace)
    made = await kube.create(wanted)
    await kube.delete(ref_of(made))
    assert made["spec"] == wanted["spec"]


def test_each_rule_about_a_whole_spec_has_its_case() -> None:
    """Those about a value are tried in each of their places: test_places.py."""
    told = {(case.kind, case.remedy) for case in (*REFUSED, *FIXED)}
    stated = [(crd["spec"]["names"]["kind"], schema_of(crd)["properties"]["spec"]) for crd in build_crds()]
    untested = [
        (kind, one["message"])
        for kind, spec in stated
        for one in spec.get(VALIDATIONS, ())
        if not any(of == kind and remedy in one["message"] for of, remedy in told)
    ]
    assert untested == []
