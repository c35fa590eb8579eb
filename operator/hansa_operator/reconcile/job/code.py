"""The code of a job: snapshotted when it is admitted, so that retries and audits see the same bytes."""

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from hansa_operator.api.aijob import AIJob
from hansa_operator.api.aiservice import AIService

_NOT_WORK = ("suspend", "ttlSecondsAfterFinished", "order", "idempotencyKey", "creditLineRef")
"""What of a spec may differ between two jobs that do the same work."""


def pack_code(files: Mapping[str, bytes]) -> bytes:
    """Return files as one blob, the same bytes for the same files."""
    text = {name: base64.b64encode(files[name]).decode() for name in sorted(files)}
    return json.dumps({"files": text}, separators=(",", ":")).encode()


def unpack_code(blob: bytes) -> Mapping[str, bytes]:
    """Return the files of a blob."""
    return {name: base64.b64decode(text) for name, text in json.loads(blob)["files"].items()}


def work_digest(job: AIJob, code_digest: str, service: AIService | None) -> str:
    """Return what two jobs have in common that do the same work: sha256 over spec, code and product, in hex."""
    spec: dict[str, Any] = {name: value for name, value in job.spec.manifest().items() if name not in _NOT_WORK}
    spec.get("scheduling", {}).pop("priority", None)
    content = {"spec": spec, "code": code_digest, "service": service.spec.content_digest if service else ""}
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
