"""What `hansa` says of names that a real API server does not know."""

import json
from pathlib import Path

import pytest

from hansa_cli.commands.get import get_jobs
from hansa_cli.commands.submit import submit
from hansa_cli.listing import Format
from hansa_cli.problem import ExitCode, Problem
from tests.fixtures.controlplane import ControlPlane
from tests.integration.kube.manifests import manifest


@pytest.fixture(autouse=True)
def here(controlplane: ControlPlane, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work on the test's API server."""
    monkeypatch.setenv("KUBECONFIG", str(controlplane.kubeconfig))


@pytest.mark.parametrize(
    ("version", "kind", "expected"),
    [
        (
            "hansa.dev/v1alpha1",
            "AIJobb",
            ("no kind AIJobb in hansa.dev/v1alpha1: did you mean AIJob?", ExitCode.REFUSED),
        ),
        ("v1", "Zebra", ("no kind Zebra in v1", ExitCode.REFUSED)),
        ("hansa.dev/v9", "AIJob", ("does not serve", ExitCode.UNREACHABLE)),
    ],
)
def test_a_kind_that_nobody_serves_is_named(
    tmp_path: Path, namespace: str, version: str, kind: str, expected: tuple[str, ExitCode]
) -> None:
    file = tmp_path / "job.json"
    file.write_text(json.dumps({"apiVersion": version, "kind": kind, "metadata": {"name": "train"}}))
    with pytest.raises(Problem) as refused:
        submit(str(file), namespace=namespace, wait=False, timeout_seconds=1)
    said, code = expected
    assert said in refused.value.what
    assert refused.value.code is code


def test_a_namespace_without_jobs_and_one_that_is_not_there_are_told_apart(
    namespace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    get_jobs([], namespace=namespace, everywhere=False, form=Format.TABLE)
    assert capsys.readouterr().out == f"no jobs in namespace {namespace}\n"
    with pytest.raises(Problem, match=f"there is no namespace {namespace}-not") as missing:
        get_jobs([], namespace=f"{namespace}-not", everywhere=False, form=Format.TABLE)
    assert missing.value.code is ExitCode.NOT_FOUND


@pytest.mark.parametrize(("value", "shown"), [(1.5, "1.5"), (2, "2"), (True, "true")])
def test_a_value_without_quotes_is_refused_with_what_to_write(
    tmp_path: Path, namespace: str, value: object, shown: str
) -> None:
    file = tmp_path / "job.json"
    file.write_text(json.dumps(manifest("AIJob", "train", namespace, {"spec.budget.maxAmount": value})))
    with pytest.raises(Problem) as refused:
        submit(str(file), namespace=namespace, wait=False, timeout_seconds=1)
    assert refused.value.what == f"AIJob train was refused: spec.budget.maxAmount must be a text, and is {shown}"
    assert refused.value.remedy == f'put it into quotes: "{shown}"'
