"""What documents tell of constants, and what those are."""

import dataclasses
import importlib
import re
from typing import Any

BYTES = {"KiB": 1024, "MiB": 1024**2, "GiB": 1024**3, "": 1}
MS = 1000

QUOTED = (
    (r"cannot renew its Lease for (\d+) s", "adapters.kube.leadership.Rhythm.give_up", 1),
    (r"gives up (\d+) s after its last sure renewal", "adapters.kube.leadership.Rhythm.give_up", 1),
    (r"others may take over after (\d+) s", "adapters.kube.leadership.Rhythm.lease", 1),
    (r"compares the cache with lists every (\d+) s", "composition.running.SWEEP_SECONDS", 1),
    (r"After (\d+) s it counts as lost", "core.job.end.BLIND_MS", MS),
    (r"lost after (\d+) s, retries are left", "core.job.end.BLIND_MS", MS),
    (r"`Suspect` after (\d+) s", "core.market.provider.SUSPECT_MS", MS),
    (r"`Dark` after (\d+) s", "core.market.provider.DARK_MS", MS),
    (r"at most (\d+) s of an attempt count without", "core.metering.coverage.MAX_UNWITNESSED_MS", MS),
    (r"as far as it is replayed \((\d+) s an attempt\)", "core.metering.coverage.MAX_UNWITNESSED_MS", MS),
    (r"It goes (\d+) s after it was deleted", "core.job.end.DELETION_MS", MS),
    (r"the hub waits (\d+) s after Ray's word", "core.job.end.RECEIPT_GRACE_MS", MS),
    (r"path, time and body, and good for (\d+) s", "adapters.gateway.limits.Limits.clock_seconds", 1),
    (r"has at most (\d+) characters \(`hansa_operator", "hansa_operator.api.crd.MAX_NAME", 1),
    (r"object store has (\d+) MB", "adapters.ray.local.command.OBJECT_STORE_BYTES", 10**6),
    (r"counters are written at most every (\d+) s", "core.market.pool.WRITE_MS", MS),
)
"""Sentences with a number, whose constant that is, and what makes the number the constant's."""


def value_of(path: str) -> Any:
    """Return the constant, or the default of a dataclass's field, that a dotted path names."""
    parts = (path if path.startswith("hansa_") else f"hansa_operator.{path}").split(".")
    for end in range(len(parts), 0, -1):
        try:
            found: Any = importlib.import_module(".".join(parts[:end]))
        except ModuleNotFoundError:
            continue
        for name in parts[end:]:
            found = _member(found, name)
        return found
    raise AssertionError(f"there is no module for {path}")


def _member(owner: Any, name: str) -> Any:
    if isinstance(owner, type) and dataclasses.is_dataclass(owner):
        return next(field.default for field in dataclasses.fields(owner) if field.name == name)
    return getattr(owner, name)


def in_base_units(told: str, path: str) -> float:
    """Return a number as its constant has it: `..._MS` in milliseconds, other times in seconds, sizes in bytes."""
    match = re.fullmatch(r"(\d+) ?(ms|s|KiB|MiB|GiB|)", told.strip())
    assert match is not None, f"{told!r} is no number with a unit that is known here"
    number, unit = int(match[1]), match[2]
    if unit in BYTES:
        return number * BYTES[unit]
    milliseconds = number * (MS if unit == "s" else 1)
    return milliseconds if path.endswith("_MS") else milliseconds / MS
