"""An environment that is up, as a person has it who only uses one."""

import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from hansa_cli.sandbox.home import Home
from tests.e2e.conftest import Terminal, read_until


@dataclass(frozen=True, slots=True)
class Environment:
    """Hold an environment that is up, whose first start was interrupted; what was left of that, and what `up` told."""

    terminal: Terminal
    interrupted: int | None
    left: list[str]
    told: str


@pytest.fixture(scope="package")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    """Bring one environment up for all tests that only use one."""
    terminal = Terminal(tmp_path_factory.mktemp("environment") / "hansa")
    try:
        first = terminal.start("up")
        read_until(first, "ok  chain", seconds=60)
        first.send_signal(signal.SIGINT)
        first.communicate(timeout=60)
        left = terminal.left_over()
        again = terminal.run("up")
        assert again.returncode == 0, again.stdout + again.stderr
        yield Environment(terminal, first.returncode, left, again.stdout)
    finally:
        terminal.run("down")
    assert terminal.left_over() == []


@pytest.fixture(scope="package")
def inside(environment: Environment) -> Terminal:
    """Give a terminal in which the environment's cluster is the current one."""
    home = environment.terminal.home
    return Terminal(home, {"KUBECONFIG": str(Home(home).kubeconfig)})


def kubectl(terminal: Terminal, *arguments: str) -> str:
    """Run kubectl on the sandbox's cluster, and return what it prints; fails with what it says."""
    argv = ["kubectl", "--kubeconfig", terminal.kubeconfig(), *arguments]
    ran = subprocess.run(argv, env=terminal.environment, capture_output=True, text=True, timeout=90, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout
