"""A demonstration that is ended early leaves no process behind; `hansa up` is interrupted in `environment`."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hansa_cli.sandbox.leftovers import MARKER, processes_of
from tests.e2e.conftest import REPOSITORY, Terminal, read_until

INTERRUPTS = [
    pytest.param("control plane", signal.SIGTERM, id="by SIGTERM while the control plane starts"),
    pytest.param("lab-riga/digits", signal.SIGTERM, id="by SIGTERM while jobs run"),
]


@pytest.mark.timeout(240)
@pytest.mark.parametrize(("moment", "number"), INTERRUPTS)
def test_an_interrupted_demonstration_leaves_nothing(terminal: Terminal, moment: str, number: signal.Signals) -> None:
    process = terminal.start("demo", "--home", str(terminal.home))
    read_until(process, moment, seconds=120)
    process.send_signal(number)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 130, output
    assert "Traceback" not in output
    assert terminal.left_over() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_dishonest_hub_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.dishonest"],
        env={**os.environ, "TMPDIR": str(tmp_path), MARKER: str(tmp_path)},
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        process_group=0,
    )
    read_until(process, "an invented job", seconds=60)
    assert len(processes_of(tmp_path, str(tmp_path))) > 1, "the show has a chain of its own"
    process.send_signal(number)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 130, output
    assert "Traceback" not in output
    assert list(tmp_path.iterdir()) == []
    assert processes_of(tmp_path, str(tmp_path)) == []
