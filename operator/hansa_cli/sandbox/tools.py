"""Find the programs that set-up installed: beside this Python, else on PATH."""

import shutil
import sys
from pathlib import Path

from hansa_cli.problem import Problem


def find_tool(name: str) -> str:
    """Return a program's path."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        raise Problem(f"{name} is not installed", "run `make setup` in the clone, and use its .venv/bin/hansa")
    return found
