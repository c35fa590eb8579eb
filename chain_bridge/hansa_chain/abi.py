"""The contract ABI: calls, results, events and errors as bytes, with checksummed addresses on this side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from eth_abi.abi import encode
from eth_abi.codec import ABIDecoder
from eth_abi.decoding import StringDecoder
from eth_abi.exceptions import DecodingError
from eth_abi.registry import BaseEquals, registry

from hansa_chain.artifacts import CONTRACTS, load_artifact
from hansa_protocol.identity import parse_address
from hansa_protocol.keccak import keccak

Entry = Mapping[str, Any]


class _AnyText(StringDecoder):
    """Read what anybody wrote into a contract as text: what cannot be shown is written out, and stops nobody."""

    @staticmethod
    def decoder_fn(data: bytes, _: str = "") -> str:
        text = data.decode(errors="backslashreplace")
        return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)


def _decoder() -> ABIDecoder:
    own = registry.copy()
    own.unregister_decoder("string")
    own.register_decoder(BaseEquals("string"), _AnyText, label="string")
    return ABIDecoder(own)


_DECODER = _decoder()


@dataclass(frozen=True, slots=True)
class Function:
    """Encode a function's calls and decode its results."""

    name: str
    selector: bytes
    inputs: tuple[Entry, ...]
    outputs: tuple[Entry, ...]

    def encode(self, arguments: Sequence[Any]) -> bytes:
        """Return the call data; dataclasses are given as tuples."""
        return self.selector + encode(_types(self.inputs), arguments)

    def decode_call(self, data: bytes) -> tuple[Any, ...]:
        """Return the arguments of call data."""
        return _decode(self.inputs, data[len(self.selector) :])

    def decode(self, raw: bytes) -> tuple[Any, ...]:
        """Return all results."""
        return _decode(self.outputs, raw)


@dataclass(frozen=True, slots=True)
class Event:
    """Decode an event's logs."""

    name: str
    topic: bytes
    inputs: tuple[Entry, ...]

    def decode(self, topics: Sequence[str], data: bytes) -> dict[str, Any]:
        """Return the values by name; indexed texts and arrays are left as their hashes."""
        indexed = [entry for entry in self.inputs if entry["indexed"]]
        words = b"".join(bytes.fromhex(topic[2:]) for topic in topics[1:])
        plain = tuple(entry for entry in self.inputs if not entry["indexed"])
        values = dict(zip(_names(indexed), _decode(indexed, words), strict=True))
        return values | dict(zip(_names(plain), _decode(plain, data), strict=True))


@dataclass(frozen=True, slots=True)
class Abi:
    """Hold what one contract offers, by name; no contract here overloads a name."""

    functions: Mapping[str, Function]
    events: Mapping[str, Event]
    constructor: tuple[Entry, ...]


@lru_cache(maxsize=16)
def abi_of(contract: str) -> Abi:
    """Return a contract's ABI."""
    entries = load_artifact(contract).abi
    return Abi(
        functions={e["name"]: _function(e) for e in entries if e["type"] == "function"},
        events={
            e["name"]: Event(e["name"], keccak(_signature(e)), _slim(e["inputs"]))
            for e in entries
            if e["type"] == "event"
        },
        constructor=next((_slim(e["inputs"]) for e in entries if e["type"] == "constructor"), ()),
    )


def encode_constructor(contract: str, arguments: Sequence[Any]) -> bytes:
    """Return the bytes that follow a contract's creation code."""
    return encode(_types(abi_of(contract).constructor), arguments)


@lru_cache(maxsize=1)
def known_errors() -> Mapping[bytes, tuple[str, tuple[Entry, ...]]]:
    """Return name and fields of every error of every contract, by selector: an error can come from deep inside."""
    entries = [e for name in (*CONTRACTS, "Cradle") for e in load_artifact(name).abi if e["type"] == "error"]
    own = {keccak(_signature(e))[:4]: (str(e["name"]), _slim(e["inputs"])) for e in entries}
    return own | {
        keccak(b"Error(string)")[:4]: ("Error", ({"name": "message", "type": "string"},)),
        keccak(b"Panic(uint256)")[:4]: ("Panic", ({"name": "code", "type": "uint256"},)),
    }


def decode_error(data: bytes) -> tuple[str, dict[str, Any]]:
    """Return name and values of what a contract reverted with; an unknown one is shown as hex."""
    known = known_errors().get(data[:4])
    if known is None:
        return "Unknown", {"data": "0x" + data.hex()}
    name, inputs = known
    try:
        return name, dict(zip(_names(inputs), _decode(inputs, data[4:]), strict=True))
    except (DecodingError, ValueError):
        return name, {"data": "0x" + data.hex()}


def _function(entry: Entry) -> Function:
    return Function(entry["name"], keccak(_signature(entry))[:4], _slim(entry["inputs"]), _slim(entry["outputs"]))


def _signature(entry: Entry) -> bytes:
    return f"{entry['name']}({','.join(_types(entry['inputs']))})".encode()


def _types(entries: Sequence[Entry]) -> list[str]:
    return [_type(entry) for entry in entries]


def _type(entry: Entry) -> str:
    kind = str(entry["type"])
    if kind.startswith("tuple"):
        return f"({','.join(_types(entry['components']))}){kind.removeprefix('tuple')}"
    return kind


def _names(entries: Sequence[Entry]) -> list[str]:
    return [entry["name"] or str(index) for index, entry in enumerate(entries)]


def _slim(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Keep of the JSON only what coding needs: it stays in memory."""
    kept = ("name", "type", "components", "indexed")
    return tuple({key: entry[key] for key in kept if key in entry} for entry in entries)


def _decode(entries: Sequence[Entry], raw: bytes) -> tuple[Any, ...]:
    return tuple(
        _tidy(entry, value) for entry, value in zip(entries, _DECODER.decode(_types(entries), raw), strict=True)
    )


def _tidy(entry: Entry, value: Any) -> Any:
    kind = str(entry["type"])
    if kind.endswith("]"):
        inner = {**entry, "type": kind[: kind.rindex("[")]}
        return tuple(_tidy(inner, item) for item in value)
    if kind == "tuple":
        return tuple(_tidy(part, item) for part, item in zip(entry["components"], value, strict=True))
    return parse_address(value) if kind == "address" else value
