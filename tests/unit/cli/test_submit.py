"""What `hansa submit` tells of each of several jobs, and how it ends."""

import json
from pathlib import Path
from typing import Any

import pytest

from hansa_cli.commands.submit import submit
from hansa_cli.following import Patience, Standing, standing_of
from hansa_cli.problem import ExitCode, Problem
from tests.unit.cli.jobs_api import jobs_api, status

QUOTE = {"quote": {"provider": "lubeck", "token": "HUSD", "amount": "1"}}
RUNS = status(("Admitted", "True", "QuotaReserved"), ("Placed", "True", "Bound"), **QUOTE)
QUEUED = status(("Admitted", "True", "QuotaReserved"), ("Placed", "False", "Queued"), **QUOTE)
MISSING = status(("Reconciling", "True", "WaitingForReference"))
STALLED = status(("Stalled", "True", "BudgetExceeded"))
DONE = status(("Complete", "True", "Succeeded"))
FAILED = status(("Failed", "True", "RetriesExhausted"))
SOON = Patience(unseen=0.2, waits=0.1)


def run(folder: Path, monkeypatch: pytest.MonkeyPatch, *, wait: bool = False, timeout: float = 30, **jobs: Any) -> None:
    """Submit jobs of which the API server tells these statuses."""
    made = [{"apiVersion": "hansa.dev/v1alpha1", "kind": "AIJob", "metadata": {"name": name}} for name in jobs]
    file = folder / "jobs.yaml"
    file.write_text("\n---\n".join(map(json.dumps, made)))
    with jobs_api(folder, jobs) as kubeconfig:
        monkeypatch.setenv("KUBECONFIG", str(kubeconfig))
        submit(str(file), namespace=None, wait=wait, timeout_seconds=timeout, patience=SOON)


def test_a_refused_job_hides_none_and_ends_with_5(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(Problem, match="none is refused: BudgetExceeded: why BudgetExceeded") as raised:
        run(tmp_path, monkeypatch, broken=["spec.budget: give one"], none=[STALLED], good=[RUNS])
    assert raised.value.code is ExitCode.REFUSED
    told = capsys.readouterr()
    assert "good: at most 1 HUSD on lubeck" in told.out
    assert "AIJob broken was refused: spec.budget: give one" in told.err


@pytest.mark.parametrize(
    ("shown", "told"),
    [
        pytest.param(QUEUED, "late waits (Queued): why Queued", id="in the queue"),
        pytest.param(MISSING, "late waits (WaitingForReference): why WaitingForReference", id="for a reference"),
    ],
)
def test_a_job_that_waits_is_told_with_its_reason_and_is_no_failure(
    shown: Any, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(tmp_path, monkeypatch, late=[shown], good=[RUNS])
    assert f"{told}\n" in (out := capsys.readouterr().out)
    assert "good: at most 1 HUSD on lubeck" in out


def test_a_job_that_nobody_looks_at_is_told_apart_from_one_that_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Problem, match="the operator has not looked at new yet"):
        run(tmp_path, monkeypatch, new=[{}])


def test_waiting_for_the_end_tells_of_each_job_how_it_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(Problem, match="bad did not complete: RetriesExhausted") as raised:
        run(tmp_path, monkeypatch, wait=True, bad=[RUNS, FAILED], good=[RUNS, DONE])
    assert raised.value.code is ExitCode.FAILED
    assert "good: Succeeded: why Succeeded" in capsys.readouterr().out


def test_the_timeout_is_one_for_all_jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Problem, match=r"(one|two) is not over yet: Bound: why Bound"):
        run(tmp_path, monkeypatch, wait=True, timeout=0.3, one=[RUNS], two=[RUNS])


def test_a_status_of_an_older_generation_says_nothing() -> None:
    job = {"metadata": {"name": "a", "generation": 2}, "status": {**STALLED, "observedGeneration": 1}}
    assert standing_of(job) is Standing.UNSEEN


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "job.bin").write_bytes(b"apiVersion: \xff\xfe")
    with pytest.raises(Problem, match=r"job\.bin is no text in UTF-8: invalid start byte at byte 12") as refused:
        submit(str(tmp_path / "job.bin"), namespace=None, wait=False, timeout_seconds=1)
    assert refused.value.code is ExitCode.USAGE
