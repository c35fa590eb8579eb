"""Calls and their outcomes as bytes, so that the contracts can be held against the model."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Any

from eth_abi.abi import encode

from hansa_chain.abi import _types, abi_of, known_errors
from hansa_protocol.identity import Address, address_word
from hansa_protocol.rows import Row
from tests.model.deployment import Deployment
from tests.model.settlement import Together
from tests.model.world import Call, Outcome

SUCCEEDS, RETURNS, REVERTS = 0, 1, 2
_STEP = "(uint64,uint64,address,address,bytes,uint8,bytes)"
_NO_HOLD = (b"\0" * 32, 0, 0)


@dataclass(frozen=True, slots=True)
class Step:
    """Hold a call as bytes and what must come of it: success, this answer, or an error with these values."""

    at: int
    block: int
    sender: Address
    target: Address
    data: bytes
    mode: int
    expected: bytes
    about: tuple[Any, ...]

    @property
    def told(self) -> str:
        """Return the step as a person reads it."""
        contract, function, arguments, ending = self.about
        return f"t={self.at} {contract}.{function}{arguments} by {self.sender}: {ending}"

    @property
    def words(self) -> tuple[Any, ...]:
        """Return the tuple that the player reads."""
        return (self.at, self.block, self.sender, self.target, self.data, self.mode, self.expected)


def step_of(deployment: Deployment, call: Call, outcome: Outcome) -> Step:
    """Return a call with the outcome that the model gave it."""
    creation = deployment.creations[call.contract]
    data = data_of(creation.contract, call.function, call.arguments)
    mode, expected = SUCCEEDS, b""
    if outcome.error is not None:
        mode, expected = REVERTS, encode_error(outcome.error, outcome.told)
    elif outcome.value is not None:
        mode, expected = RETURNS, encode_outputs(creation.contract, call.function, (outcome.value,))
    about = call.contract, call.function, call.arguments, outcome
    return Step(call.at, call.block, call.sender, creation.address, data, mode, expected, about)


def data_of(contract: str, function: str, arguments: tuple[Any, ...]) -> bytes:
    """Return what is sent to call a function."""
    return abi_of(contract).functions[function].encode([as_abi(one) for one in arguments])


def encode_outputs(contract: str, function: str, values: tuple[Any, ...]) -> bytes:
    """Return what a function that answers with these values returns."""
    outputs = abi_of(contract).functions[function].outputs
    return encode(_types(outputs), [as_abi(value) for value in values])


def encode_steps(steps: Sequence[Step]) -> bytes:
    """Return a history as the player reads it: the ABI's Step[], by hand because there are many."""
    bodies = [_encode_step(step) for step in steps]
    begins = accumulate((len(body) for body in bodies), initial=32 * len(bodies))
    offsets = [_word(begin) for begin, _ in zip(begins, bodies, strict=False)]
    return b"".join([_word(32), _word(len(bodies)), *offsets, *bodies])


def _encode_step(step: Step) -> bytes:
    data, expected = _bytes(step.data), _bytes(step.expected)
    addresses = [address_word(step.sender), address_word(step.target)]
    ends = [_word(7 * 32), _word(step.mode), _word(7 * 32 + len(data))]
    return b"".join([_word(step.at), _word(step.block), *addresses, *ends, data, expected])


def _bytes(data: bytes) -> bytes:
    return _word(len(data)) + data.ljust(-(-len(data) // 32) * 32, b"\0")


def _word(number: int) -> bytes:
    return number.to_bytes(32, "big")


def encode_site(deployments: Iterable[Deployment]) -> bytes:
    """Return what must be created and called before every history."""
    known = list(deployments)
    codes = [creation.code for one in known for creation in one.creations.values()]
    places = [creation.address for one in known for creation in one.creations.values()]
    calls = [step_of(one, call, Outcome()).words for one in known for call in one.preparations()]
    return encode(["bytes[]", "address[]", f"{_STEP}[]"], [codes, places, calls])


def as_abi(value: Any) -> Any:
    """Return a value of the model as the ABI takes it."""
    if isinstance(value, Row):
        return value.pack()
    if isinstance(value, Together):
        return data_of("Settlement", value.function, value.arguments)
    if is_dataclass(value):
        return tuple([as_abi(getattr(value, field.name)) for field in fields(value)])
    if isinstance(value, list | tuple):
        return [as_abi(one) for one in value]
    return _NO_HOLD if value is None else value


def encode_error(error: str, values: tuple[Any, ...]) -> bytes:
    """Return what a contract reverts with when it refuses so."""
    selector, types = _errors()[error]
    return selector + encode(types, [as_abi(value) for value in values])


@lru_cache(maxsize=1)
def _errors() -> dict[str, tuple[bytes, list[str]]]:
    return {name: (selector, _types(inputs)) for selector, (name, inputs) in known_errors().items()}
