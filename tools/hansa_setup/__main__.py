"""Start the set-up on a Python that is new enough; this file itself must parse on old ones."""

import os
import shutil
import subprocess
import sys

OLDEST = (3, 11)
IS_NEW = "import sys; sys.exit(sys.version_info < " + repr(OLDEST) + ")"
NAMES = ("python3.14", "python3.13", "python3.12", "python3.11")


def newer_python() -> "str | None":
    """Return the path of a Python that is new enough, or None."""
    folders = os.environ.get("PATH", "").split(os.pathsep)
    for path in (shutil.which(name, path=folder) for name in NAMES for folder in folders):
        if path and runs(path):
            return path
    return None


def runs(path: str) -> bool:
    """Return whether this is a Python that runs: a version manager's shim may stand for one that is not chosen."""
    try:
        return subprocess.call([path, "-c", IS_NEW], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def start() -> None:
    """Run the set-up, or say which Python it needs."""
    if sys.version_info >= OLDEST:
        from hansa_setup.main import main

        sys.exit(main(sys.argv[1:]))
    path = newer_python()
    if path and not os.environ.get("HANSA_SETUP_PYTHON"):
        os.environ["HANSA_SETUP_PYTHON"] = path
        os.execv(path, [path, "-m", "hansa_setup"] + sys.argv[1:])
    found = ".".join(str(part) for part in sys.version_info[:3])
    sys.stderr.write(
        "setup: Python " + found + " is too old: Hansa needs 3.11 or newer. "
        "Install it (Debian and Ubuntu: apt install python3.11 python3.11-venv), "
        "or name it: make PYTHON=/path/to/python3\n"
    )
    sys.exit(1)


start()
