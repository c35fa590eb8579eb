"""What the end of a Ray process' log says to a person."""

from pathlib import Path

import pytest

from hansa_operator.adapters.ray.local.clusters import tail

TRACEBACK = """Traceback (most recent call last):
  File "node.py", line 440, in __init__
    raise Exception(
Exception: The current node timed out during startup.
"""


@pytest.mark.parametrize(
    ("log", "said"),
    [
        (TRACEBACK, "Exception: The current node timed out during startup."),
        ("one\ntwo\n", "one | two"),
        ("  indented\n", "indented"),
        ("", "it printed nothing"),
    ],
)
def test_a_traceback_is_told_by_its_exception(tmp_path: Path, log: str, said: str) -> None:
    (tmp_path / "head.log").write_text(log)
    assert tail(tmp_path / "head.log") == said


def test_a_log_that_is_not_there_says_nothing(tmp_path: Path) -> None:
    assert tail(tmp_path / "head.log") == "it printed nothing"
