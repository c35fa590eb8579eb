"""The folder through which runner and agent meet: run.json first, report.json last, each written atomically."""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

RUN = "run.json"
REPORT = "report.json"
LOG = "out.log"
OUTPUTS = "outputs"


@dataclass(frozen=True)
class Run:
    """Identify a runner's process beyond doubt: a pid alone may be used again. `start_ms` in this machine's unix ms."""

    pid: int
    pid_start: int
    boot_id: str
    start_ms: int


@dataclass(frozen=True)
class Report:
    """State how an attempt ended; the digest is 0x and 64 hex digits, times are this machine's unix ms."""

    exit_code: int | None
    reason: str
    message: str
    start_ms: int
    end_ms: int
    result_digest: str
    result_bytes: int


def now_ms() -> int:
    """Return this machine's unix ms."""
    return time.time_ns() // 1_000_000


def this_run(start_ms: int) -> Run:
    """Return the identity of this process."""
    return Run(os.getpid(), _pid_start(os.getpid()) or 0, boot_id(), start_ms)


def is_alive(run: Run) -> bool:
    """Return whether exactly that process still runs."""
    return run.boot_id == boot_id() and _pid_start(run.pid) == run.pid_start


def boot_id() -> str:
    """Return the id that the kernel drew at boot."""
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def _pid_start(pid: int) -> int | None:
    try:
        # The name in brackets may itself hold brackets and spaces: count from the last one.
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return None
    return None if fields[0] in "ZX" else int(fields[19])


def write_run(folder: Path, run: Run) -> None:
    """Write run.json."""
    write_json(folder / RUN, asdict(run))


def write_report(folder: Path, report: Report) -> None:
    """Write report.json."""
    write_json(folder / REPORT, asdict(report))


def read_run(folder: Path) -> Run | None:
    """Return what run.json says, or None when it is not there."""
    content = read_json(folder / RUN)
    return None if content is None else Run(**content)


def read_report(folder: Path) -> Report | None:
    """Return what report.json says, or None when it is not there."""
    content = read_json(folder / REPORT)
    return None if content is None else Report(**content)


def read_json(path: Path) -> dict[str, Any] | None:
    """Return the object in a file, or None when there is no file."""
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return content


def write_json(path: Path, content: object) -> None:
    """Write a file so that after a crash the old or the new content is there, whole."""
    partial = path.with_name(path.name + ".partial")
    with partial.open("w", encoding="utf-8") as file:
        json.dump(content, file, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
