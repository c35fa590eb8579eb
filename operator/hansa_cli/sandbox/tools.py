"""Find the programs that set-up installed: beside this Python, else on PATH."""

import shutil
import sys
from pathlib import Path

from hansa_cli.problem import Problem


def require_ray() -> None:
    """Check that jobs can run: the backend starts the Ray beside this Python, and no other."""
    if not Path(sys.executable).with_name("ray").exists():
        remedy = "install Hansa with its `demo` extra, or run `make setup` in a clone and use its .venv/bin/hansa"
        raise Problem("Ray is not installed beside this Python: no job could run", remedy)


def find_tool(name: str) -> str:
    """Return a program's path."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        raise Problem(f"{name} is not installed", "run `make setup` in the clone, and use its .venv/bin/hansa")
    return found
