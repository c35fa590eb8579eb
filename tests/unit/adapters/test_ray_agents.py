"""A raylet that waits for its agent is told where that will listen."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hansa_operator.adapters.ray.local.agents import tell_ports
from hansa_operator.adapters.ray.local.processes import Mark, Process

MARK = Mark("backend", "ada", "lubeck", "head", 1, 2, "folder")


@pytest.fixture
def session(tmp_path: Path) -> Path:
    folder = tmp_path / "session"
    folder.mkdir()
    return folder


@pytest.fixture
def raylet(tmp_path: Path, session: Path) -> Iterator[Process]:
    """Run what has a raylet's command line."""
    program = tmp_path / "raylet"
    program.symlink_to(Path(sys.executable).resolve())
    agent = "--dashboard_agent_command=python agent.py --node-id=beef --listen-port=21503 --session-dir=elsewhere"
    options = ["--object_manager_port=1", "--node_id=beef", f"--session_dir={session}", agent, "--node-name=x"]
    argv = [str(program), "-c", "import time; print(flush=True); time.sleep(600)", *options]
    with subprocess.Popen(argv, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        # A process that has not got so far has no command line yet.
        process.stdout.readline()
        yield Process(process.pid, 0, MARK, leads=False)
        process.kill()


def test_the_port_is_where_the_raylet_looks_for_it(raylet: Process, session: Path) -> None:
    tell_ports([raylet])
    (told,) = session.iterdir()
    assert (told.name, told.read_text()) == ("dashboard_agent_listen_port_beef", "21503")


def test_what_the_agent_told_itself_stays(raylet: Process, session: Path) -> None:
    (session / "dashboard_agent_listen_port_beef").write_text("-1")
    tell_ports([raylet])
    assert [file.read_text() for file in session.iterdir()] == ["-1"]


def test_other_processes_are_told_nothing_and_gone_ones_are_left_alone(session: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as other:
        tell_ports([Process(other.pid, 0, MARK, leads=False)])
        other.kill()
    tell_ports([Process(other.pid, 0, MARK, leads=False)])
    assert list(session.iterdir()) == []
