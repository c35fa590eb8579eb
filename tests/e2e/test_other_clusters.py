"""A sandbox on a cluster that is not its own: borrowed by kubeconfig, or made by kind."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hansa_cli.problem import ExitCode
from hansa_operator.adapters.free_ports import free_ports
from tests.e2e import stand_in_kind
from tests.e2e.conftest import REPOSITORY, Terminal
from tests.fixtures.controlplane import ControlPlane

FOREIGN = """
apiVersion: v1
kind: Namespace
metadata: {name: foreign}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: kept, namespace: foreign}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: foreign}
rules: []
"""

AWAY = """
current-context: away
contexts: [{{name: away, context: {{cluster: away, user: away}}}}]
clusters: [{{name: away, cluster: {{server: "http://127.0.0.1:{port}"}}}}]
users: [{{name: away, user: {{}}}}]
"""

KINDS = "namespaces,clusterroles,clusterrolebindings,hubs,providerpools,providers,aiservices,settlements"


def has_kind() -> bool:
    """Return whether kind and a Docker that answers are here."""
    if shutil.which("kind") is None or shutil.which("docker") is None:
        return False
    return subprocess.run(["docker", "info"], capture_output=True, timeout=60, check=False).returncode == 0


def all_names(controlplane: ControlPlane) -> set[str]:
    """Return the cluster-scoped objects that a sandbox could have made."""
    return set(controlplane.kubectl("get", KINDS, "-o", "name").stdout.split())


def run_a_job(terminal: Terminal, kubeconfig: Path) -> None:
    """Apply one of the shipped jobs and wait for its end."""
    environment = {**terminal.environment, "KUBECONFIG": str(kubeconfig)}
    for argv in (
        ["apply", "-n", "lab-visby", "-f", "jobs/examples/filetypes/job.yaml"],
        ["wait", "-n", "lab-visby", "--for=condition=Complete", "aijob/filetypes", "--timeout=240s"],
    ):
        done = subprocess.run(
            ["kubectl", *argv],
            env=environment,
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            timeout=270,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.timeout(600)
def test_a_borrowed_cluster_is_left_as_it_was(terminal: Terminal, controlplane: ControlPlane) -> None:
    controlplane.kubectl("apply", "-f", "-", stdin=FOREIGN)
    before = all_names(controlplane)
    terminal.extra["HANSA_KUBECONFIG"] = str(controlplane.kubeconfig)
    up = terminal.run("up")
    assert up.returncode == 0, up.stdout + up.stderr
    assert f"export KUBECONFIG={controlplane.kubeconfig}" in up.stdout
    run_a_job(terminal, controlplane.kubeconfig)
    down = terminal.run("down", timeout=200)
    assert down.returncode == 0, down.stdout + down.stderr
    assert terminal.left_over() == []
    assert all_names(controlplane) == before
    assert controlplane.kubectl("get", "configmap", "kept", "-n", "foreign").returncode == 0
    controlplane.kubectl("delete", "-f", "-", stdin=FOREIGN)


def test_a_kubeconfig_that_is_not_there_is_named(terminal: Terminal, tmp_path: Path) -> None:
    terminal.extra["HANSA_KUBECONFIG"] = str(tmp_path / "missing")
    up = terminal.run("up")
    assert up.returncode != 0
    assert str(tmp_path / "missing") in up.stdout + up.stderr
    assert "Traceback" not in up.stdout + up.stderr
    assert not terminal.home.exists()
    assert terminal.run("down").returncode == 0


def test_a_cluster_that_does_not_answer_leaves_no_home(terminal: Terminal, tmp_path: Path) -> None:
    (port,) = free_ports(1)
    away = tmp_path / "away"
    away.write_text(AWAY.format(port=port))
    terminal.extra["HANSA_KUBECONFIG"] = str(away)
    up = terminal.run("up")
    assert up.returncode == ExitCode.UNREACHABLE
    assert "point HANSA_KUBECONFIG at a cluster" in up.stdout + up.stderr
    assert not terminal.home.exists()


@pytest.mark.skipif(has_kind(), reason="kind and Docker are here")
def test_without_docker_kind_is_refused_with_a_way_out(terminal: Terminal) -> None:
    terminal.extra["KIND"] = "1"
    up = terminal.run("up")
    assert up.returncode != 0
    assert "leave KIND out" in up.stdout + up.stderr


@pytest.mark.timeout(240)
def test_a_cluster_that_kind_made_goes_with_the_environment(terminal: Terminal, tmp_path: Path) -> None:
    programs, clusters = tmp_path / "programs", tmp_path / "clusters"
    for folder in (programs, clusters):
        folder.mkdir()
    write_program(programs / "docker", "true")
    write_program(programs / "kind", f'exec {sys.executable} -m {stand_in_kind.__name__} "$@"')
    path = f"{programs}{os.pathsep}{terminal.environment['PATH']}"
    terminal.extra |= {"KIND": "1", "PATH": path, stand_in_kind.CLUSTERS: str(clusters)}
    up = terminal.run("up")
    assert up.returncode == 0, up.stdout + up.stderr
    assert f"export KUBECONFIG={terminal.kubeconfig()}" in up.stdout
    (made,) = clusters.iterdir()
    assert f"kind cluster {made.name}" in up.stdout
    assert made.name.startswith("hansa-")
    assert not any(role == "kube-apiserver" for role, _ in terminal.servers()), "there is no other"
    down = terminal.run("down")
    assert down.returncode == 0, down.stdout + down.stderr
    assert list(clusters.iterdir()) == []
    assert terminal.left_over() == []


def write_program(path: Path, does: str) -> None:
    """Write a shell script that can be run by its name."""
    path.write_text(f"#!/bin/sh\n{does}\n")
    path.chmod(0o755)


@pytest.mark.skipif(not has_kind(), reason="kind or Docker is not here")
@pytest.mark.timeout(900)
def test_a_kind_cluster_is_made_and_removed(terminal: Terminal) -> None:
    terminal.extra["KIND"] = "1"
    up = terminal.run("up", timeout=600)
    assert up.returncode == 0, up.stdout + up.stderr
    run_a_job(terminal, Path(terminal.kubeconfig()))
    assert terminal.run("down", timeout=200).returncode == 0
    assert (
        "hansa-" not in subprocess.run(["kind", "get", "clusters"], capture_output=True, text=True, check=True).stdout
    )
