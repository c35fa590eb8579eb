"""The files that a ConfigMap holds, as Kubernetes mounts them: text of `data`, bytes of `binaryData`."""

import base64
from collections.abc import Mapping
from typing import Any


def files_of(configmap: Mapping[str, Any]) -> dict[str, bytes]:
    """Return a ConfigMap's keys with their contents; raises ValueError for binaryData that is no base64."""
    text = {key: value.encode() for key, value in (configmap.get("data") or {}).items()}
    return text | decoded(configmap.get("binaryData"))


def decoded(data: Mapping[str, str] | None) -> dict[str, bytes]:
    """Return contents that Kubernetes writes in base64."""
    return {key: base64.b64decode(value) for key, value in (data or {}).items()}
