"""The whole way on real parts: six jobs, from apply to money on chain."""

import re

import pytest

from tests.e2e.conftest import Terminal


@pytest.mark.timeout(960)
def test_the_demonstration_ends_with_everything_true_and_nothing_running(terminal: Terminal) -> None:
    ran = terminal.run("demo", "--home", str(terminal.home), timeout=930)
    assert ran.returncode == 0, f"{ran.stdout[-6000:]}\n{ran.stderr[-3000:]}"
    told = re.search(r"(\d+) of (\d+) checks are true", ran.stdout)
    assert told is not None
    assert told[1] == told[2]
    assert ran.stdout.count("$ hansa verify") == 2
    assert terminal.left_over() == []
    assert not terminal.home.exists()
