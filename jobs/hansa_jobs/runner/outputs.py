"""What an attempt leaves: its regular files, their total size, and one digest over all of them."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from hansa_jobs.runner.spec import RunnerProblem

CHUNK = 1 << 20


@dataclass(frozen=True)
class Outputs:
    """Summarise an output folder: sha256 over the sorted list of (path, size, sha256) as 0x hex, and total bytes."""

    digest: str
    size: int

    @classmethod
    def of(cls, files: Iterable[tuple[str, int, str]]) -> Outputs:
        """Return the summary of files in order of their path: each its path, its size, its sha256 in hex."""
        listing = list(files)
        canonical = json.dumps(listing, separators=(",", ":"), ensure_ascii=True).encode()
        return cls("0x" + hashlib.sha256(canonical).hexdigest(), sum(size for _, size, _ in listing))


def output_files(folder: Path) -> list[Path]:
    """Return the regular files below a folder in order of their path; links are left out, they may lead anywhere."""
    found = []
    for root, _, names in os.walk(folder, followlinks=False):
        paths = (Path(root) / name for name in names)
        found += [path for path in paths if path.is_file() and not path.is_symlink()]
    return sorted(found, key=lambda path: path.relative_to(folder).as_posix())


def summarise(folder: Path, max_bytes: int) -> Outputs:
    """Return digest and size of a folder; raises RunnerProblem OutputTooLarge beyond `max_bytes`."""
    files = output_files(folder)
    _check_names(folder, files)
    total = sum(path.stat().st_size for path in files)
    if total > max_bytes:
        what = f"the outputs have {total} bytes, more than the {max_bytes} allowed: write less to HANSA_OUTPUT_DIR"
        raise RunnerProblem("OutputTooLarge", what)
    return Outputs.of((path.relative_to(folder).as_posix(), path.stat().st_size, file_digest(path)) for path in files)


def _check_names(folder: Path, files: list[Path]) -> None:
    for path in files:
        name = path.relative_to(folder).as_posix()
        try:
            name.encode()
        except UnicodeEncodeError:
            what = f"the output {name!r} has a name that is not UTF-8, which no archive can hold: rename it"
            raise RunnerProblem("OutputNameInvalid", what) from None


def file_digest(path: Path) -> str:
    """Return a file's sha256 in hex."""
    with path.open("rb") as file:
        return stream_digest(file)


def stream_digest(file: IO[bytes]) -> str:
    """Return the sha256 in hex of what is left to read."""
    digest = hashlib.sha256()
    while block := file.read(CHUNK):
        digest.update(block)
    return digest.hexdigest()
