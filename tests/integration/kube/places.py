"""Every place of the CRDs where a rule about a value stands, with what it refuses there and the field it must name."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hansa_operator.api.crd import build_crds
from hansa_operator.api.rules import VALIDATIONS
from tests.integration.kube.manifests import ONE, ROOT, SHA, SIGNATURE

Schema = Mapping[str, Any]
_SOURCES = {"configMapRef": {"name": "a"}, "archive": {"uri": "https://x/a.zip", "sha256": SHA}}
_DAY, _NEXT = "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"
VALUES: Mapping[str, tuple[Any, Any, int]] = {
    "must be an EVM address": (ONE, "0x1", 28),
    "must be 32 bytes in hexadecimal": (ROOT, "0x12", 6),
    "must be a SHA-256": (SHA, "abc", 3),
    "must be an EIP-712 signature": (SIGNATURE, "0x00", 2),
    "must begin with https://": ("https://x/a.zip", "s3://x/a.zip", 2),
    "must be a decimal amount": ("1", "-1", 29),
    "must be more than 0": ("1", "0", 1),
    "must be a quantity of Kubernetes": ("1Gi", "8 GB", 6),
    "must be the name of an object": ("a", "My Pool", 16),
    "must be the name of a variable": ("A", "1ST", 2),
    "must not be empty": ("a", "", 2),
    "must name a program": (["python"], [], 2),
    "set exactly one of value": ({"name": "A", "value": "1"}, {"name": "A"}, 2),
    "names that begin with HANSA_": ({"name": "A", "value": "1"}, {"name": "RAY_X", "value": "1"}, 2),
    "set at most one of configMapRef": ({}, _SOURCES, 2),
    "set exactly one of nodes": ({"nodes": {}}, {}, 1),
    "end must be after start": ({"start": _DAY, "end": _NEXT}, {"start": _NEXT, "end": _DAY}, 1),
}
"""A value that each rule takes, one that it refuses, and in how many places it stands, by how its message begins."""
BOUNDED = 19
"""In how many places a number has bounds, with a case for each of them."""


@dataclass(frozen=True, slots=True)
class Place:
    """Name a place below an object, as keys and indices, a rule's message there, and a value that it refuses."""

    kind: str
    path: tuple[str | int, ...]
    message: str
    wrong: Any

    @property
    def field(self) -> str:
        """Return the path as the API server writes it."""
        return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in self.path)[1:]

    def __str__(self) -> str:
        """Return a test's id."""
        return f"{self.kind} {self.field} {self.wrong!r}"


def list_places() -> Iterator[Place]:
    """Yield all places of all kinds; a rule that compares whole specs, or names, has its case elsewhere."""
    for crd in build_crds():
        for path, message in _rules(schema_of(crd), ()):
            if len(path) > 1:
                yield from (Place(crd["spec"]["names"]["kind"], path, message, wrong) for wrong in _refused(message))


def spec_rules() -> Iterator[tuple[str, str]]:
    """Yield kind and message of each rule that compares the fields of a spec with one another, or with what was."""
    for crd in build_crds():
        for stated in schema_of(crd)["properties"]["spec"].get(VALIDATIONS, ()):
            yield crd["spec"]["names"]["kind"], stated["message"]


def schema_of(crd: Schema) -> Schema:
    """Return the schema of an object."""
    found: Schema = crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    return found


def planted(schema: Schema, have: Any, path: tuple[str | int, ...], value: Any) -> Any:
    """Return what there is with a value at this path; what else has to be there is filled in."""
    if not path:
        return value
    head, *rest = path
    if isinstance(head, int):
        items = schema["items"]
        return [planted(items, have[0] if have else _sample(items), tuple(rest), value)]
    whole = dict(_sample(schema) if have is None else have)
    whole[head] = planted(schema["properties"][head], whole.get(head), tuple(rest), value)
    return whole


def _rules(schema: Schema, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    yield from ((path, stated["message"]) for stated in schema.get(VALIDATIONS, ()))
    for name, child in schema.get("properties", {}).items():
        yield from _rules(child, (*path, name))
    if isinstance(schema.get("items"), dict):
        yield from _rules(schema["items"], (*path, 0))


def _refused(message: str) -> tuple[Any, ...]:
    bounds = re.match(r"must be from (-?\d+) to (-?\d+):", message)
    if bounds:
        return int(bounds[1]) - 1, int(bounds[2]) + 1
    return (_values(message)[1],)


def _values(message: str) -> tuple[Any, Any, int]:
    (found,) = (values for begin, values in VALUES.items() if message.startswith(begin))
    return found


def _sample(schema: Schema) -> Any:
    """Return a value with what is required in it."""
    for stated in schema.get(VALIDATIONS, ()):
        if not stated["message"].startswith("must be from"):
            return _values(stated["message"])[0]
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "object":
        return {name: _sample(schema["properties"][name]) for name in schema.get("required", ())}
    if schema.get("type") == "array":
        return [_sample(schema["items"])]
    plain = {"integer": 1, "boolean": True, "string": _DAY if schema.get("format") == "date-time" else "text"}
    return plain[schema["type"]]
