"""A signed job survives the API server: whatever it and kubectl do to a manifest, the signature is still the job's."""

import json
import secrets
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from typer.testing import CliRunner

from hansa_cli.cluster.access import load_access
from hansa_cli.cluster.client import Cluster
from hansa_cli.cluster.hansa_kinds import AIJOBS, GROUP_VERSION
from hansa_cli.main import app
from hansa_operator.api.aijob import AIJob
from hansa_operator.core.order.signed_order import SignedOrder, check_work, read_order
from hansa_operator.core.order.signed_work import Work
from tests.fixtures.controlplane import ControlPlane
from tests.integration.kube.manifests import manifest
from tests.metered import HUB
from tests.ordered import DOMAIN, SETTLEMENT, SIGNER, SIGNER_KEY, STRANGER, TOKEN, VAULTS, ordered
from tests.signed_jobs import specs

CODE = {"train.py": 'print("grüße")\r\n\ttab\n'}
BINARY = {"weights.bin": "AAEC/w=="}


def hansa(*arguments: str, kubeconfig: Path, stdin: str = "") -> str:
    environment = {"KUBECONFIG": str(kubeconfig), "HANSA_ORDER_KEY": SIGNER_KEY.hex()}
    done = CliRunner().invoke(app, ["order", *arguments], input=stdin, env=environment)
    if done.exception is not None:
        raise done.exception
    return done.stdout


def as_the_operator_reads(document: dict[str, Any], files: dict[str, bytes]) -> SignedOrder:
    """Return the order of an object; fails when it is not for the job that the API server has."""
    spec = AIJob.model_validate(document).spec
    assert spec.order is not None
    read = read_order(spec.order, domain=DOMAIN, hub=HUB, vaults=VAULTS)
    assert isinstance(read, SignedOrder), read
    checked = check_work(read, Work(spec, files=files))
    assert isinstance(checked, SignedOrder), checked
    return checked


def test_a_job_that_was_signed_and_applied_is_the_job_that_was_signed(
    controlplane: ControlPlane, namespace: str, tmp_path: Path
) -> None:
    source, vault = tmp_path / "job.yaml", next(iter(VAULTS))
    configmap = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "code"}}
    job = manifest("AIJob", "train", namespace)
    source.write_text(yaml.safe_dump_all([{**configmap, "data": CODE, "binaryData": BINARY}, job]))
    parties = ("--chain-id", "31337", "--settlement", SETTLEMENT, "--hub", HUB, "--vault", vault)
    typed = (*parties, "--customer", STRANGER, "--decimals", "6")
    signed = hansa("sign", "-f", str(source), *typed, kubeconfig=tmp_path / "none")
    strict = ("apply", "--validate=strict", "-n", namespace, "-f", "-")
    for arguments in (strict, (*strict, "--server-side", "--force-conflicts")):
        applied = controlplane.kubectl(*arguments, stdin=signed)
        assert applied.returncode == 0, applied.stderr
        seen = json.loads(controlplane.kubectl("get", "aijob", "train", "-n", namespace, "-o", "json").stdout)
        files = {"train.py": CODE["train.py"].encode(), "weights.bin": b"\0\1\2\xff"}
        assert as_the_operator_reads(seen, files).signer == SIGNER
    got = controlplane.kubectl("get", "aijob", "train", "-n", namespace, "-o", "yaml").stdout
    shown = yaml.safe_load(hansa("show", "-f", "-", kubeconfig=controlplane.kubeconfig, stdin=got))
    assert shown["ordered"] is True, "its code is read from the cluster"


def test_line_and_hub_are_read_from_the_cluster(controlplane: ControlPlane, unique: str, namespace: str) -> None:
    vault = {"address": next(iter(VAULTS)), "token": TOKEN, "symbol": "USD", "decimals": 6}
    own = {"spec.address": HUB, "spec.contracts.settlement": SETTLEMENT, "spec.vaults": [vault]}
    line = {
        "spec.hubRef.name": unique,
        "spec.authorization.vault": vault["address"],
        "spec.authorization.orderSigner": SIGNER,
    }
    referred = [manifest("Hub", unique, changes=own), manifest("CreditLine", "credit", namespace, line)]
    applied = controlplane.kubectl("apply", "-f", "-", stdin=yaml.safe_dump_all(referred))
    assert applied.returncode == 0, applied.stderr
    job = manifest("AIJob", "train", changes={"spec.workload.source": {}})
    signed = hansa("sign", "-f", "-", "-n", namespace, kubeconfig=controlplane.kubeconfig, stdin=yaml.safe_dump(job))
    assert as_the_operator_reads(yaml.safe_load(signed), {}).signer == SIGNER
    controlplane.kubectl("delete", "hub", unique)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spec=specs())
def test_no_rewriting_of_the_api_server_changes_what_was_signed(
    controlplane: ControlPlane, spec: dict[str, Any]
) -> None:
    cluster, name = Cluster(load_access(controlplane.kubeconfig)), f"t-{secrets.token_hex(6)}"
    job = ordered(AIJob.model_validate({"metadata": {"name": name}, "spec": spec}))
    made = {"apiVersion": GROUP_VERSION, "kind": "AIJob", "metadata": {"name": name}}
    cluster.apply({**made, "spec": {**spec, "order": job.manifest()["spec"]["order"]}}, "default")
    seen = cluster.get(AIJOBS, "default", name)
    cluster.delete(AIJOBS, "default", name)
    assert seen is not None
    assert as_the_operator_reads(seen, {}).job_id
