"""Clones for tests of the set-up, and one built wheel for tests of the distribution."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
UV = Path(sys.executable).with_name("uv")
SYSTEM = ("bash", "cat", "env", "ls", "mkdir", "rm", "sleep", "touch", "uname")
# Nothing listens there: what asks for a package is refused at once.
NOWHERE = "http://127.0.0.1:9/simple"

GO = """#!/usr/bin/env bash
# Stands for Go: the real build takes minutes.
if [ "$1" = env ]; then echo "go${GO_SAYS:-1.26.0}"; exit; fi
while [ "$1" != -o ]; do shift; done
mkdir -p "$2"
for package in "${@:3}"; do
    program="$2$(basename "$(realpath -m "$package")")"
    basename "$program" >> "$GO_CALLS"
    touch "$program.begun"
    sleep "${GO_TAKES:-0}"
    rm "$program.begun"
    touch "$program"
done
"""


@dataclass
class Clone:
    """Run the set-up of a copy of the sources, with a PATH and a cache of its own."""

    root: Path
    cache: Path
    tools: Path
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """Return an environment without network, and with only the programs that the test gives."""
        return {
            "HOME": str(self.root),
            "PATH": str(self.tools),
            "PYTHONPATH": str(self.root / "tools"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "XDG_CACHE_HOME": str(self.cache),
            "UV_CACHE_DIR": str(self.root / "uv-cache"),
            "UV_DEFAULT_INDEX": NOWHERE,
            "UV_HTTP_RETRIES": "0",
            "PIP_INDEX_URL": NOWHERE,
            "PIP_RETRIES": "1",
            "PIP_CONFIG_FILE": os.devnull,
            "GO_CALLS": str(self.cache / "go-calls"),
            **self.extra,
        }

    def start(self, *parts: str, python: Path = Path(sys.executable)) -> subprocess.Popen[str]:
        """Start the set-up of some parts."""
        return subprocess.Popen(
            [python, "-m", "hansa_setup", *parts],
            cwd=self.root,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *parts: str, python: Path = Path(sys.executable)) -> tuple[int, str, str]:
        """Run the set-up of some parts; return exit code, output, errors."""
        process = self.start(*parts, python=python)
        out, err = process.communicate(timeout=180)
        return process.returncode, out, err

    def give(self, name: str, script: str) -> None:
        """Put a program on the clone's PATH."""
        program = self.tools / name
        program.unlink(missing_ok=True)
        program.write_text(script)
        program.chmod(0o755)

    def calls(self) -> list[str]:
        """Return what Go was asked to build, sorted: modules are built side by side."""
        log = self.cache / "go-calls"
        return sorted(log.read_text().split()) if log.exists() else []


def make_clone(root: Path, cache: Path) -> Clone:
    """Copy what the set-up reads; give a PATH with the system's small programs and git, but no Go and no Node."""
    for folder in ("tools", "chain_bridge/contracts/src"):
        shutil.copytree(REPOSITORY / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "requirements.txt", "Makefile"):
        shutil.copy2(REPOSITORY / file, root / file)
    for file in ("package.json", "package-lock.json", "foundry.toml"):
        shutil.copy2(REPOSITORY / "chain_bridge/contracts" / file, root / "chain_bridge/contracts" / file)
    (root / ".venv/bin").mkdir(parents=True)
    (root / ".venv/bin/uv").symlink_to(UV)
    tools = root / "path"
    tools.mkdir()
    for name in (*SYSTEM, "basename", "realpath", "git"):
        (tools / name).symlink_to(shutil.which(name) or pytest.fail(f"this machine has no {name}"))
    cache.mkdir(exist_ok=True)
    return Clone(root, cache, tools)


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    """Return a clone without Go, Node and network."""
    return make_clone(tmp_path / "clone", tmp_path / "cache")
