"""A development environment: up, up again, mended, another beside it, down."""

import os
import signal
import subprocess

import pytest

from tests.e2e.conftest import Terminal
from tests.e2e.environment.conftest import Environment


def kubectl(terminal: Terminal, *arguments: str) -> str:
    """Run kubectl on the sandbox's cluster."""
    argv = ["kubectl", "--kubeconfig", terminal.kubeconfig(), *arguments]
    return subprocess.run(argv, env=terminal.environment, capture_output=True, text=True, timeout=60, check=True).stdout


def test_up_tells_how_to_use_it_and_what_to_mind(environment: Environment) -> None:
    assert f"export KUBECONFIG={environment.terminal.kubeconfig()}" in environment.told
    assert "your own rights" in environment.told


def test_up_works_after_an_interrupted_up(environment: Environment) -> None:
    assert environment.interrupted == 130
    assert environment.left == []
    assert environment.terminal.pids("operator")


def test_up_twice_is_one_environment(environment: Environment) -> None:
    terminal = environment.terminal
    before = terminal.servers()
    second = terminal.run("up")
    assert second.returncode == 0, second.stdout + second.stderr
    assert terminal.servers() == before
    assert "demo" in kubectl(terminal, "get", "providerpools")


def test_up_starts_an_operator_that_died_again(environment: Environment) -> None:
    terminal = environment.terminal
    (operator,) = terminal.pids("operator")
    os.kill(operator, signal.SIGKILL)
    mended = terminal.run("up")
    assert mended.returncode == 0, mended.stdout + mended.stderr
    (again,) = terminal.pids("operator")
    assert again != operator


@pytest.mark.timeout(400)
def test_two_environments_side_by_side_do_not_meet_and_down_removes_one_alone(
    environment: Environment, terminal: Terminal
) -> None:
    other = environment.terminal
    ran = terminal.run("up")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    kubectl(other, "create", "configmap", "only-here", "-n", "lab-riga")
    assert "only-here" not in kubectl(terminal, "get", "configmaps", "-n", "lab-riga")
    assert terminal.run("down").returncode == 0
    assert terminal.left_over() == []
    assert not terminal.home.exists()
    assert terminal.run("down").returncode == 0
    assert "demo" in kubectl(other, "get", "providerpools")
