"""Pack one attempt for Ray: runner.pyz, attempt.json and the code, as a zip whose bytes depend on its content alone."""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import PurePosixPath

RUNNER = "runner.pyz"
ATTEMPT = "attempt.json"
ENTRYPOINT = ("python", RUNNER, ATTEMPT)
"""What the Jobs API runs in the unpacked package."""

_EPOCH = (1980, 1, 1, 0, 0, 0)
_MAIN = "import sys\n\nfrom hansa_jobs.runner.main import main\n\nsys.exit(main(sys.argv[1:]))\n"


class PackageRefused(ValueError):
    """Raised when files cannot be packed; the message says which one and what to do."""


@dataclass(frozen=True, slots=True)
class ArchiveRef:
    """Point at an archive of code; `sha256` in hex."""

    uri: str
    sha256: str


@dataclass(frozen=True, slots=True)
class AttemptSpec:
    """State what the runner runs. `gpus` is per worker; `env` holds plain values only, never secrets.

    After `limit_seconds` the runner stops the program by itself; None lets it run for ever.
    """

    job_id: str
    attempt: int
    submission_id: str
    argv: tuple[str, ...]
    gpus: int
    parallelism: int
    env: tuple[tuple[str, str], ...] = ()
    max_output_bytes: int = 48 * 1024 * 1024
    archive: ArchiveRef | None = None
    stop_grace_seconds: int = 2
    limit_seconds: float | None = None


def build_package(spec: AttemptSpec, files: Mapping[str, bytes]) -> bytes:
    """Return the zip that becomes the attempt's working directory; `files` are paths below code/."""
    content = {RUNNER: build_runner(), ATTEMPT: _attempt(spec)}
    content |= {f"code/{_safe(name)}": data for name, data in files.items()}
    return _pack(content)


@lru_cache(maxsize=1)
def build_runner() -> bytes:
    """Return the runner as a zip that Python runs."""
    package = files("hansa_jobs")
    sources = {"hansa_jobs/__init__.py": package.joinpath("__init__.py").read_bytes()}
    for source in package.joinpath("runner").iterdir():
        if source.name.endswith(".py"):
            sources[f"hansa_jobs/runner/{source.name}"] = source.read_bytes()
    return _pack({"__main__.py": _MAIN.encode(), **sources})


def _attempt(spec: AttemptSpec) -> bytes:
    content = asdict(spec) | {"env": dict(spec.env)}
    return json.dumps(content, sort_keys=True, indent=1).encode()


def _safe(name: str) -> str:
    parts = PurePosixPath(name).parts
    if not name or name.startswith("/") or ".." in parts or "\\" in name or "\0" in name or "/".join(parts) != name:
        raise PackageRefused(f"{name!r} cannot be a file of the code: name it by a plain relative path")
    return name


def _pack(content: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(content):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content[name])
    return packed.getvalue()
