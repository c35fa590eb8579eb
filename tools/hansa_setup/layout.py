"""Where the set-up finds its inputs and puts its outputs."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Layout:
    """Name the places of one clone, and of the user's cache that all clones share."""

    root: Path
    cache: Path

    @property
    def venv(self) -> Path:
        """Return the Python environment's directory."""
        return self.root / ".venv"

    @property
    def bin(self) -> Path:
        """Return the directory that activation puts on PATH: all tools are linked here."""
        return self.venv / "bin"

    @property
    def work(self) -> Path:
        """Return where stamps, logs and the lock lie."""
        return self.root / "build" / "setup"

    @property
    def contracts(self) -> Path:
        """Return the Foundry project."""
        return self.root / "chain_bridge" / "contracts"

    @property
    def artifacts(self) -> Path:
        """Return where the contracts' interfaces and bytecode go for Python."""
        return self.root / "chain_bridge" / "hansa_chain" / "artifacts"

    @property
    def control_plane(self) -> Path:
        """Return the Go module that pins Kubernetes; etcd's lies inside."""
        return self.root / "tools" / "controlplane"

    @property
    def locks(self) -> Path:
        """Return the lock files of tools that come from PyPI when the machine lacks them."""
        return self.root / "tools" / "locks"


def this_clone() -> Layout:
    """Return the layout of the clone that this file is part of."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Layout(root=Path(__file__).resolve().parents[2], cache=Path(base) / "hansa")
