"""The Makefile is the front door: what it can do is what its help tells."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.packaging.conftest import REPOSITORY


def test_help_tells_of_every_target_in_one_line() -> None:
    targets = re.findall(r"^([a-z][a-z0-9-]*):", (REPOSITORY / "Makefile").read_text(), re.MULTILINE)
    told = subprocess.run(["make", "help"], cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    assert [line.split()[:2] for line in told.splitlines()] == [["make", target] for target in targets]
    assert all(len(line.split()) > 2 and len(line) <= 120 for line in told.splitlines())


@pytest.mark.parametrize(
    ("target", "given"),
    [("setup", "1 /a/cluster"), ("demo", "1 /a/cluster"), ("test", " "), ("test-unit", " "), ("test-e2e", " ")],
)
def test_another_cluster_is_for_what_people_run_and_never_for_tests(tmp_path: Path, target: str, given: str) -> None:
    """The first that a target does is the set-up, which shows here what it was given."""
    shows = tmp_path / "python"
    shows.write_text('#!/bin/sh\necho "given: $KIND $HANSA_KUBECONFIG"\nexit 1\n')
    shows.chmod(0o755)
    argv = ["make", f"PYTHON={shows}", target, "KIND=1", "HANSA_KUBECONFIG=/a/cluster"]
    told = subprocess.run(argv, cwd=REPOSITORY, capture_output=True, text=True, check=False).stdout
    assert f"given: {given}\n" in told
