"""What an order signs of a job: an enumerated list of what will run, where, and what it can cost, all resolved.

The same job has many manifests: keys move, defaults are written out, amounts and quantities have several spellings. So
not the manifest is signed but what it means. A list never changes; another one is another version. See docs/orders.md.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hansa_operator.api.aijob import AIJobSpec, VerificationMode
from hansa_operator.api.aiservice import AIServiceSpec
from hansa_operator.api.workload import EnvVar, Workload
from hansa_operator.core.market.quote import MOST_DECIMALS
from hansa_operator.core.order.workload import workload_of
from hansa_operator.core.quantity import parse_quantity
from hansa_protocol.identity import keccak
from hansa_protocol.units import format_amount, parse_amount

VERSION = 1
"""The list that new orders sign."""


class UnknownVersionError(ValueError):
    """Raised for a version of the list that this code does not know; says which it knows."""


@dataclass(frozen=True, slots=True)
class Work:
    """Hold a job with all that it refers to: the product that it uses, and the files of its ConfigMap."""

    spec: AIJobSpec
    service: AIServiceSpec | None = None
    files: Mapping[str, bytes] | None = None

    def listed(self, version: int = VERSION) -> dict[str, Any]:
        """Return the list as plain data; raises UnknownVersionError, and ValueError for amounts that are none."""
        if version not in _LISTS:
            known = ", ".join(map(str, _LISTS))
            raise UnknownVersionError(f"specVersion {version} is not known here, only {known}")
        return {"version": version, **_LISTS[version](self)}

    def digest(self, version: int = VERSION) -> bytes:
        """Return the 32 bytes that an order has as specDigest: keccak256 over the list as canonical JSON (RFC 8785)."""
        text = json.dumps(self.listed(version), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return keccak(text.encode())


def _first(work: Work) -> dict[str, Any]:
    spec = work.spec
    return {
        "pool": spec.pool_ref.name,
        "service": work.service.content_digest.lower() if work.service else "",
        "workload": _workload(workload_of(spec, work.service), work.files or {}),
        "parallelism": spec.parallelism or 1,
        "resources": _resources(spec),
        "placement": _placement(spec),
        "budget": _budget(spec),
        "scheduling": {
            "retries": spec.retries,
            "startDeadlineSeconds": spec.start_deadline_seconds or 0,
            "activeDeadlineSeconds": spec.active_deadline_seconds or 0,
        },
        "outputs": _outputs(spec),
        "verification": _verification(spec),
    }


_LISTS: Mapping[int, Callable[[Work], dict[str, Any]]] = {1: _first}


def _workload(workload: Workload | None, files: Mapping[str, bytes]) -> dict[str, Any]:
    if workload is None:
        raise ValueError("the product of the job is not known")
    source, runtime = workload.source, workload.runtime_env
    return {
        "entrypoint": list(workload.entrypoint),
        "image": (source.image or "") if source else "",
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
        # Where an archive comes from does not matter: what it holds is fixed.
        "archive": source.archive.sha256 if source and source.archive else "",
        "env": [_variable(one) for one in sorted(workload.env, key=lambda one: one.name)],
        "pip": list(runtime.pip) if runtime else [],
        "pyModules": list(runtime.py_modules) if runtime else [],
    }


def _variable(variable: EnvVar) -> dict[str, str]:
    secret = variable.secret_key_ref
    if secret is not None:
        return {"name": variable.name, "secret": secret.name, "key": secret.key}
    return {"name": variable.name, "value": variable.value or ""}


def _resources(spec: AIJobSpec) -> dict[str, Any]:
    resources = spec.resources
    return {
        "gpus": resources.gpus,
        "gpuModels": sorted(set(resources.gpu_models)),
        "gpuMemory": str(parse_quantity(resources.gpu_memory or 0)),
        "cpu": str(parse_quantity(resources.cpu or 0)),
        "memory": str(parse_quantity(resources.memory or 0)),
    }


def _placement(spec: AIJobSpec) -> dict[str, Any]:
    placement = spec.placement
    return {
        "providerSelector": dict(placement.provider_selector or {}) if placement else {},
        "trust": placement.trust.value if placement and placement.trust else "",
        "regions": sorted(set(placement.regions)) if placement else [],
    }


def _budget(spec: AIJobSpec) -> dict[str, str]:
    top = spec.budget.max_unit_price
    return {"maxAmount": _amount(spec.budget.max_amount), "maxUnitPrice": _amount(top) if top is not None else ""}


def _amount(text: str) -> str:
    return format_amount(parse_amount(text, MOST_DECIMALS), MOST_DECIMALS)


def _outputs(spec: AIJobSpec) -> dict[str, Any]:
    outputs = spec.outputs
    return {
        "uri": (outputs.uri or "") if outputs else "",
        "secret": outputs.secret_ref.name if outputs and outputs.secret_ref else "",
        "maxBytes": (outputs.max_bytes or 0) if outputs else 0,
    }


def _verification(spec: AIJobSpec) -> dict[str, str]:
    stated = spec.verification
    if stated is None:
        return {"mode": VerificationMode.SAMPLED.value, "verifier": ""}
    return {"mode": stated.mode.value, "verifier": stated.verifier or ""}
