"""Fetch an archive of code, check its digest, and unpack it without letting it write elsewhere."""

from __future__ import annotations

import hashlib
import shutil
import stat
import tarfile
import urllib.request
import zipfile
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from hansa_jobs.runner.spec import ArchiveSource, RunnerProblem

MAX_ARCHIVE_BYTES = 1 << 30
MAX_UNPACKED_BYTES = 4 << 30
MAX_FILES = 50_000
TIMEOUT_SECONDS = 60.0
CHUNK = 1 << 20


def fetch_code(source: ArchiveSource, scratch: Path, code: Path) -> None:
    """Unpack an archive into `code`; raises RunnerProblem with a reason that begins with Archive."""
    if urlsplit(source.uri).scheme not in ("http", "https", "file"):
        raise RunnerProblem("ArchiveUnsupported", f"{source.uri}: an archive's uri is http, https or file")
    actual = _download(source.uri, scratch)
    wanted = source.sha256.lower().removeprefix("sha256:").removeprefix("0x")
    if actual != wanted:
        what = f"{source.uri} has sha256 {actual}, not {wanted}: publish the right archive, or correct its sha256"
        raise RunnerProblem("ArchiveDigestMismatch", what)
    _unpack(scratch, code)
    scratch.unlink()


def _download(uri: str, target: Path) -> str:
    digest, size = hashlib.sha256(), 0
    try:
        with urllib.request.urlopen(uri, timeout=TIMEOUT_SECONDS) as reply, target.open("wb") as file:  # noqa: S310 - the scheme is checked
            while block := reply.read(CHUNK):
                size += len(block)
                if size > MAX_ARCHIVE_BYTES:
                    raise RunnerProblem("ArchiveTooLarge", f"{uri} has more than {MAX_ARCHIVE_BYTES} bytes")
                digest.update(block)
                file.write(block)
    except (OSError, ValueError) as failed:
        what = f"{uri} cannot be fetched from the provider ({failed}): check that it is public and its host is up"
        raise RunnerProblem("ArchiveUnreachable", what) from failed
    return digest.hexdigest()


def _unpack(archive: Path, code: Path) -> None:
    code.mkdir(parents=True, exist_ok=True)
    try:
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as opened:
                _unpack_zip(opened, code)
        else:
            with tarfile.open(archive) as tar:
                _unpack_tar(tar, code)
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, OSError, NotImplementedError) as broken:
        what = f"the archive cannot be unpacked ({broken}): publish a zip or tar file"
        raise RunnerProblem("ArchiveUnreadable", what) from broken


def _unpack_zip(opened: zipfile.ZipFile, code: Path) -> None:
    members = [member for member in opened.infolist() if not member.is_dir()]
    _check_size(len(members), sum(member.file_size for member in members))
    for member in members:
        kind = stat.S_IFMT(member.external_attr >> 16)
        if kind not in (0, stat.S_IFREG):
            _refuse(member.filename)
        path = _inside(code, member.filename)
        with opened.open(member) as source, path.open("wb") as target:
            shutil.copyfileobj(source, target, CHUNK)
        path.chmod(0o755 if (member.external_attr >> 16) & 0o100 else 0o644)


def _unpack_tar(tar: tarfile.TarFile, code: Path) -> None:
    members = [member for member in tar.getmembers() if not member.isdir()]
    _check_size(len(members), sum(member.size for member in members))
    for member in members:
        source = tar.extractfile(member) if member.isreg() else None
        if source is None:
            _refuse(member.name)
            continue
        path = _inside(code, member.name)
        with source, path.open("wb") as target:
            shutil.copyfileobj(source, target, CHUNK)
        path.chmod(0o755 if member.mode & 0o100 else 0o644)


def _inside(code: Path, name: str) -> Path:
    pure = PurePosixPath(name)
    if pure.is_absolute() or ".." in pure.parts or "\\" in name or not pure.parts:
        _refuse(name)
    path = code.joinpath(*pure.parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _check_size(files: int, size: int) -> None:
    if files > MAX_FILES or size > MAX_UNPACKED_BYTES:
        what = (
            f"the archive unpacks to {files} files and {size} bytes; {MAX_FILES} and {MAX_UNPACKED_BYTES} are allowed"
        )
        raise RunnerProblem("ArchiveTooLarge", what)


def _refuse(name: str) -> None:
    raise RunnerProblem(
        "ArchiveUnsafe", f"the archive holds {name!r}, which is a link or leads outside: publish it without"
    )
