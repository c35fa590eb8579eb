"""The API server refuses what is wrong, naming the field and what to do."""

import pytest

from hansa_operator.adapters.kube.client import KubeClient
from hansa_operator.adapters.kube.resources import ref_of
from hansa_operator.api.kinds import KINDS
from hansa_operator.ports.kube import Invalid
from tests.integration.kube.manifests import ABSENT, TWO, Case, manifest
from tests.integration.kube.places import spec_rules

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


@pytest.mark.parametrize("case", REFUSED, ids=str)
async def test_refused_when_created(case: Case, kube: KubeClient, namespace: str) -> None:
    wrong = manifest(case.kind, namespace, namespace, case.changes)
    with pytest.raises(Invalid) as refused:
        await kube.create(wrong)
    assert case.field in str(refused.value)
    assert case.remedy in str(refused.value)


@pytest.mark.parametrize("kind", KINDS)
async def test_nothing_is_added_to_what_was_applied(kind: str, kube: KubeClient, namespace: str) -> None:
    wanted = manifest(kind, namespace, namespace)
    made = await kube.create(wanted)
    await kube.delete(ref_of(made))
    assert made["spec"] == wanted["spec"]


def test_each_rule_about_a_whole_spec_has_its_case() -> None:
    """Those about a value are tried in each of their places, and those about changes where objects are changed."""
    untested = [
        (kind, message)
        for kind, message in spec_rules()
        if "cannot be changed" not in message
        and not any(case.kind == kind and case.remedy in message for case in REFUSED)
    ]
    assert untested == []
