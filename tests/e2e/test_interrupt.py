"""A demonstration that is ended early leaves no process behind; `hansa up` is interrupted in `environment`."""

import signal

import pytest

from tests.e2e.conftest import Terminal, read_until

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
