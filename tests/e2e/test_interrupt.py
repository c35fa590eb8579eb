"""A demonstration that is ended early leaves no process behind; `hansa up` is interrupted in `environment`."""

import os
import signal
import sys
from pathlib import Path

import pytest

from hansa_cli.sandbox.home import Home, load_record
from hansa_cli.sandbox.leftovers import MARKER, processes_of
from tests.e2e.conftest import Terminal, read_until, start_here


@pytest.mark.timeout(240)
@pytest.mark.parametrize(("moment", "number"), [("control plane", signal.SIGTERM), ("lab-riga/digits", signal.SIGINT)])
def test_what_ends_all_of_make_demo_leaves_nothing(
    terminal: Terminal, tmp_path: Path, moment: str, number: signal.Signals
) -> None:
    """Ctrl-C interrupts everything that runs in a terminal: make, the command line, and what stays in its group."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    process = start_here(terminal.environment | {"TMPDIR": str(folder)}, "make", "demo")
    try:
        read_until(process, moment, seconds=120)
        (home,) = (Home(found) for found in folder.iterdir())
        record = load_record(home)
        assert record is not None
        os.killpg(process.pid, number)
        output, _ = process.communicate(timeout=60)
        assert process.returncode != 0
        assert "Traceback" not in output
        assert "interrupted" in output
        assert list(folder.iterdir()) == []
        assert processes_of(home.root, record.id) == []
    finally:
        for found in folder.iterdir():
            terminal.run("down", "--home", str(found))


def test_an_environment_that_is_stopped_while_it_starts_leaves_nothing(terminal: Terminal) -> None:
    starting = terminal.start("up")
    read_until(starting, "ok  chain", seconds=60)
    down = terminal.run("down")
    assert down.returncode == 0, down.stdout + down.stderr
    output, _ = starting.communicate(timeout=60)
    assert starting.returncode != 0
    assert "Traceback" not in output
    assert terminal.left_over() == []
    assert not terminal.home.exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_dishonest_hub_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path), MARKER: str(tmp_path)}
    process = start_here(environment, sys.executable, "-m", "tests.dishonest")
    read_until(process, "an invented job", seconds=60)
    assert len(processes_of(tmp_path, str(tmp_path))) > 1, "the show has a chain of its own"
    process.send_signal(number)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 130, output
    assert "Traceback" not in output
    assert list(tmp_path.iterdir()) == []
    assert processes_of(tmp_path, str(tmp_path)) == []
