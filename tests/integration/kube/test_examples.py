"""The example jobs, and all that a sandbox applies, are valid to the last field."""

from pathlib import Path

import pytest
import yaml

from hansa_cli.sandbox import manifests
from hansa_cli.sandbox.cast import DEMO
from tests.fixtures.controlplane import ControlPlane
from tests.integration.kube.manifests import ONE, SHA, SPECS, TWO

EXAMPLES = sorted((Path(__file__).parents[3] / "jobs" / "examples").glob("*/job.yaml"))


@pytest.mark.parametrize("file", EXAMPLES, ids=[file.parent.name for file in EXAMPLES])
def test_an_example_is_accepted(file: Path, controlplane: ControlPlane, namespace: str) -> None:
    strict = ("apply", "--dry-run=server", "--validate=strict", "-n", namespace, "-f", str(file))
    applied = controlplane.kubectl(*strict)
    assert applied.returncode == 0, applied.stderr


def test_what_a_sandbox_applies_is_accepted(controlplane: ControlPlane, namespace: str) -> None:
    chain = manifests.OnChain(31337, ONE, *[TWO] * 8, vault=TWO, token=TWO, symbol="DEMO", decimals=18)
    provider = manifests.provider(DEMO, DEMO.providers[0], address=ONE, agent_key=TWO, vault=TWO)
    line = manifests.credit_line(DEMO, DEMO.customers[0], SPECS["CreditLine"]["authorization"])
    line["metadata"]["namespace"] = namespace
    service = manifests.service(DEMO, publisher=ONE, uri="file:///product.zip", sha256=SHA)
    listed = [manifests.hub(DEMO, chain), manifests.pool(DEMO), provider, service, line]
    applied = controlplane.kubectl(
        "apply", "--dry-run=server", "--validate=strict", "-f", "-", stdin=yaml.safe_dump_all(listed)
    )
    assert applied.returncode == 0, applied.stderr
