"""Temporary folders of Ray clusters: short names below /tmp, since Ray puts sockets with long names into them."""

import hashlib
from pathlib import Path

TEMP = Path("/tmp")  # noqa: S108 - folders in it have random names and are for their owner only


def backend_of(home: Path) -> str:
    """Return what marks everything of the backend with this home."""
    return hashlib.sha256(str(home.absolute()).encode()).hexdigest()[:8]


def folders_of(backend: str, temp: Path = TEMP) -> list[Path]:
    """Return the folders of a backend's clusters, ended ones included."""
    return sorted(temp.glob(f"hansa-{backend}-*"))
