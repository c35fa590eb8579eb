"""A development environment: up, up again, mended."""

import os
import signal

from tests.e2e.environment.conftest import Environment, kubectl


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
