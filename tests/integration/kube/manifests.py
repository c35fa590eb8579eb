"""Valid objects of every kind, and changes by path."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hansa_operator.api.kinds import KINDS
from hansa_operator.api.model import API_VERSION

ABSENT = object()
"""As a value in `changed`: the field is left out."""
ONE, TWO = "0x" + "1" * 40, "0x" + "2" * 40
ROOT = "0x" + "a" * 64
SHA = "b" * 64
SIGNATURE = "0x" + "c" * 130

_WORKLOAD = {
    "entrypoint": ["python", "train.py"],
    "source": {"configMapRef": {"name": "code"}},
    "env": [{"name": "MODE", "value": "fast"}],
}
_AUTHORIZATION = {
    "customer": ONE,
    "settlement": TWO,
    "vault": TWO,
    "capPerEpoch": "10",
    "expiresAt": 2_000_000_000,
    "tenant": "team",
    "nonce": 0,
    "validUntil": 2_000_000_000,
    "signature": SIGNATURE,
}
_ORDER = {
    "hub": ONE,
    "vault": TWO,
    "customer": ONE,
    "service": 0,
    "specVersion": 1,
    "specDigest": ROOT,
    "maxAmount": "12.50",
    "nonce": 1,
    "expiresAt": 2_000_000_000,
    "signature": SIGNATURE,
}
_PART = {"jobsRoot": ROOT, "debitRoot": ROOT, "creditRoot": ROOT, "totals": {"debits": "1.5", "credits": "1.4"}}
SPECS: Mapping[str, dict[str, Any]] = {
    "AIJob": {
        "poolRef": {"name": "pool"},
        "creditLineRef": {"name": "credit"},
        "workload": _WORKLOAD,
        "resources": {"gpus": 1, "memory": "8Gi", "cpu": 2},
        "parallelism": 2,
        "placement": {"providerSelector": {"region": "north"}, "trust": "Bonded"},
        "budget": {"maxAmount": "12.50"},
        "scheduling": {"queue": "main", "retries": 1, "startDeadlineSeconds": 60, "activeDeadlineSeconds": 600},
        "outputs": {"maxBytes": 1000},
        "verification": {"mode": "Sampled"},
        "idempotencyKey": "once",
        "order": _ORDER,
    },
    "AIService": {
        "version": "1.0.0",
        "publisher": ONE,
        "payout": ONE,
        "royaltyBps": 500,
        "workload": {"entrypoint": ["python", "-m", "product"]},
        "contentDigest": ROOT,
    },
    "CreditLine": {"hubRef": {"name": "hub"}, "authorization": _AUTHORIZATION},
    "Hub": {
        "chainID": 31337,
        "address": ONE,
        "contracts": {"settlement": TWO, "creditLines": TWO, "providers": TWO, "services": TWO},
        "vaults": [{"address": TWO, "token": ONE, "symbol": "DEMO", "decimals": 18}],
        "rpcSecretRef": {"name": "rpc"},
        "signerRef": {"name": "signer"},
    },
    "Provider": {
        "address": ONE,
        "approved": True,
        "access": {"local": {"gpus": 2, "gpuModel": "L4"}},
        "offers": [{"gpuModel": "L4", "vault": TWO, "unitPrice": "2.40"}],
        "maintenance": [{"start": "2026-01-01T00:00:00Z", "end": "2026-01-02T00:00:00Z"}],
    },
    "ProviderPool": {"hubRef": {"name": "hub"}, "backend": "Local", "minWorkers": 0, "maxWorkers": 8},
    "Settlement": {
        "hubRef": {"name": "hub"},
        "chainID": 31337,
        "contract": TWO,
        "vault": TWO,
        "epoch": 7,
        "slices": 3,
        "parts": [_PART],
        "batch": {"uri": "file:///batch", "sha256": SHA, "sizeBytes": 10},
    },
}


@dataclass(frozen=True, slots=True)
class Case:
    """State a change of a valid object that is refused: the claim, and the field and remedy that the answer names."""

    claim: str
    kind: str
    changes: Mapping[str, Any]
    field: str
    remedy: str

    def __str__(self) -> str:
        """Return a test's id."""
        return self.claim


def manifest(kind: str, name: str, namespace: str = "", changes: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return a valid object, or what becomes of it by changes {path below the object: value}."""
    metadata = {"name": name} | ({"namespace": namespace} if KINDS[kind].namespaced else {})
    made = {"apiVersion": API_VERSION, "kind": kind, "metadata": metadata, "spec": copy.deepcopy(SPECS[kind])}
    return changed(made, changes or {})


def changed(thing: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy with these paths set; a number in a path is a list's index."""
    made = copy.deepcopy(dict(thing))
    for path, value in changes.items():
        *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
        target: Any = made
        for part in way:
            target = target[part] if isinstance(part, int) else target.setdefault(part, {})
        if value is ABSENT:
            del target[last]
        else:
            target[last] = value
    return made
