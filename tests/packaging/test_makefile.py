"""The Makefile is the front door: what it can do is what its help tells."""

import re
import subprocess

from tests.packaging.conftest import REPOSITORY


def test_help_tells_of_every_target_in_one_line() -> None:
    targets = re.findall(r"^([a-z][a-z0-9-]*):", (REPOSITORY / "Makefile").read_text(), re.MULTILINE)
    told = subprocess.run(["make", "help"], cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    assert [line.split()[:2] for line in told.splitlines()] == [["make", target] for target in targets]
    assert all(len(line.split()) > 2 and len(line) <= 120 for line in told.splitlines())
