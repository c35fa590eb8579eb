"""The books of posted parts: their headers, what of them is paid, held or void, and what is left in escrow."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import singledispatchmethod
from itertools import groupby
from typing import Any

from hansa_chain.audit.entries import Entry, Question
from hansa_protocol.header import Header, header_hash
from hansa_protocol.identity import Address
from hansa_protocol.rows import Row

Key = tuple[Address, Address, int, int]
"""Hub, vault, epoch and part."""


@dataclass(frozen=True, slots=True)
class Posted:
    """Tell the header of a part."""

    hub: Address
    vault: Address
    epoch: int
    header_hash: bytes
    header: Header


@dataclass(frozen=True, slots=True)
class RowFinalized:
    """Tell that one credit row of a part was paid."""

    hub: Address
    vault: Address
    epoch: int
    part: int
    index: int
    row: Row


@dataclass(frozen=True, slots=True)
class Finalized:
    """Tell that all credit rows of a part are paid."""

    hub: Address
    vault: Address
    epoch: int
    part: int


@dataclass(frozen=True, slots=True)
class PartVoided:
    """Tell that a part is void."""

    hub: Address
    vault: Address
    epoch: int
    part: int


@dataclass(frozen=True, slots=True)
class RowHeld:
    """Tell what of a credit row waits for disputes, and what of it went back to customers."""

    header_hash: bytes
    index: int
    held: int
    given: int


@dataclass(slots=True)
class PartState:
    """Hold a part; `paid_rows` were paid one by one, `held` and `given` are by row."""

    header: Header
    final: bool = False
    void: bool = False
    paid_rows: dict[int, int] = field(default_factory=dict)
    held: dict[int, int] = field(default_factory=dict)
    given: dict[int, int] = field(default_factory=dict)

    @property
    def escrow(self) -> int:
        """Return what is left in escrow: all that was neither paid nor given back."""
        if self.final:
            return sum(self.held.values())
        waiting = sum(self.held.get(index, 0) for index in self.paid_rows)
        if self.void:
            return waiting
        paid = sum(amount - self.given.get(index, 0) for index, amount in self.paid_rows.items())
        return self.header.debits - sum(self.given.values()) - paid + waiting


@dataclass(slots=True)
class PartBooks:
    """Hold all parts of one settlement, in the order in which they were posted."""

    address: Address
    parts: dict[Key, PartState] = field(default_factory=dict)
    by_hash: dict[bytes, PartState] = field(default_factory=dict)

    @singledispatchmethod
    def apply(self, event: object) -> None:
        """Enter an event; others than of parts change nothing."""

    @apply.register
    def _(self, event: Posted) -> None:
        part = PartState(event.header)
        self.parts[event.hub, event.vault, event.epoch, event.header.part] = part
        self.by_hash[event.header_hash] = part

    @apply.register
    def _(self, event: RowFinalized) -> None:
        self._part(event).paid_rows[event.index] = event.row.amount

    @apply.register
    def _(self, event: Finalized) -> None:
        self._part(event).final = True

    @apply.register
    def _(self, event: PartVoided) -> None:
        self._part(event).void = True

    @apply.register
    def _(self, event: RowHeld) -> None:
        part = self.by_hash[event.header_hash]
        part.held[event.index], part.given[event.index] = event.held, event.given

    def escrow(self, vault: Address) -> int:
        """Return what parts of a vault have left in escrow."""
        return sum(part.escrow for (_, place, _, _), part in self.parts.items() if place == vault)

    def entries(self) -> Iterator[Entry]:
        """Yield what the contract must say of every part and every row that was paid alone, and of last epochs."""
        for key, part in self.parts.items():
            yield from self._entries_of(key, part)
        for (hub, vault), group in groupby(sorted(self.parts), key=lambda key: key[:2]):
            yield from self._last(hub, vault, [(epoch, part) for _, _, epoch, part in group])

    def _entries_of(self, key: Key, part: PartState) -> Iterator[Entry]:
        hub, name = key[0], f"epoch {key[2]} part {key[3]}"
        yield Entry(hub, f"{name}: header", header_hash(part.header), self._ask("headerHashOf", *key))
        yield Entry(hub, f"{name}: paid", part.final, self._ask("isFinalized", *key))
        yield Entry(hub, f"{name}: void", part.void, self._ask("isVoid", *key))
        if not part.final:
            for index in part.paid_rows:
                yield Entry(hub, f"{name}: row {index} paid", True, self._ask("isRowFinalized", *key, index))

    def _last(self, hub: Address, vault: Address, posted: list[tuple[int, int]]) -> Iterator[Entry]:
        last = max(epoch for epoch, _ in posted)
        asked = self._ask("lastEpoch", hub, vault)
        yield Entry(hub, "last epoch", last, asked, (0,))
        yield Entry(hub, "its parts", sum(epoch == last for epoch, _ in posted), asked, (1,))

    def _part(self, event: RowFinalized | Finalized | PartVoided) -> PartState:
        return self.parts[event.hub, event.vault, event.epoch, event.part]

    def _ask(self, function: str, *arguments: Any) -> Question:
        return Question("Settlement", self.address, function, arguments)
