"""Programs of a sandbox: found by their marker, stopped for good, never started while all is being stopped."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hansa_cli.problem import Problem
from hansa_cli.sandbox.closing import Closed, Gate
from hansa_cli.sandbox.home import Home, Record
from hansa_cli.sandbox.leftovers import find, processes_of, stop_all
from hansa_cli.sandbox.programs import Program, Running, start_program, wait_for, words_of

STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"
)
PARENT = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {STUBBORN!r}]); time.sleep(600)"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.make()
    return made


def start(home: Home, sandbox: str, code: str, gate: Gate | None = None) -> Running:
    """Start some Python."""
    return start_program(home, sandbox, gate or Gate(), Program("test", (sys.executable, "-c", code), {"EXTRA": "1"}))


def reap(running: Running) -> None:
    until = time.monotonic() + 20
    while running.exit_code() is None:
        assert time.monotonic() < until
        time.sleep(0.01)


def test_a_family_that_ignores_sigterm_is_stopped_and_nobody_else(home: Home) -> None:
    ours, theirs = Record.fresh().id, Record.fresh().id
    family, stranger = start(home, ours, PARENT), start(home, theirs, "import time; time.sleep(600)")
    try:
        wait_for(
            family, lambda: len(find(home.root, ours)) == 2 and b"up" in family.log.read_bytes(), Gate(), seconds=20
        )
        assert stop_all(home.root, ours, grace_seconds=1) == []
        reap(family)
        assert processes_of(home.root, ours) == []
        assert stranger.exit_code() is None
    finally:
        stop_all(home.root, theirs)
        reap(stranger)


def test_a_ray_process_of_the_home_is_found_without_the_marker(home: Home) -> None:
    environment = {**os.environ, "HANSA_SPOOL": str(home.spool("lubeck"))}
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], env=environment)
    try:
        assert [found.pid for found in find(home.root, None)] == [process.pid]
        assert find(home.root.with_name("other"), None) == []
    finally:
        assert stop_all(home.root, None) == []
        process.wait(timeout=20)


def test_nothing_starts_once_everything_is_being_stopped(home: Home) -> None:
    gate = Gate()
    gate.close()
    with pytest.raises(Closed):
        start(home, "closed", "pass", gate)


def test_a_program_that_ends_at_once_is_told_with_the_end_of_its_log(home: Home) -> None:
    running = start(home, Record.fresh().id, "import sys; sys.exit('no such port')")
    with pytest.raises(Problem, match="the test ended with exit code 1: no such port"):
        wait_for(running, lambda: False, Gate(), seconds=20)


def test_long_last_words_are_cut_to_their_end(home: Home) -> None:
    running = start(home, Record.fresh().id, "import sys; sys.exit('{' * 5000 + ' no such port')")
    with pytest.raises(Problem, match=r"exit code 1: \.\.\.\{+ no such port") as met:
        wait_for(running, lambda: False, Gate(), seconds=20)
    assert len(met.value.what) < 500


def test_a_program_gets_no_secrets_of_the_caller(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    running = start(home, Record.fresh().id, "import os; print(sorted(os.environ))")
    reap(running)
    told = running.log.read_text()
    assert "AWS_SECRET_ACCESS_KEY" not in told
    assert "HANSA_SANDBOX" in told


def test_a_missing_program_says_what_to_do(home: Home) -> None:
    with pytest.raises(Problem, match=r"/nowhere/anvil is not there\nrun `make setup`"):
        start_program(home, "x", Gate(), Program("chain", ("/nowhere/anvil",), {}))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('{"time": "2026", "message": "no lease", "why": "etcd is away"}', "no lease: etcd is away"),
        ('{"message": "started", "why": null}', "started"),
        ('{"message": "it broke", "exception": "Traceback\\n  line\\nOSError: no disk"}', "it broke: OSError: no disk"),
        ('{"message": null}', '{"message": null}'),
        ("panic: no disk", "panic: no disk"),
        ('{"msg": "of another kind"}', '{"msg": "of another kind"}'),
        ("[1]", "[1]"),
        ('{"message":' * 900, '{"message":' * 900),
    ],
    ids=range(8),
)
def test_a_line_of_a_log_is_told_in_its_words(line: str, words: str) -> None:
    assert words_of(line) == words
