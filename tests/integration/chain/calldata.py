"""Calldata that nobody should send: random bytes, well-formed nonsense, and garbled calls of a real market."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError, NonEmptyPaddingBytes

from hansa_chain.artifacts import CHALLENGES, load_artifact
from hansa_chain.cases import Kind
from hansa_chain.contract import Call
from hansa_protocol.identity import ZERO_ADDRESS, Address
from hansa_protocol.keccak import keccak

SUBJECT = "(uint8,address,address,uint64,uint32,bytes31,uint32,bytes32)"
"""Its first field is an enum: numbers above its names are none of it."""
CONTRACTS = ("CreditLines", "Vault", "Providers", "Services", "Settlement", *CHALLENGES)


@dataclass(frozen=True, slots=True)
class Fuzzed:
    """Hold one call, and what of it is made up."""

    kind: str
    to: Address
    sender: Address
    data: bytes


@dataclass(frozen=True, slots=True)
class Signature:
    """Hold how one function is called."""

    name: str
    selector: bytes
    types: tuple[str, ...]
    reads: bool

    def is_well_formed(self, data: bytes) -> bool:
        """Return whether call data has arguments of this function's types, as encoders write them."""
        try:
            values = decode(self.types, data[4:])
        except (DecodingError, ValueError, OverflowError):
            return False
        return all(kind != SUBJECT or value[0] < len(Kind) for kind, value in zip(self.types, values, strict=True))

    def is_readable(self, data: bytes) -> bool:
        """Return the same where what fills up a word does not matter: contracts do not look at it."""
        try:
            return not self.types or bool(decode(self.types, data[4:] + bytes(32), strict=False))
        except NonEmptyPaddingBytes:
            return True
        except (DecodingError, ValueError, OverflowError):
            return False


def signatures(contract: str) -> Mapping[bytes, Signature]:
    """Return all functions of a contract by their selectors."""
    functions = [entry for entry in load_artifact(contract).abi if entry["type"] == "function"]
    found = [_signature(entry) for entry in functions]
    return {one.selector: one for one in found}


def _signature(entry: Mapping[str, Any]) -> Signature:
    types = tuple(_type(part) for part in entry["inputs"])
    reads = entry["stateMutability"] in ("view", "pure")
    return Signature(entry["name"], keccak(f"{entry['name']}({','.join(types)})".encode())[:4], types, reads)


def _type(part: Mapping[str, Any]) -> str:
    kind = str(part["type"])
    if not kind.startswith("tuple"):
        return kind
    return f"({','.join(_type(one) for one in part['components'])}){kind.removeprefix('tuple')}"


@dataclass
class Fuzzer:
    """Draw calls to some places; `real` are calls that would go through as they are, with who sends them."""

    chance: Random
    places: Mapping[str, Address]
    stranger: Address
    real: Sequence[tuple[Call, Address]]
    known: Mapping[str, Mapping[bytes, Signature]] = field(init=False)

    def __post_init__(self) -> None:
        self.known = {contract: signatures(contract) for contract in self.places}

    def draw(self) -> Iterator[Fuzzed]:
        """Yield calls without end."""
        draws: tuple[Callable[[], Fuzzed], ...] = (self._noise, self._nonsense, self._cut, self._garbled, self._garbled)
        while True:
            yield self.chance.choice(draws)()

    def _noise(self) -> Fuzzed:
        """Draw random bytes, mostly behind a selector that exists."""
        contract = self.chance.choice(list(self.places))
        known = self.chance.choice(list(self.known[contract]))
        selector = self.chance.choice((b"", self.chance.randbytes(4), known, known))
        data = selector + self.chance.randbytes(self.chance.choice((0, 3, 32, 64, 200, 1_000)))
        return Fuzzed("random bytes", self.places[contract], self.stranger, data)

    def _nonsense(self) -> Fuzzed:
        """Draw a well-formed call of a function, with arguments that mean nothing."""
        contract = self.chance.choice(list(self.places))
        function = self.chance.choice(list(self.known[contract].values()))
        data = function.selector + encode(function.types, [self._value(kind) for kind in function.types])
        return Fuzzed("well-formed nonsense", self.places[contract], self.stranger, data)

    def _cut(self) -> Fuzzed:
        """Draw a call that ends too early."""
        whole = self._nonsense() if self.chance.random() < 0.5 else self._real()
        return Fuzzed("cut", whole.to, whole.sender, whole.data[: self.chance.randrange(len(whole.data))])

    def _garbled(self) -> Fuzzed:
        """Draw a real call with other bits in a few places."""
        whole = self._real()
        data = bytearray(whole.data)
        for _ in range(self.chance.choice((1, 1, 1, 2, 5))):
            at = self.chance.randrange(4, len(data))
            if self.chance.random() < 0.3:
                data[at & ~31 : (at & ~31) + 32] = self._word()
            data[at] ^= 1 << self.chance.randrange(8)
        return Fuzzed("garbled", whole.to, whole.sender, bytes(data))

    def _real(self) -> Fuzzed:
        call, sender = self.chance.choice(self.real)
        assert call.to is not None
        return Fuzzed("real", call.to, sender, call.data)

    def _word(self) -> bytes:
        number = self.chance.choice((0, 1, 2**32, 2**96, 2**255, 2**256 - 1, self.chance.getrandbits(256)))
        return number.to_bytes(32, "big")

    def _value(self, kind: str) -> Any:
        """Return any value of a type, the ends of its range more often than others."""
        if kind.endswith("[]"):
            return [self._value(kind[:-2]) for _ in range(self.chance.choice((0, 1, 3)))]
        if kind.startswith("("):
            return tuple(self._value(part) for part in _parts(kind))
        if kind == "address":
            return self.chance.choice((ZERO_ADDRESS, self.stranger, *self.places.values(), _address(self.chance)))
        if kind == "string":
            return self.chance.choice(("", "a", "a" * 65))
        if kind.startswith("bytes"):
            return self.chance.randbytes(int(kind[5:] or self.chance.choice((0, 64, 65))))
        return self._whole(kind)

    def _whole(self, kind: str) -> int | bool:
        if kind == "bool":
            return self.chance.random() < 0.5
        bits = int(kind.removeprefix("uint"))
        return self.chance.choice((0, 1, 2**bits - 1, self.chance.getrandbits(bits)))


def _parts(kind: str) -> Iterator[str]:
    """Yield the types within the brackets of a tuple's."""
    depth, begin = 0, 1
    for at, sign in enumerate(kind):
        depth += (sign == "(") - (sign == ")")
        if (sign == "," and depth == 1) or (sign == ")" and depth == 0):
            yield kind[begin:at]
            begin = at + 1


def _address(chance: Random) -> Address:
    return Address("0x" + chance.randbytes(20).hex())
