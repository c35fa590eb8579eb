"""Look into what the jobs left: the zip of outputs that the gateway serves."""

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from hansa_cli.cluster.client import Manifest
from hansa_cli.gateway import read_stream
from hansa_cli.problem import Problem


def read_outputs(job: Manifest) -> Mapping[str, bytes]:
    """Return a job's output files by name; none when it left none."""
    uri = ((job.get("status") or {}).get("result") or {}).get("uri")
    if not uri:
        return {}
    try:
        with zipfile.ZipFile(io.BytesIO(b"".join(read_stream(uri)))) as archive:
            return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}
    except (Problem, zipfile.BadZipFile):
        return {}


def tell_outputs(outputs: Mapping[str, bytes]) -> str:
    """Return in a few words what a job of the demonstration found."""
    found: dict[str, Any] = {name.rpartition("/")[2]: content for name, content in outputs.items()}
    if "metrics.json" in found:
        return f"accuracy {json.loads(found['metrics.json'])['accuracy']:.4f}"
    if "filetypes.json" in found:
        table = json.loads(found["filetypes.json"])
        return f"{table['files']} files, {len(table['labels'])} types"
    if "soak.json" in found:
        return f"{len(json.loads(found['soak.json'])['samples'])} samples"
    if "digest.txt" in found:
        return f"digest {found['digest.txt'].decode()[:8]}"
    return ""
