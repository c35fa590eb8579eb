"""32-byte words of abi.encode for static types, from the same type text that Solidity has."""

from collections.abc import Callable, Sequence
from typing import Any

from hansa_protocol.identity import address_bytes, keccak


class OutOfRangeError(ValueError):
    """Raised when a value does not fit into its field; names the field."""


Encoder = Callable[[Any], bytes]


def encoders(fields: str) -> tuple[tuple[str, Encoder], ...]:
    """Return (name, encoder) for a field list such as "address hub,uint64 epoch".

    Strings become their keccak256, as EIP-712 has it.
    """
    pairs = (field.strip().split(" ") for field in fields.split(","))
    return tuple((name, _encoder(kind, name)) for kind, name in pairs)


def encode_words(table: Sequence[tuple[str, Encoder]], values: Sequence[Any]) -> bytes:
    """Return the words of the values in the table's order."""
    return b"".join([encode(value) for (_, encode), value in zip(table, values, strict=True)])


def _encoder(kind: str, name: str) -> Encoder:
    if kind == "address":
        return lambda value: b"\0" * 12 + address_bytes(value)
    if kind == "string":
        return lambda value: keccak(value.encode())
    if kind.startswith("uint"):
        return _uint(int(kind.removeprefix("uint")), name)
    if kind.startswith("bytes"):
        return _fixed(int(kind.removeprefix("bytes")), name)
    raise ValueError(f"{kind} is no static type of this protocol")


def _uint(bits: int, name: str) -> Encoder:
    def encode(value: int) -> bytes:
        if value < 0 or value >> bits:
            raise OutOfRangeError(f"{name} = {value} does not fit into uint{bits}")
        return value.to_bytes(32, "big")

    return encode


def _fixed(size: int, name: str) -> Encoder:
    def encode(value: bytes) -> bytes:
        if len(value) != size:
            raise OutOfRangeError(f"{name} has {len(value)} bytes; it needs {size}")
        return value.ljust(32, b"\0")

    return encode
