"""What is shown of work that takes a while where no terminal watches."""

import io
import time
from contextlib import ExitStack

import pytest
from rich.console import Console

from hansa_cli.screen import Steps, busy


def until(out: io.StringIO, text: str) -> None:
    """Wait until the text was printed."""
    deadline = time.monotonic() + 10
    while text not in out.getvalue():
        assert time.monotonic() < deadline, out.getvalue()
        time.sleep(0.005)


def test_a_step_is_told_at_its_start_while_it_runs_and_at_its_end() -> None:
    out = io.StringIO()
    with Steps(Console(file=out), sign_seconds=0.02) as steps, ExitStack() as one:
        note = one.enter_context(steps.step("a", "first"))
        assert out.getvalue() == "... first\n"
        note.say("halfway")
        with steps.step("b", "second"):
            until(out, "    first (halfway, 0 s); second (0 s)\n")
        until(out, "ok  second (")
        until(out, "    first (halfway, 0 s)\n")
        one.close()
    assert out.getvalue().splitlines()[-1].startswith("ok  first (")


def test_nothing_is_told_of_a_step_that_broke_off_after_it() -> None:
    out = io.StringIO()
    with Steps(Console(file=out), sign_seconds=0.01) as steps:
        with pytest.raises(ZeroDivisionError), steps.step("a", "first"):
            1 // 0  # noqa: B018 -- it is to break off
        with steps.step("b", "second"):
            until(out, "    second (0 s)\n")
    assert "ok  first" not in out.getvalue()
    assert set(steps.seconds) == {"b"}


def test_what_takes_longer_than_a_moment_is_told_and_what_is_quick_is_not() -> None:
    out = io.StringIO()
    with busy("asking", Console(file=out), after_seconds=60):
        pass
    assert not out.getvalue()
    with busy("asking [1]", Console(file=out), after_seconds=0.01) as say:
        until(out, "... asking [1]\n")
        for text in ("half", "half", "all"):
            say(text)
    assert out.getvalue().splitlines() == ["... asking [1]", "... asking [1] (half)", "... asking [1] (all)"]


def test_in_a_terminal_what_is_under_way_is_shown_as_long_as_it_is() -> None:
    out = io.StringIO()
    with busy("asking [1]", Console(file=out, force_terminal=True), after_seconds=0.01):
        until(out, "asking [1]")
    assert out.getvalue().endswith("\x1b[2K"), "the line is taken away again"
