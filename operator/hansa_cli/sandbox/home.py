"""Where a sandbox keeps its things, and what must be known to find it again."""

import json
import os
import secrets
import shutil
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hansa_cli.problem import Problem

LEAST_FREE_BYTES = 512 * 2**20
"""What a few hours of a sandbox write: etcd's log takes 64 MB at once, the rest are logs, batches and outputs."""

DEFAULT = ".hansa"
OWN = (
    "chain",
    "controlplane",
    "keys",
    "kubeconfig",
    "local",
    "logs",
    "operator-kubeconfig",
    "operator-ports.json",
    "operator-ports.new",
    "products",
    "sandbox.json",
    "sandbox.new",
    "store",
    "timings.json",
    "timings.new",
)
"""Everything that a sandbox puts into its home."""


@dataclass(frozen=True, slots=True)
class Home:
    """Name the files of a sandbox."""

    root: Path

    @classmethod
    def chosen(cls, given: Path | None = None) -> "Home":
        """Return the home given, else $HANSA_HOME, else ./.hansa."""
        return cls((given or Path(os.environ.get("HANSA_HOME") or DEFAULT)).expanduser().resolve())

    @property
    def record(self) -> Path:
        """Return the file that tells which sandbox this is."""
        return self.root / "sandbox.json"

    @property
    def kubeconfig(self) -> Path:
        """Return the admin's kubeconfig."""
        return self.root / "kubeconfig"

    @property
    def operator_kubeconfig(self) -> Path:
        """Return the kubeconfig of the operator's own account."""
        return self.root / "operator-kubeconfig"

    @property
    def controlplane(self) -> Path:
        """Return the control plane's directory."""
        return self.root / "controlplane"

    @property
    def chain(self) -> Path:
        """Return the chain's directory."""
        return self.root / "chain"

    @property
    def deployment(self) -> Path:
        """Return the manifest of the deployed contracts."""
        return self.chain / "deployment.json"

    @property
    def keys(self) -> Path:
        """Return the directory of private keys."""
        return self.root / "keys"

    @property
    def store(self) -> Path:
        """Return the operator's store."""
        return self.root / "store"

    @property
    def local(self) -> Path:
        """Return the home of the Local backend; a provider's spool is local/PROVIDER/spool."""
        return self.root / "local"

    @property
    def products(self) -> Path:
        """Return the directory of published archives."""
        return self.root / "products"

    @property
    def ports(self) -> Path:
        """Return the file in which the operator tells where it listens."""
        return self.root / "operator-ports.json"

    @property
    def timings(self) -> Path:
        """Return the file of the seconds that each step took."""
        return self.root / "timings.json"

    def log(self, name: str) -> Path:
        """Return a process's log file."""
        return self.root / "logs" / f"{name}.log"

    def spool(self, provider: str) -> Path:
        """Return a provider's spool."""
        return self.local / provider / "spool"

    def make(self) -> None:
        """Create the directories; keys are for their owner only. Raises Problem where they cannot be or fit."""
        self._require_own()
        try:
            for folder in (
                self.root,
                self.controlplane,
                self.chain,
                self.store,
                self.local,
                self.products,
                self.root / "logs",
            ):
                folder.mkdir(parents=True, exist_ok=True)
            self.keys.mkdir(mode=0o700, exist_ok=True)
        except OSError as failed:
            raise Problem(
                f"cannot create {self.root}: {failed}", "choose a directory that you may write: HANSA_HOME=..."
            ) from failed
        free = shutil.disk_usage(self.root).free
        if free < LEAST_FREE_BYTES:
            what = f"{self.root} has {free / 2**20:.0f} MiB free, and a sandbox needs {LEAST_FREE_BYTES / 2**20:.0f}"
            raise Problem(what, "free some space, or choose another directory: HANSA_HOME=...")

    def _require_own(self) -> None:
        """Refuse a directory with files of others in it: `hansa down` would leave them, and nobody could tell which."""
        strange = (
            sorted(path.name for path in self.root.glob("*") if path.name not in OWN) if self.root.is_dir() else []
        )
        if strange:
            what = f"{self.root} is no sandbox and not empty: it holds {', '.join(strange[:3])}"
            raise Problem(what, "choose an empty directory, or one that does not exist: HANSA_HOME=... or --home")

    def remove(self) -> None:
        """Remove what a sandbox has put here, and the directory if nothing else is in it."""
        for name in OWN:
            path = self.root / name
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        with suppress(OSError):
            self.root.rmdir()


@dataclass(frozen=True, slots=True)
class Record:
    """Identify a sandbox: its id marks every one of its processes."""

    id: str
    chain_id: int = 0
    chain_url: str = ""
    chain_port: int = 0
    gateway_port: int = 0
    gateway_url: str = ""
    kubeconfig: str = ""
    own_cluster: bool = True
    kind_cluster: str = ""
    complete: bool = False

    @classmethod
    def fresh(cls) -> "Record":
        """Return the record of a new sandbox."""
        return cls(id=secrets.token_hex(6))


def load_record(home: Home) -> Record | None:
    """Return the record of the sandbox in this home, or None when there is none."""
    try:
        content: dict[str, Any] = json.loads(home.record.read_text())
        return Record(**content)
    except FileNotFoundError:
        return None
    except NotADirectoryError as broken:
        raise Problem(f"{home.root} is a file", "choose a directory: HANSA_HOME=... or --home") from broken
    except (ValueError, TypeError, OSError) as broken:
        raise Problem(
            f"{home.record} cannot be read: {broken}",
            "stop what runs (`ps`), and remove what a sandbox left there; or choose another directory",
        ) from broken


def save_record(home: Home, record: Record) -> None:
    """Write the record, whole or not at all."""
    save_json(home.record, asdict(record))


def save_json(path: Path, content: object) -> None:
    """Write JSON, whole or not at all."""
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(content, indent=2) + "\n")
    fresh.rename(path)
