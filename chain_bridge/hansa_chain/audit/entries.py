"""An entry of the books: what was rebuilt, and the question whose answer it must be."""

from dataclasses import dataclass
from typing import Any

from hansa_protocol.identity import Address

Value = int | str | bool | bytes


@dataclass(frozen=True, slots=True)
class Question:
    """Name a function of a contract and its arguments."""

    contract: str
    address: Address
    function: str
    arguments: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """Hold a rebuilt value; `place` leads to its counterpart in the answer, which is a tuple of results.

    `vault` says in whose token an amount is, None for what is no amount. `at_most` lets the chain have more.
    """

    account: Address
    role: str
    rebuilt: Value
    question: Question
    place: tuple[int, ...] = (0,)
    vault: Address | None = None
    at_most: bool = False

    def pick(self, answer: tuple[Any, ...]) -> Value:
        """Return the counterpart of the rebuilt value in an answer."""
        found: Any = answer
        for index in self.place:
            found = found[index]
        value: Value = found
        return value


@dataclass(frozen=True, slots=True)
class Finding:
    """Hold an entry beside what the contract says."""

    entry: Entry
    on_chain: Value

    @property
    def true(self) -> bool:
        """Return whether events and contract agree."""
        if self.entry.at_most and isinstance(self.on_chain, int) and isinstance(self.entry.rebuilt, int):
            return self.entry.rebuilt <= self.on_chain
        return self.entry.rebuilt == self.on_chain
