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
from tests.integration.kube.manifests import ABSENT, ONE, SHA, TWO, changed, manifest
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
_ADDRESS = "must be an EVM address: 0x and 40 hexadecimal digits"
_SHA = "64 lower-case hexadecimal digits, as `sha256sum FILE` prints it"
_SOURCE = {"image": "img", "configMapRef": {"name": "a"}, "archive": {"uri": "https://x/a.zip", "sha256": SHA}}
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
    Case(
        "code comes from one place",
        "AIJob",
        {"spec.workload.source": _SOURCE},
        "spec.workload.source",
        "set at most one of configMapRef",
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
    Case("a gang has at least one worker", "AIJob", {"spec.parallelism": 0}, "spec.parallelism", "from 1 to 256"),
    Case("a gang has at most 256 workers", "AIJob", {"spec.parallelism": 257}, "spec.parallelism", "from 1 to 256"),
    Case("a variable has a value", "AIJob", {"spec.workload.env": [{"name": "A"}]}, "env[0]", "exactly one of value"),
    Case(
        "system variables are not set",
        "AIJob",
        {"spec.workload.env": [{"name": "RAY_X", "value": "1"}]},
        "env[0].name",
        "choose another name",
    ),
    Case(
        "an archive's digest is a SHA-256",
        "AIJob",
        {"spec.workload.source": {"archive": {"uri": "https://x/a.zip", "sha256": "abc"}}},
        "archive.sha256",
        _SHA,
    ),
    Case(
        "an object's name is one",
        "AIJob",
        {"spec.poolRef.name": "My Pool"},
        "spec.poolRef.name",
        "must be the name of an object",
    ),
    Case(
        "names stay short",
        "AIJob",
        {"metadata.name": "a" * 64},
        "",
        "metadata.name must have at most 63 characters",
    ),
    Case(
        "an entrypoint is a list",
        "AIJob",
        {"spec.workload.entrypoint": "python train.py"},
        "spec.workload.entrypoint",
        "must be of type array",
    ),
    Case("a job has a budget", "AIJob", {"spec.budget": ABSENT}, "spec.budget", "Required value"),
    Case("an object has a spec", "AIJob", {"spec": ABSENT}, "spec", "Required value"),
    Case(
        "a digest is 32 bytes",
        "AIService",
        {"spec.contentDigest": "0x12"},
        "spec.contentDigest",
        "32 bytes in hexadecimal",
    ),
    Case("a payout goes to an address", "AIService", {"spec.payout": "bob"}, "spec.payout", _ADDRESS),
    Case(
        "a line carries a signature",
        "CreditLine",
        {"spec.authorization.signature": "0x00"},
        "spec.authorization.signature",
        "must be an EIP-712 signature",
    ),
    Case(
        "an order carries a signature",
        "AIJob",
        {"spec.order.signature": "0x00"},
        "spec.order.signature",
        "must be an EIP-712 signature",
    ),
    Case(
        "an order's digest is one", "AIJob", {"spec.order.specDigest": "0x12"}, "specDigest", "32 bytes in hexadecimal"
    ),
    Case("an order is whole", "AIJob", {"spec.order.specVersion": ABSENT}, "spec.order.specVersion", "Required value"),
    Case("a line's cap is an amount", "CreditLine", {"spec.authorization.capPerEpoch": "ten"}, "capPerEpoch", _AMOUNT),
    Case(
        "a provider is reached in one way",
        "Provider",
        {"spec.access.agent": {"endpoint": "https://agent"}},
        "spec.access",
        "exactly one of nodes",
    ),
    Case("a provider is reached somehow", "Provider", {"spec.access": {}}, "spec.access", "exactly one of nodes"),
    Case(
        "a maintenance ends after it starts",
        "Provider",
        {"spec.maintenance.0.end": "2025-01-01T00:00:00Z"},
        "spec.maintenance[0].end",
        "end must be after start",
    ),
    Case("a provider has an address", "Provider", {"spec.address": "0x1"}, "spec.address", _ADDRESS),
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
    Case(
        "a hub's contracts are addresses",
        "Hub",
        {"spec.contracts.settlement": "x"},
        "spec.contracts.settlement",
        _ADDRESS,
    ),
    Case("a settlement has parts", "Settlement", {"spec.parts": []}, "spec.parts", "at least 1 items"),
)


def _bound(claim: str, kind: str, path: str, value: Any, remedy: str) -> Case:
    field = path.replace(".0.", "[0].")
    return Case(claim, kind, {path: value}, field, remedy)


_AIJOB_BOUNDS = (
    ("a budget is more than nothing", "budget.maxAmount", "0", 'must be more than 0, such as "12.50"'),
    ("a budget is more than nothing, with decimals too", "budget.maxAmount", "0.00", "must be more than 0, such as"),
    ("a worker has a GPU", "resources.gpus", 0, "must be from 1 to 16: the GPUs of each worker; parallelism is"),
    ("a worker has at most 16 GPUs", "resources.gpus", 17, "must be from 1 to 16: the GPUs of each worker"),
    ("memory has no space before its unit", "resources.memory", "8 GB", "must be a quantity of Kubernetes, such as"),
    ("cpus are not negative", "resources.cpu", -1, "must be a quantity of Kubernetes, such as 500m, 2 or 80Gi"),
    ("an entrypoint is not empty", "workload.entrypoint", [], "must name a program, such as [python, train.py]"),
    ("an entrypoint names a program", "workload.entrypoint", [""], "must name a program, such as [python, train.py]"),
    ("a variable's name is one", "workload.env.0.name", "1ST", "must be the name of a variable: letters, digits"),
    ("a priority is bounded", "scheduling.priority", 1001, "must be from -1000 to 1000: higher goes first"),
    ("retries are bounded", "scheduling.retries", 11, "must be from 0 to 10: how often a failed or lost attempt"),
    ("a deadline is some time", "scheduling.activeDeadlineSeconds", 0, "from 1 to 2592000: seconds, at most 30 days"),
    ("a start has 30 days", "scheduling.startDeadlineSeconds", 2_592_001, "from 1 to 2592000: seconds, at most 30"),
    ("outputs are bounded", "outputs.maxBytes", 0, "must be from 1 to 1099511627776: bytes, at most 1 TiB"),
    ("a key is not empty", "idempotencyKey", "", "must not be empty: leave it out, or give the work a name"),
    ("a job is kept for a year", "ttlSecondsAfterFinished", -1, "from 0 to 31536000: seconds, at most a year"),
)
BOUNDS = (
    *(_bound(claim, "AIJob", f"spec.{path}", value, remedy) for claim, path, value, remedy in _AIJOB_BOUNDS),
    _bound("a royalty is a share", "AIService", "spec.royaltyBps", 10_001, "from 0 to 10000: 1/10,000, so that 100"),
    _bound("a version has a name", "AIService", "spec.version", "", "must not be empty: name the version, such as"),
    _bound("GPUs are counted", "Provider", "spec.access.local.gpus", 1025, "from 0 to 1024: the GPUs that this"),
    _bound("workers are counted", "ProviderPool", "spec.minWorkers", -1, "from 0 to 10000: a number of workers"),
    _bound("patience has an end", "ProviderPool", "spec.idleTimeoutSeconds", 0, "from 1 to 86400: seconds, at most a"),
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


@pytest.mark.parametrize("case", [*REFUSED, *BOUNDS], ids=_ids((*REFUSED, *BOUNDS)))
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
