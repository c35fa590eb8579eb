"""What must be there before the first minute is spent."""

import platform
import shutil
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from hansa_setup.failure import SetupFailure


def check_platform(system: str = sys.platform, machine: str = platform.machine()) -> None:
    """Refuse systems that the pinned tools do not run on."""
    if (system, machine) != ("linux", "x86_64"):
        raise SetupFailure(
            f"Hansa's development environment runs on Linux on x86-64, not on {system} on {machine}.",
            "Use a Linux machine or virtual machine.",
        )


def check_program(name: str, why: str) -> None:
    """Refuse to start without a program."""
    if shutil.which(name) is None:
        raise SetupFailure(
            f"{name} is not on PATH, and {why}.",
            f"Install it (Debian and Ubuntu: apt install {name}), and run it again.",
        )


def free_bytes(path: Path) -> int:
    """Return the bytes free for us on the file system that holds, or will hold, a path."""
    existing = next(place for place in (path, *path.parents) if place.exists())
    return shutil.disk_usage(existing).free


def check_folder(place: Path) -> None:
    """Refuse a cache that lies in a file: the programs that would use it tell it in words of their own."""
    existing = next(folder for folder in (place, *place.parents) if folder.exists())
    if not existing.is_dir():
        raise SetupFailure(
            f"{existing} is no directory, and the set-up keeps what it downloads in {place}.",
            "Name a directory with XDG_CACHE_HOME=..., or leave it out, and run it again.",
        )


def check_disk(places: Iterable[Path], needed: int, measure: Callable[[Path], int] = free_bytes) -> None:
    """Refuse to start what would fill a disk."""
    for place in places:
        free = measure(place)
        if free < needed:
            raise SetupFailure(
                f"{place} has {free / 10**9:.1f} GB free, and the set-up needs {needed / 10**9:.1f} GB there.",
                "Free some space (the shared cache can go elsewhere: XDG_CACHE_HOME=/path), and run it again.",
            )
