"""What `hansa submit` makes of a job's status, and of a file."""

from pathlib import Path

import pytest

from hansa_cli.cluster.access import load_access
from hansa_cli.cluster.client import Cluster
from hansa_cli.commands.submit import apply_one, submit
from hansa_cli.following import Standing, standing_of
from hansa_cli.problem import ExitCode, Problem


def test_a_status_of_an_older_generation_says_nothing() -> None:
    stalled = {"conditions": [{"type": "Stalled", "status": "True", "reason": "BudgetExceeded", "message": ""}]}
    job = {"metadata": {"name": "a", "generation": 2}, "status": {**stalled, "observedGeneration": 1}}
    assert standing_of(job) is Standing.UNSEEN


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "job.bin").write_bytes(b"apiVersion: \xff\xfe")
    with pytest.raises(Problem, match=r"job\.bin is no text in UTF-8: invalid start byte at byte 12") as refused:
        submit(str(tmp_path / "job.bin"), namespace=None, wait=False, timeout_seconds=1)
    assert refused.value.code is ExitCode.USAGE


def test_an_object_without_a_name_is_not_sent(tmp_path: Path) -> None:
    (tmp_path / "config").write_text(
        "{current-context: a, contexts: [{name: a, context: {cluster: a}}], "
        "clusters: [{name: a, cluster: {server: 'http://127.0.0.1:9'}}]}"
    )
    listed = {"apiVersion": "v1", "kind": "List", "metadata": {}, "items": []}
    with pytest.raises(Problem, match=r"List without metadata\.name cannot be applied") as refused:
        apply_one(Cluster(load_access(tmp_path / "config")), listed, None)
    assert refused.value.code is ExitCode.USAGE
