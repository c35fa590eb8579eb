"""Stand in for `kind` where no Docker is: each of its clusters is a control plane of this machine, a real one."""

import os
import shutil
import sys
from pathlib import Path

from hansa_cli.sandbox.apiserver import start_control_plane
from hansa_cli.sandbox.closing import Gate
from hansa_cli.sandbox.home import Home
from hansa_cli.sandbox.leftovers import stop_all

CLUSTERS = "STAND_IN_CLUSTERS"
"""Names the folder in which each cluster has one."""


def create(name: str, kubeconfig: Path) -> None:
    """Start a cluster, and write where it is."""
    home = Home(Path(os.environ[CLUSTERS]) / name)
    home.make()
    start_control_plane(home, name, Gate())
    shutil.copy(home.kubeconfig, kubeconfig)


def delete(name: str) -> None:
    """Stop a cluster; one that is not there is fine."""
    home = Home(Path(os.environ[CLUSTERS]) / name)
    if home.root.exists():
        assert stop_all(home.root, name, last=("etcd",)) == []
        home.remove()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["create", "cluster", "--name", name, "--kubeconfig", path, "--wait", _]:
            create(name, Path(path))
        case ["delete", "cluster", "--name", name]:
            delete(name)
        case wrong:
            sys.exit(f"kind: unknown command {wrong}")
