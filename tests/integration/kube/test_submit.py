"""What `hansa submit` tells of each of several jobs, and how it ends; the test decides as an operator does."""

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from hansa_cli.commands.submit import submit
from hansa_cli.following import Patience
from hansa_cli.problem import ExitCode, Problem
from tests.fixtures.controlplane import ControlPlane
from tests.integration.kube.deciding import Decider
from tests.integration.kube.manifests import ABSENT, manifest
from tests.job_status import job_status

HANSA = Path(sys.executable).with_name("hansa")
PATIENT = Patience(unseen=30, waits=0.1)
QUOTE = {"quote": {"provider": "lubeck", "token": "HUSD", "amount": "1"}}
RUNS = job_status(("Admitted", "True", "QuotaReserved"), ("Placed", "True", "Bound"), **QUOTE)
QUEUED = job_status(("Admitted", "True", "QuotaReserved"), ("Placed", "False", "Queued"), **QUOTE)
MISSING = job_status(("Reconciling", "True", "WaitingForReference"))
STALLED = job_status(("Stalled", "True", "BudgetExceeded"))
DONE = job_status(("Complete", "True", "Succeeded"))
FAILED = job_status(("Failed", "True", "RetriesExhausted"))


@pytest.fixture
def operator(controlplane: ControlPlane, namespace: str, monkeypatch: pytest.MonkeyPatch) -> Decider:
    """Work on the test's API server, and decide there."""
    monkeypatch.setenv("KUBECONFIG", str(controlplane.kubeconfig))
    return Decider(controlplane.kubeconfig, namespace)


def written(folder: Path, names: Sequence[str], **changes: dict[str, Any]) -> str:
    """Return a file with jobs, one of them changed where its name is given."""
    jobs = (manifest("AIJob", name, changes=changes.get(name)) for name in names)
    bare = ({**job, "metadata": {"name": job["metadata"]["name"]}} for job in jobs)
    file = folder / "jobs.yaml"
    file.write_text("\n---\n".join(map(json.dumps, bare)))
    return str(file)


def tell(
    file: str, operator: Decider, patience: Patience = PATIENT, *, wait: bool = False, timeout: float = 60
) -> None:
    """Submit the jobs of a file."""
    submit(file, namespace=operator.namespace, wait=wait, timeout_seconds=timeout, patience=patience)


def test_a_refused_job_hides_none_and_ends_with_5(
    tmp_path: Path, operator: Decider, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path, ("broken", "none", "good"), broken={"spec.budget": ABSENT})
    with (
        operator.deciding({"none": STALLED, "good": RUNS}),
        pytest.raises(Problem, match="none is refused: BudgetExceeded: why BudgetExceeded") as raised,
    ):
        tell(file, operator)
    assert raised.value.code is ExitCode.REFUSED
    told = capsys.readouterr()
    assert "good: at most 1 HUSD on lubeck" in told.out
    assert re.search(r"AIJob broken was refused: .*spec\.budget", told.err)


@pytest.mark.parametrize(
    ("reason", "shown"),
    [
        pytest.param("Queued", QUEUED, id="in the queue"),
        pytest.param("WaitingForReference", MISSING, id="for a reference"),
    ],
)
def test_a_job_that_waits_is_told_with_its_reason_and_is_no_failure(
    reason: str, shown: Any, tmp_path: Path, operator: Decider, capsys: pytest.CaptureFixture[str]
) -> None:
    with operator.deciding({"late": shown, "good": RUNS}):
        tell(written(tmp_path, ("late", "good")), operator)
    assert f"late waits ({reason}): why {reason}\n" in (out := capsys.readouterr().out)
    assert "good: at most 1 HUSD on lubeck" in out


def test_a_job_that_nobody_looks_at_is_told_apart_from_one_that_waits(tmp_path: Path, operator: Decider) -> None:
    with pytest.raises(Problem, match="no operator has looked at new yet"):
        tell(written(tmp_path, ("new",)), operator, Patience(unseen=0.2))


def test_the_timeout_is_one_for_all_jobs(tmp_path: Path, operator: Decider) -> None:
    with (
        operator.deciding({"one": RUNS, "two": RUNS}),
        pytest.raises(Problem, match=r"(one|two) is not over yet: Bound: why Bound"),
    ):
        tell(written(tmp_path, ("one", "two")), operator, wait=True, timeout=3)


def test_waiting_for_the_end_tells_of_each_job_how_it_ended(tmp_path: Path, operator: Decider) -> None:
    argv = [HANSA, "submit", "--wait", "-n", operator.namespace, "-f", written(tmp_path, ("bad", "good"))]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as told:
        operator.decide({"bad": RUNS, "good": RUNS})
        assert told.stdout is not None
        next(line for line in told.stdout if line.startswith("good: at most 1 HUSD on lubeck"))
        operator.decide({"bad": FAILED, "good": DONE})
        out, err = told.communicate(timeout=60)
    assert "good: Succeeded: why Succeeded" in out
    assert "bad did not complete: RetriesExhausted: why RetriesExhausted" in err
    assert told.returncode == ExitCode.FAILED
