"""The examples that ship with Hansa."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from hansa_cli.demo.script import ACTS
from hansa_cli.sandbox.cast import DEMO
from hansa_cli.shipped import example

FOLDER = example("digits").parent


def test_the_code_in_every_manifest_is_the_source_beside_it() -> None:
    checked = subprocess.run(
        [sys.executable, FOLDER / "bundle.py", "--check"], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, f"stale: {checked.stdout}; run `python jobs/examples/bundle.py`"


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
def test_every_job_of_the_demonstration_has_a_manifest_of_its_name(act: object) -> None:
    name: str = act.name  # type: ignore[attr-defined]
    documents = list(yaml.safe_load_all((example(name) / "job.yaml").read_text()))
    assert [document["metadata"]["name"] for document in documents if document["kind"] == "AIJob"] == [name]
    assert all("namespace" not in document["metadata"] for document in documents)


def test_the_demonstration_uses_the_namespaces_of_both_customers() -> None:
    assert {act.namespace for act in ACTS} == {customer.namespace for customer in DEMO.customers}


def test_examples_name_no_path_of_a_machine() -> None:
    for path in Path(FOLDER).rglob("*.yaml"):
        assert "/home/" not in path.read_text()
