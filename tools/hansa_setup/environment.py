"""The Python environment: a virtual environment from the hash-locked file, with Hansa itself installed for editing."""

import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

from hansa_setup.command import Argv, run
from hansa_setup.failure import SetupFailure
from hansa_setup.layout import Layout
from hansa_setup.stamps import Step, key_of
from hansa_setup.wheels import uv_settings


def environment_step(layout: Layout) -> Step:
    """Return the step that makes .venv."""
    inputs = (layout.root / "pyproject.toml", layout.root / "requirements.txt")
    return Step(
        name="environment",
        title="Python environment",
        key=key_of(platform.python_version(), str(layout.root), files=inputs),
        outputs=(layout.bin / "python", layout.bin / "hansa", layout.bin / "kubectl-hansa", layout.bin / "uv"),
        make=lambda: _make(layout),
        needed_bytes=25 * 10**8,  # packages once in uv's cache and once here
    )


def pinned(name: str, requirements: str) -> str:
    """Return the lines of a locked file that pin one distribution, with its hashes."""
    found = re.search(rf"^{re.escape(name)}==(?:.*\\\n)*.*\n?", requirements, re.MULTILINE)
    if found is None:
        raise SetupFailure(f"requirements.txt does not pin {name}.", "Restore the file: git checkout requirements.txt")
    return found[0]


def _make(layout: Layout) -> None:
    log = layout.work / "environment.log"
    if not _is_ours(layout):
        _create(layout, log)
    bootstrap = layout.work / "uv.txt"
    bootstrap.write_text(pinned("uv", (layout.root / "requirements.txt").read_text()))
    pip: Argv = [layout.bin / "python", "-m", "pip", "install", "--disable-pip-version-check"]
    run("fetching uv", [*pip, "--require-hashes", "-r", bootstrap], log=log, cwd=layout.root)
    uv: Argv = [layout.bin / "uv", "pip", "install", "--python", layout.bin / "python"]
    locked: Argv = [*uv, "--compile-bytecode", "--require-hashes", "-r", layout.root / "requirements.txt"]
    run("installing the locked packages", locked, log=log, cwd=layout.root, env=uv_settings())
    editable: Argv = [*uv, "--no-deps", "--no-build-isolation", "--offline", "-e", layout.root]
    run("installing hansa", editable, log=log, cwd=layout.root, env=uv_settings())


def _is_ours(layout: Layout) -> bool:
    """Tell whether there is an environment of this very Python, with a pip that runs."""
    python = layout.bin / "python"
    if not python.exists():
        return False
    ask = "import platform, pip; print(platform.python_version())"
    done = subprocess.run([python, "-c", ask], capture_output=True, text=True, check=False)
    return done.returncode == 0 and done.stdout.strip() == platform.python_version()


def base_python() -> Path:
    """Return the Python outside any environment: the one that runs this may lie in the environment to be replaced."""
    if sys.prefix == sys.base_prefix:
        return Path(sys.executable)
    return Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"


def _create(layout: Layout, log: Path) -> None:
    shutil.rmtree(layout.venv, ignore_errors=True)
    try:
        run("making .venv", [base_python(), "-m", "venv", layout.venv], log=log, cwd=layout.root)
    except SetupFailure as failure:
        shutil.rmtree(layout.venv, ignore_errors=True)
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise SetupFailure(
            failure.what,
            f"If Python's venv module is missing, install it (Debian and Ubuntu: apt install python{version}-venv), "
            f"and run it again. Details: {log}",
        ) from failure
