"""What the runner is told: attempt.json."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class RunnerProblem(Exception):
    """Raised when an attempt cannot go on; `reason` CamelCase, the message says what to do."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True)
class ArchiveSource:
    """Say where an archive of code is and what its sha256 (hex) must be."""

    uri: str
    sha256: str


@dataclass(frozen=True)
class Spec:
    """Hold what of an attempt the runner needs."""

    job_id: str
    attempt: int
    submission_id: str
    argv: tuple[str, ...]
    gpus: int
    parallelism: int
    env: dict[str, str]
    max_output_bytes: int
    archive: ArchiveSource | None
    stop_grace_seconds: float
    limit_seconds: float | None


def load_spec(path: Path) -> Spec:
    """Return the spec in a file; raises RunnerProblem when it cannot be read."""
    try:
        return _spec(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as broken:
        what = f"{path} cannot be read as an attempt ({broken!r}): hub and runner differ in version; update the hub"
        raise RunnerProblem("StartFailed", what) from broken


def _spec(content: dict[str, Any]) -> Spec:
    archive, limit = content["archive"], content["limit_seconds"]
    return Spec(
        job_id=content["job_id"],
        attempt=int(content["attempt"]),
        submission_id=content["submission_id"],
        argv=tuple(content["argv"]),
        gpus=int(content["gpus"]),
        parallelism=int(content["parallelism"]),
        env=dict(content["env"]),
        max_output_bytes=int(content["max_output_bytes"]),
        archive=ArchiveSource(archive["uri"], archive["sha256"]) if archive else None,
        stop_grace_seconds=float(content["stop_grace_seconds"]),
        limit_seconds=None if limit is None else float(limit),
    )
