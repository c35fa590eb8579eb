"""Each foreseeable cause that stops the set-up is one line: what happened, why, what to do."""

import ast
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from hansa_setup.command import Command, run_together
from hansa_setup.environment import pinned
from hansa_setup.failure import SetupFailure, explain_failure
from hansa_setup.prerequisites import check_disk, check_platform
from tests.packaging.conftest import GO, REPOSITORY, Clone

OLD_NODE = "#!/usr/bin/env bash\necho v18.19.1\n"
NEW_NODE = "#!/usr/bin/env bash\necho v22.4.0\n"


def assert_one_line(code: int, err: str, *told: str) -> None:
    """Check that a failure is one line which tells these things."""
    assert code == 1
    assert err.count("\n") == 1, err
    assert err.startswith("setup: ")
    for part in told:
        assert part in err


def test_no_go_and_no_network(clone: Clone) -> None:
    code, _, err = clone.run("control-plane")
    assert_one_line(code, err, "Go 1.26 or newer is not on PATH", "network does not answer", "run it again")


def test_an_old_go_is_told_by_its_version(clone: Clone) -> None:
    clone.give("go", GO)
    clone.extra = {"GO_SAYS": "1.19.8"}
    code, _, err = clone.run("control-plane")
    assert_one_line(code, err, "Go 1.26 or newer is not on PATH (found 1.19)", "Install it")
    assert clone.calls() == []


def test_no_git(clone: Clone) -> None:
    (clone.tools / "git").unlink()
    code, _, err = clone.run("control-plane")
    assert_one_line(code, err, "git is not on PATH", "apt install git")


@pytest.mark.parametrize(
    ("programs", "told"),
    [
        ({}, "Node 20.0 or newer is not on PATH"),
        ({"node": OLD_NODE, "npm": NEW_NODE}, "Node 20.0 or newer is not on PATH (found 18.19)"),
        ({"node": NEW_NODE}, "npm is not on PATH"),
    ],
    ids=["no Node", "an old Node", "Node without npm"],
)
def test_no_usable_node_and_no_network(clone: Clone, programs: dict[str, str], told: str) -> None:
    for name, script in programs.items():
        clone.give(name, script)
    code, _, err = clone.run("chain-tools")
    assert_one_line(code, err, told, "network does not answer", "Install it")


def test_no_network_for_python_packages(clone: Clone) -> None:
    code, _, err = clone.run("environment")
    assert_one_line(code, err, "fetching uv failed", "network does not answer", "HTTPS_PROXY")


def test_python_without_its_venv_module(clone: Clone, tmp_path: Path) -> None:
    (tmp_path / "venv.py").write_text("raise SystemExit('No module named venv')")
    clone.extra = {"PYTHONPATH": f"{clone.root / 'tools'}:{tmp_path}"}
    code, _, err = clone.run("environment")
    assert_one_line(code, err, "making .venv failed", f"python3.{sys.version_info.minor}-venv")


def test_a_python_that_is_not_there(clone: Clone) -> None:
    done = subprocess.run(
        ["/usr/bin/make", "setup", "PYTHON=/no/such/python3"],
        cwd=clone.root,
        env=clone.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "setup: /no/such/python3 is not on PATH. Install Python 3.11 or newer" in done.stderr.splitlines()[0]


SHIM = "#!/usr/bin/env bash\necho 'pyenv: python3.13: command not found' >&2\nexit 127\n"
AS_OLD = "import runpy, sys; sys.version_info = (3, 10, 0); runpy.run_module('hansa_setup', run_name='__main__')"


def start_on_an_old_python(clone: Clone, part: str) -> tuple[int, str]:
    """Run the set-up on a Python that takes itself for 3.10; return exit code and errors."""
    argv = [sys.executable, "-c", AS_OLD, part]
    done = subprocess.run(argv, env=clone.environment, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stderr


def test_shims_of_pythons_that_do_not_run_are_none(clone: Clone) -> None:
    clone.give("python3.13", SHIM)
    clone.give("python3.12", "no program")
    code, err = start_on_an_old_python(clone, "kitchen")
    assert_one_line(code, err, "Python 3.10.0 is too old", "3.11 or newer")


def test_a_newer_python_behind_a_shim_is_taken(clone: Clone, tmp_path: Path) -> None:
    clone.give("python3.13", SHIM)
    (tmp_path / "more").mkdir()
    (tmp_path / "more/python3.13").symlink_to(sys.executable)
    clone.extra = {"PATH": f"{clone.tools}:{tmp_path / 'more'}"}
    code, err = start_on_an_old_python(clone, "kitchen")
    assert (code, "there is no part kitchen" in err) == (2, True)


def test_the_first_file_parses_on_old_pythons() -> None:
    ast.parse((REPOSITORY / "tools/hansa_setup/__main__.py").read_text(), feature_version=(3, 6))


def test_a_cache_that_is_a_file_is_named_before_anything_is_fetched(clone: Clone, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    clone.extra = {"XDG_CACHE_HOME": str(tmp_path / "file")}
    code, _, err = clone.run("environment")
    assert_one_line(code, err, f"{tmp_path / 'file'} is no directory", "XDG_CACHE_HOME=")


def test_an_unknown_part_lists_the_known_ones(clone: Clone) -> None:
    code, _, err = clone.run("kitchen")
    assert code == 2
    assert "environment, chain-tools, contracts, control-plane" in err


@pytest.mark.parametrize("free", [0, 5_999_999_999])
def test_a_small_disk_is_refused_before_the_first_minute(free: int) -> None:
    with pytest.raises(
        SetupFailure, match=r"/somewhere has .* GB free, and the set-up needs 6.0 GB there.*XDG_CACHE_HOME"
    ):
        check_disk([Path("/somewhere")], 6 * 10**9, lambda _: free)


def test_a_disk_with_room_is_taken() -> None:
    check_disk([Path("/somewhere")], 6 * 10**9, lambda _: 6 * 10**9)


@pytest.mark.parametrize(("system", "machine"), [("darwin", "arm64"), ("linux", "aarch64")])
def test_other_platforms_are_refused(system: str, machine: str) -> None:
    with pytest.raises(SetupFailure, match=f"not on {system} on {machine}"):
        check_platform(system, machine)


@pytest.mark.parametrize(
    ("output", "told"),
    [
        ("write /x: no space left on device", "the disk is full"),
        ("verifying module: checksum mismatch", "not what the lock file pins"),
        ("npm error code EINTEGRITY", "not what the lock file pins"),
        ("dial tcp: lookup example: no such host", "the network does not answer"),
        ("npm error code EAI_AGAIN", "the network does not answer"),
        ("one\nundefined: Foo\n\n", "undefined: Foo"),
        ("", "it printed nothing"),
    ],
)
def test_a_programs_failure_is_told_by_its_cause(output: str, told: str) -> None:
    failure = explain_failure("building etcd", output, Path("build/setup/etcd.log"))
    assert failure.what.startswith("building etcd failed: ")
    assert told in failure.what
    assert failure.remedy


def test_the_bootstrap_is_pinned_by_the_same_lock_with_its_hashes() -> None:
    lines = pinned("uv", (REPOSITORY / "requirements.txt").read_text()).splitlines()
    assert lines[0].startswith("uv==")
    assert len(lines) > 2
    assert all("--hash=sha256:" in line for line in lines[1:])


def test_of_two_programs_side_by_side_the_one_that_fails_ends_the_other(tmp_path: Path) -> None:
    log = tmp_path / "log"
    lasting = Command(("sleep", "600"), log, tmp_path)
    failing = Command(("sh", "-c", "echo out of wood; exit 1"), tmp_path / "other", tmp_path)
    begun = time.monotonic()
    with pytest.raises(SetupFailure, match="building failed: out of wood"):
        run_together("building", [lasting, failing])
    assert time.monotonic() - begun < 60


def test_an_interrupt_while_programs_are_started_ends_all_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[subprocess.Popen[bytes]] = []

    class Interrupted(subprocess.Popen):  # type: ignore[type-arg]
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            started.append(self)
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr("hansa_setup.command.subprocess.Popen", Interrupted)
    lasting = [Command(("sleep", "600"), tmp_path / name, tmp_path) for name in ("one", "two")]
    with pytest.raises(KeyboardInterrupt):
        run_together("building", lasting)
    assert len(started) == 2
    assert all(process.poll() is not None for process in started)
