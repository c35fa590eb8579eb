"""A demonstration that cannot be played says where to look."""

import sys
from pathlib import Path

import pytest

from hansa_cli.commands.demo import run_demo
from hansa_cli.problem import Problem


def test_a_demonstration_that_fails_names_its_logs_and_what_it_keeps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HANSA_KUBECONFIG", "KIND"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    (tmp_path / "ray").touch()
    home = tmp_path / "play"
    with pytest.raises(Problem, match="is not installed") as met:
        run_demo(home, keep=False)
    assert f"all of it is kept in {home}, the logs in {home / 'logs'}" in met.value.remedy
    assert (home / "logs").is_dir()
