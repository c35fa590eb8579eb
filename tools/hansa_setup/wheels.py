"""Tools from PyPI wheels, for machines whose own are missing or too old."""

import os
import shutil
from pathlib import Path

from hansa_setup.command import Argv, run
from hansa_setup.layout import Layout
from hansa_setup.locking import hold
from hansa_setup.stamps import key_of


def unpack_wheel(layout: Layout, name: str) -> Path:
    """Return where the wheel that tools/locks/NAME.txt pins is unpacked in the shared cache."""
    lock = layout.locks / f"{name}.txt"
    place = layout.cache / "wheels" / f"{name}-{key_of(files=[lock])[:16]}"
    with hold(place.with_suffix(".lock"), name):
        if not place.is_dir():
            fresh = place.with_name(f"{place.name}.{os.getpid()}.new")
            try:
                _install(layout, name, lock, fresh)
                fresh.rename(place)
            finally:
                shutil.rmtree(fresh, ignore_errors=True)
    return place


def _install(layout: Layout, name: str, lock: Path, target: Path) -> None:
    argv: Argv = [layout.bin / "uv", "pip", "install", "--no-deps", "--require-hashes", "--target", target, "-r", lock]
    log = layout.work / f"{name}.log"
    run(f"fetching {name} from PyPI", argv, log=log, cwd=layout.root, env=uv_settings())


def uv_settings() -> dict[str, str]:
    """Return the settings that make uv follow what is set for pip."""
    names = {
        "PIP_INDEX_URL": "UV_DEFAULT_INDEX",
        "PIP_EXTRA_INDEX_URL": "UV_INDEX",
        "PIP_FIND_LINKS": "UV_FIND_LINKS",
        "PIP_CERT": "SSL_CERT_FILE",
        "PIP_DEFAULT_TIMEOUT": "UV_HTTP_TIMEOUT",
    }
    settings = {theirs: os.environ[ours] for ours, theirs in names.items() if os.environ.get(ours)}
    return {name: value for name, value in settings.items() if name not in os.environ} | {"UV_NO_PROGRESS": "1"}
