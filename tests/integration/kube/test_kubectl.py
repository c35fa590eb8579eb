"""What kubectl shows of Hansa's kinds: explanations, columns, short names, and conditions that it can wait for."""

import json
import subprocess
import time

import pytest

from hansa_operator.adapters.kube.client import KubeClient
from hansa_operator.adapters.kube.resources import ref_of
from hansa_operator.api.aijob import AIJobStatus, Quote, Usage
from hansa_operator.api.kinds import KINDS, Kind
from hansa_operator.api.meta import Condition
from tests.fixtures.controlplane import ControlPlane
from tests.integration.kube.manifests import manifest
from tests.integration.kube.writes import set_status

PUBLISHED_SECONDS = 60.0


def explain(controlplane: ControlPlane, what: str) -> subprocess.CompletedProcess[str]:
    """Ask until the API server has published what it knows of new kinds, which it does a while after it serves them."""
    end = time.monotonic() + PUBLISHED_SECONDS
    while True:
        told = controlplane.kubectl("explain", what, "--recursive=false")
        if told.returncode == 0 or time.monotonic() > end:
            return told
        time.sleep(0.2)


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_explain_tells_what_each_part_is_for(kind: Kind, controlplane: ControlPlane) -> None:
    told = explain(controlplane, f"{kind.singular}.spec")
    assert told.returncode == 0, told.stderr
    assert "<no description>" not in told.stdout
    for field in kind.model.model_fields["spec"].annotation.model_fields.values():  # type: ignore[union-attr]
        assert f"  {field.alias}\t" in told.stdout
        assert (field.description or "?").split()[0] in told.stdout


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
async def test_the_columns_are_shown_by_short_name(
    kind: Kind, kube: KubeClient, controlplane: ControlPlane, namespace: str
) -> None:
    ref = ref_of(await kube.create(manifest(kind.name, namespace, namespace)))
    shown = controlplane.kubectl("get", (*kind.short_names, kind.singular)[0], namespace, "-n", namespace, "-o", "wide")
    await kube.delete(ref)
    heading = shown.stdout.splitlines()[0].split()
    assert heading == ["NAME", *(column.name.upper() for column in kind.columns)], shown.stderr


async def test_the_category_lists_jobs_and_lines(kube: KubeClient, controlplane: ControlPlane, namespace: str) -> None:
    for kind in ("AIJob", "CreditLine"):
        await kube.create(manifest(kind, "one", namespace))
    names = controlplane.kubectl("get", "hansa", "-n", namespace, "-o", "name").stdout.split()
    assert {"aijob.hansa.dev/one", "creditline.hansa.dev/one"} <= set(names)


async def test_a_finished_job_shows_its_cost_and_can_be_waited_for(
    kube: KubeClient, controlplane: ControlPlane, namespace: str
) -> None:
    ref = ref_of(await kube.create(manifest("AIJob", "job", namespace)))
    status = AIJobStatus(
        observed_generation=1,
        phase="Succeeded",
        reason="Succeeded",
        attempts=1,
        quote=Quote(token="DEMO"),
        usage=Usage(gpu_milliseconds=1000, amount="0.5"),
        conditions=(_condition("Complete", "Succeeded"), _condition("Settled", "Finalized")),
    )
    await set_status(kube, ref, status.manifest())
    row = controlplane.kubectl("get", "aij", "job", "-n", namespace, "--no-headers").stdout.split()
    assert row[:7] == ["job", "Succeeded", "Succeeded", "1", "0.5", "DEMO", "Finalized"]
    waited = controlplane.kubectl("wait", "--for=condition=Complete", "aijob/job", "-n", namespace, "--timeout=10s")
    assert waited.returncode == 0, waited.stderr


async def test_conditions_have_the_shape_that_kstatus_reads(
    kube: KubeClient, controlplane: ControlPlane, namespace: str
) -> None:
    ref = ref_of(await kube.create(manifest("AIJob", "job", namespace)))
    stalled = _condition("Stalled", "ReferenceNotFound")
    await set_status(kube, ref, AIJobStatus(observed_generation=1, conditions=(stalled,)).manifest())
    seen = json.loads(controlplane.kubectl("get", "aijob", "job", "-n", namespace, "-o", "json").stdout)
    assert seen["status"]["observedGeneration"] == seen["metadata"]["generation"]
    (condition,) = seen["status"]["conditions"]
    assert set(condition) == {"type", "status", "reason", "message", "lastTransitionTime", "observedGeneration"}


async def test_the_workers_of_a_pool_can_be_scaled(
    kube: KubeClient, controlplane: ControlPlane, namespace: str
) -> None:
    ref = ref_of(await kube.create(manifest("ProviderPool", namespace)))
    scaled = controlplane.kubectl("scale", "providerpool", namespace, "--replicas=3")
    pool = await kube.get(ref)
    await kube.delete(ref)
    assert scaled.returncode == 0, scaled.stderr
    assert pool is not None
    assert pool["spec"]["minWorkers"] == 3


def _condition(kind: str, reason: str) -> Condition:
    return Condition(
        type=kind,
        status="True",
        reason=reason,
        message="told",
        last_transition_time="2026-01-01T00:00:00Z",
        observed_generation=1,
    )
