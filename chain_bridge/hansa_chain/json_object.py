"""Objects of JSON files that anybody may have written: what is missing or wrong in one is told in words."""

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from hansa_protocol.batch_json import require_flat
from hansa_protocol.identity import Address, AddressError, parse_address

T = TypeVar("T")
MOST_DEPTH = 100
_NAMES: Mapping[type, str] = {dict: "object", str: "text", int: "whole number"}


def parse_object(text: bytes) -> dict[str, Any]:
    """Return the object of a text; raises ValueError that says why there is none."""
    try:
        read = text.decode()
    except UnicodeDecodeError as broken:
        raise ValueError(f"it is no text in UTF-8, from byte {broken.start} on") from broken
    require_flat(read, MOST_DEPTH)
    try:
        data = json.loads(read)
    except json.JSONDecodeError as broken:
        raise ValueError(f"it is no JSON at line {broken.lineno}, column {broken.colno}") from broken
    except ValueError as broken:
        raise ValueError("a number in it has too many digits") from broken
    if not isinstance(data, dict):
        raise ValueError("it is no JSON object")
    return data


def member(data: Mapping[str, Any], name: str, kind: type[T]) -> T:
    """Return a member of an object; raises ValueError when it is missing or of another kind."""
    if name not in data:
        raise ValueError(f"{name} is missing")
    value = data[name]
    # Nothing in such files is negative; and a bool is an int to isinstance.
    negative = isinstance(value, int) and value < 0
    if negative or type(value) is not kind:
        raise ValueError(f"{name} is no {_NAMES[kind]}")
    return value


def address_member(data: Mapping[str, Any], name: str) -> Address:
    """Return a member that is an address; raises ValueError when it is missing or none."""
    try:
        return parse_address(member(data, name, str))
    except AddressError as wrong:
        raise ValueError(f"{name}: {wrong}") from wrong
