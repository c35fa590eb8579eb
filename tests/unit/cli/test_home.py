"""Where a sandbox lives: a place that cannot hold one is refused before anything starts."""

import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from hansa_cli.commands.up import ensure_sandbox
from hansa_cli.problem import ExitCode, Problem
from hansa_cli.sandbox.home import LEAST_FREE_BYTES, Home, load_record

Usage = namedtuple("Usage", ("total", "used", "free"))


@pytest.mark.parametrize(("free", "fits"), [(LEAST_FREE_BYTES, True), (LEAST_FREE_BYTES - 1, False)])
def test_a_full_disk_is_refused_with_what_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, fits: bool
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(2**40, 2**40 - free, free))
    home = Home(tmp_path / "home")
    if fits:
        home.make()
        assert home.keys.stat().st_mode & 0o777 == 0o700
    else:
        with pytest.raises(Problem, match=r"has 5\d\d MiB free, and a sandbox needs 512"):
            home.make()


def test_a_place_where_nothing_can_be_made_is_named() -> None:
    with pytest.raises(Problem, match="cannot create /proc/hansa") as refused:
        Home(Path("/proc/hansa")).make()
    assert "HANSA_HOME" in refused.value.remedy


def test_a_directory_with_files_of_others_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(Problem, match=r"holds thesis\.txt"):
        Home(tmp_path).make()
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_only_what_a_sandbox_put_there_is_removed(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.make()
    home.record.write_text("{}")
    home.remove()
    assert not home.root.exists()
    home.make()
    (home.root / "thesis.txt").write_text("mine")
    home.remove()
    assert [path.name for path in home.root.iterdir()] == ["thesis.txt"]


def test_a_file_where_a_directory_belongs_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("mine")
    with pytest.raises(Problem, match="home is a file") as refused:
        load_record(Home(tmp_path / "home"))
    assert "choose a directory" in refused.value.remedy


SILENT = """
current-context: here
contexts: [{name: here, context: {cluster: c}}]
clusters: [{name: c, cluster: {server: "http://127.0.0.1:9"}}]
"""


@pytest.mark.parametrize(("content", "told"), [(SILENT, "does not answer"), ("text", "no usable kubeconfig")])
def test_a_borrowed_cluster_that_cannot_be_used_leaves_no_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str, told: str
) -> None:
    (tmp_path / "borrowed").write_text(content)
    monkeypatch.setenv("HANSA_KUBECONFIG", str(tmp_path / "borrowed"))
    with pytest.raises(Problem, match=rf"borrowed.*{told}") as refused:
        ensure_sandbox(Home(tmp_path / "home"))
    assert refused.value.code is ExitCode.UNREACHABLE
    assert "HANSA_KUBECONFIG" in refused.value.remedy
    assert "export" not in refused.value.remedy
    assert not (tmp_path / "home").exists()
