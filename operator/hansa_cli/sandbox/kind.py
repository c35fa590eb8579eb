"""A kind cluster instead of the own control plane: asked for by KIND=1, needs Docker and `kind`."""

import os
import shutil
import subprocess

from hansa_cli.problem import Problem
from hansa_cli.sandbox.home import Home

WITHOUT = "leave KIND out: `hansa up` starts a Kubernetes API of its own and needs no Docker"


def kind_wanted() -> bool:
    """Return whether KIND=1 asks for a kind cluster."""
    return os.environ.get("KIND", "") not in ("", "0")


def require_kind() -> None:
    """Check that a kind cluster can be made here."""
    if shutil.which("kind") is None:
        raise Problem("KIND=1 needs `kind`, which is not on PATH", f"install it, or {WITHOUT}")
    if shutil.which("docker") is None or _run("docker", "info").returncode != 0:
        raise Problem("KIND=1 needs Docker, which does not answer", f"start Docker, or {WITHOUT}")


def create_kind_cluster(home: Home, name: str) -> None:
    """Create a kind cluster and write its kubeconfig into the sandbox."""
    made = _run("kind", "create", "cluster", "--name", name, "--kubeconfig", str(home.kubeconfig), "--wait", "120s")
    if made.returncode != 0:
        raise Problem(
            f"kind could not create cluster {name}: {_last_line(made)}", f"run `kind delete cluster --name {name}`"
        )


def delete_kind_cluster(name: str) -> None:
    """Delete a kind cluster; one that is not there is fine."""
    done = _run("kind", "delete", "cluster", "--name", name)
    if done.returncode != 0:
        raise Problem(
            f"kind could not delete cluster {name}: {_last_line(done)}", f"run `kind delete cluster --name {name}`"
        )


def _run(*argv: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(argv, capture_output=True, text=True, timeout=600, check=False)
    except (OSError, subprocess.TimeoutExpired) as failed:
        return subprocess.CompletedProcess(argv, 1, "", str(failed))


def _last_line(done: subprocess.CompletedProcess[str]) -> str:
    return (done.stderr.strip() or done.stdout.strip() or "no output").splitlines()[-1]
