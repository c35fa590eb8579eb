"""What `hansa quote` says of a job that lacks something."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from hansa_cli.cluster.client import Cluster
from hansa_cli.commands.quote import show_quotes
from hansa_cli.listing import Format
from hansa_cli.problem import ExitCode, Problem

KUBECONFIG = """
current-context: here
contexts: [{name: here, context: {cluster: c}}]
clusters: [{name: c, cluster: {server: "http://127.0.0.1:9"}}]
"""
VAULT = "0x" + "ab" * 20
CLUSTER = {
    "/apis/hansa.dev/v1alpha1/providerpools/demo": {"spec": {"hubRef": {"name": "hub"}}},
    "/apis/hansa.dev/v1alpha1/namespaces/default/creditlines/credit": {"spec": {"authorization": {"vault": VAULT}}},
    "/apis/hansa.dev/v1alpha1/hubs/hub": {"spec": {"vaults": [{"address": VAULT, "decimals": 18, "symbol": "HUSD"}]}},
}
POOL: dict[str, Any] = {"poolRef": {"name": "demo"}}
LINE: dict[str, Any] = {**POOL, "creditLineRef": {"name": "credit"}}
GPUS: dict[str, Any] = {**LINE, "resources": {"gpus": 1}}


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        (None, "spec.poolRef is missing"),
        ({"poolRef": "demo"}, "spec.poolRef.name is missing"),
        (POOL, "spec.creditLineRef is missing"),
        (LINE, "spec.resources is missing"),
        ({**LINE, "resources": {}}, "spec.resources.gpus is missing"),
        (GPUS, "spec.budget is missing"),
        ({**GPUS, "budget": {}}, "spec.budget.maxAmount is missing"),
    ],
)
def test_a_field_that_a_quote_needs_is_named_with_its_path(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, spec: Any, told: str
) -> None:
    (tmp_path / "config").write_text(KUBECONFIG)
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "config"))
    monkeypatch.setattr(Cluster, "request", lambda self, method, path: CLUSTER[path])
    monkeypatch.setattr("hansa_cli.commands.quote.market_terms", lambda cluster, hub: (300, 60))
    job = {"apiVersion": "hansa.dev/v1alpha1", "kind": "AIJob", "metadata": {"name": "digits"}, "spec": spec}
    (tmp_path / "job.yaml").write_text(yaml.safe_dump(job))
    with pytest.raises(Problem) as met:
        show_quotes(str(tmp_path / "job.yaml"), namespace=None, form=Format.TABLE)
    assert met.value.what == f"digits is incomplete: {told}"
    assert met.value.code is ExitCode.USAGE
