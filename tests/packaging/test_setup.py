"""The set-up does what is needed, once, and leaves nothing half made."""

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.packaging.conftest import GO, Clone, make_clone

PROGRAMS = ["etcd", "kube-apiserver", "kube-controller-manager", "kubectl"]


@pytest.fixture
def gopher(clone: Clone) -> Clone:
    clone.give("go", GO)
    return clone


def test_a_second_call_starts_at_once_and_says_nothing(gopher: Clone) -> None:
    assert gopher.run("control-plane")[0] == 0
    assert gopher.run("control-plane") == (0, "", "")
    assert gopher.calls() == PROGRAMS


def test_only_what_changed_is_built_again(gopher: Clone) -> None:
    gopher.run("control-plane")
    lock = gopher.root / "tools/controlplane/etcd/go.sum"
    lock.write_text(lock.read_text() + "\n")
    assert gopher.run("control-plane")[0] == 0
    assert gopher.calls() == ["etcd", *PROGRAMS]


def test_what_was_removed_is_made_again(gopher: Clone) -> None:
    gopher.run("control-plane")
    (gopher.root / ".venv/bin/kubectl").unlink()
    assert gopher.run("control-plane")[0] == 0
    assert (gopher.root / ".venv/bin/kubectl").exists()
    assert gopher.calls() == PROGRAMS, "it was only linked again from the cache"


@pytest.mark.parametrize(
    "variable", [{"KIND": "1"}, {"KIND": "yes"}, {"HANSA_KUBECONFIG": "/some/kubeconfig"}], ids=str
)
def test_a_given_cluster_needs_kubectl_alone(gopher: Clone, variable: dict[str, str]) -> None:
    gopher.extra = variable
    assert gopher.run("control-plane")[0] == 0
    assert gopher.calls() == ["kubectl"]


def test_two_clones_at_once_build_each_program_once(tmp_path: Path) -> None:
    clones = [make_clone(tmp_path / name, tmp_path / "cache") for name in ("one", "two")]
    for clone in clones:
        clone.give("go", GO)
        clone.extra = {"GO_TAKES": "0.5"}
    started = [clone.start("control-plane") for clone in clones]
    assert [process.communicate(timeout=180) and process.returncode for process in started] == [0, 0]
    assert clones[0].calls() == PROGRAMS
    assert all((clone.root / ".venv/bin" / name).exists() for clone in clones for name in PROGRAMS)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_build_leaves_no_process_and_no_program(gopher: Clone, number: signal.Signals) -> None:
    gopher.extra = {"GO_TAKES": "600"}
    process = gopher.start("control-plane")
    wait_for(lambda: list(gopher.cache.rglob("*.begun")))
    builders = children_of(process.pid)
    assert builders
    process.send_signal(number)
    _, err = process.communicate(timeout=180)
    assert process.returncode == 130
    assert "run it again" in err
    assert not any(Path(f"/proc/{builder}").exists() for builder in builders)
    assert not (gopher.root / ".venv/bin/etcd").exists()
    gopher.extra = {}
    assert gopher.run("control-plane")[0] == 0


def children_of(pid: int) -> list[str]:
    """Return the process ids of a process's children."""
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def wait_for(condition: Callable[[], object], seconds: float = 20) -> None:
    """Wait until a condition holds; fail after a deadline."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come to hold"
        time.sleep(0.02)


def test_a_broken_environment_is_replaced_from_the_python_outside_it(clone: Clone) -> None:
    """`make` finds the environment's own Python first, which must not be the one that makes it anew."""
    shutil.rmtree(clone.root / ".venv")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", clone.root / ".venv"], check=True)
    inside = clone.root / ".venv/bin/python3"
    clone.run("environment", python=inside)
    made = subprocess.run([inside, "-m", "pip", "--version"], capture_output=True, text=True, check=False)
    assert str(clone.root) in made.stdout
