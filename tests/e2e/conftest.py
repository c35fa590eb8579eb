"""Drive the installed `hansa` command as a person does, each test in a home of its own."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from hansa_cli.sandbox.home import Home, load_record
from hansa_cli.sandbox.leftovers import find, pids_of, processes_of

HANSA = Path(sys.executable).with_name("hansa")
REPOSITORY = Path(__file__).parents[2]


@dataclass
class Terminal:
    """Run `hansa` with one sandbox home, away from the caller's own cluster."""

    home: Path
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """Return what a fresh shell in an activated environment has."""
        # What runs the tests may be a make with options of its own.
        others = ("HANSA_", "KUBE", "KIND", "MAKE", "MFLAGS")
        kept = {key: value for key, value in os.environ.items() if not key.startswith(others)}
        path = f"{HANSA.parent}{os.pathsep}{os.environ['PATH']}"
        return {**kept, "PATH": path, "HANSA_HOME": str(self.home), **self.extra}

    def run(self, *arguments: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        argv = [str(HANSA), *arguments]
        return subprocess.run(
            argv, env=self.environment, cwd=REPOSITORY, capture_output=True, text=True, timeout=timeout, check=False
        )

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command in a process group of its own, so that a test can interrupt it alone."""
        return start_here(self.environment, str(HANSA), *arguments)

    def kubeconfig(self) -> str:
        """Return the sandbox's kubeconfig."""
        return str(Home(self.home).kubeconfig)

    def left_over(self) -> list[str]:
        """Return the command lines of the sandbox's processes that are still alive."""
        record = load_record(Home(self.home))
        return processes_of(self.home, record.id if record else None)

    def servers(self) -> set[tuple[str, int]]:
        """Return role and pid of each of the sandbox's own processes; Ray's come and go with jobs."""
        record = load_record(Home(self.home))
        return {(one.role, one.pid) for one in find(self.home, record.id if record else None) if one.role}

    def pids(self, role: str) -> list[int]:
        """Return the pids of the sandbox's processes with a role."""
        record = load_record(Home(self.home))
        return pids_of(self.home, record.id, role) if record else []


def start_here(environment: Mapping[str, str], *argv: str) -> subprocess.Popen[str]:
    """Start a program in the repository, in a process group of its own."""
    return subprocess.Popen(
        argv,
        env=environment,
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        process_group=0,
    )


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """Give a test a sandbox home, and stop whatever it leaves running."""
    used = Terminal(tmp_path / "hansa")
    yield used
    used.run("down")
    assert used.left_over() == []


def read_until(process: subprocess.Popen[str], text: str, *, seconds: float) -> str:
    """Return what the process prints up to a line with this text; fails at the deadline or when it ends first."""
    seen: list[str] = []
    # All of its group: what a make has started would keep the output open.
    stop = threading.Timer(seconds, os.killpg, (process.pid, signal.SIGKILL))
    stop.start()
    try:
        assert process.stdout is not None
        for line in process.stdout:
            seen.append(line)
            if text in line:
                return "".join(seen)
    finally:
        stop.cancel()
    raise AssertionError(f"{text!r} was not printed within {seconds} s: {''.join(seen)}")
