"""What `hansa submit` makes of a job's status, and of a file."""

from pathlib import Path

import pytest

from hansa_cli.commands.submit import submit
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
