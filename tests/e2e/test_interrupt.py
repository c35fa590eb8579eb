"""Ctrl-C at any time leaves no process behind, and running it again works."""

import signal

import pytest

from tests.e2e.conftest import Environment, Terminal, read_until

INTERRUPTS = [
    pytest.param("control plane", signal.SIGTERM, id="by SIGTERM while the control plane starts"),
    pytest.param("ok  chain", signal.SIGINT, id="by Ctrl-C while contracts and objects are made"),
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


def test_up_works_after_an_interrupted_up(environment: Environment) -> None:
    assert environment.interrupted == 130
    assert environment.left == []
    assert environment.terminal.pids("operator")
