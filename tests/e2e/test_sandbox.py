"""A development environment: up, up again, mended, two side by side, down."""

import os
import signal
import subprocess

import pytest

from tests.e2e.conftest import Terminal


def kubectl(terminal: Terminal, *arguments: str) -> str:
    """Run kubectl on the sandbox's cluster."""
    argv = ["kubectl", "--kubeconfig", terminal.kubeconfig(), *arguments]
    return subprocess.run(argv, env=terminal.environment, capture_output=True, text=True, timeout=60, check=True).stdout


@pytest.mark.timeout(300)
def test_up_twice_is_one_environment_and_down_removes_it(terminal: Terminal) -> None:
    first = terminal.run("up")
    assert first.returncode == 0, first.stdout + first.stderr
    assert f"export KUBECONFIG={terminal.kubeconfig()}" in first.stdout
    assert "your own rights" in first.stdout
    before = sorted(terminal.left_over())
    second = terminal.run("up")
    assert second.returncode == 0, second.stdout + second.stderr
    assert sorted(terminal.left_over()) == before
    assert "demo" in kubectl(terminal, "get", "providerpools")
    assert terminal.run("down").returncode == 0
    assert terminal.left_over() == []
    assert not terminal.home.exists()
    assert terminal.run("down").returncode == 0


@pytest.mark.timeout(300)
def test_up_starts_an_operator_that_died_again(terminal: Terminal) -> None:
    assert terminal.run("up").returncode == 0
    (operator,) = terminal.pids("operator")
    os.kill(operator, signal.SIGKILL)
    mended = terminal.run("up")
    assert mended.returncode == 0, mended.stdout + mended.stderr
    (again,) = terminal.pids("operator")
    assert again != operator


@pytest.mark.timeout(400)
def test_two_environments_side_by_side_do_not_meet(terminal: Terminal) -> None:
    other = Terminal(terminal.home.with_name("other"))
    try:
        assert terminal.run("up").returncode == 0
        ran = other.run("up")
        assert ran.returncode == 0, ran.stdout + ran.stderr
        kubectl(other, "create", "configmap", "only-here", "-n", "lab-riga")
        assert "only-here" not in kubectl(terminal, "get", "configmaps", "-n", "lab-riga")
        assert terminal.run("down").returncode == 0
        assert "demo" in kubectl(other, "get", "providerpools")
    finally:
        other.run("down")
    assert other.left_over() == []
