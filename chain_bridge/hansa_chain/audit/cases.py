"""The books of cases: what was opened against hubs, with which deposit, and how it ended."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import singledispatchmethod

from hansa_chain.audit.entries import Entry, Question
from hansa_chain.cases import Kind, State, Subject
from hansa_protocol.identity import Address


@dataclass(frozen=True, slots=True)
class CaseOpened:
    """Tell that a case was opened with a deposit; `due` in unix seconds."""

    id: bytes
    opener: Address
    subject: Subject
    due: int
    deposit: int


@dataclass(frozen=True, slots=True)
class CaseAnswered:
    """Tell that a case ended for the hub."""

    id: bytes


@dataclass(frozen=True, slots=True)
class CaseLost:
    """Tell that a case ended against the hub."""

    id: bytes
    collectable_at: int


@dataclass(frozen=True, slots=True)
class CaseLapsed:
    """Tell that a case ended without a winner."""

    id: bytes


@dataclass(frozen=True, slots=True)
class LeavesRevealed:
    """Tell how far a hub has shown a row."""

    id: bytes
    leaves: int
    sum: int


@dataclass(frozen=True, slots=True)
class Disputed:
    """Tell what of a credit row and of a provider's bond waits for a dispute."""

    id: bytes
    held: int
    reserved: int


@dataclass(slots=True)
class CaseRecord:
    """Hold a case; `shown` is set once leaves were revealed, `waiting` for disputes."""

    subject: Subject
    opener: Address
    due: int
    deposit: int
    state: State = State.OPEN
    shown: tuple[int, int] | None = None
    waiting: tuple[int, int] | None = None

    @property
    def strikes(self) -> bool:
        """Return whether its end has struck a leaf."""
        return self.state is State.LOST and self.subject.kind is not Kind.STATEMENT


@dataclass(slots=True)
class CaseBooks:
    """Hold all cases of one of the challenges."""

    contract: str
    address: Address
    settlement: Address
    cases: dict[bytes, CaseRecord] = field(default_factory=dict)

    @singledispatchmethod
    def apply(self, event: object) -> None:
        """Enter an event; others than of cases change nothing."""

    @apply.register
    def _(self, event: CaseOpened) -> None:
        self.cases[event.id] = CaseRecord(event.subject, event.opener, event.due, event.deposit)

    @apply.register
    def _(self, event: CaseAnswered) -> None:
        self._end(event.id, State.ANSWERED)

    @apply.register
    def _(self, event: CaseLapsed) -> None:
        self._end(event.id, State.ENDED)

    @apply.register
    def _(self, event: CaseLost) -> None:
        self._end(event.id, State.LOST)
        self.cases[event.id].due = event.collectable_at

    @apply.register
    def _(self, event: LeavesRevealed) -> None:
        case = self.cases[event.id]
        case.shown = event.sum, (case.shown or (0, 0))[1] + event.leaves

    @apply.register
    def _(self, event: Disputed) -> None:
        self.cases[event.id].waiting = event.held, event.reserved

    def deposits(self, vault: Address) -> int:
        """Return the deposits of open cases in a vault: the contract's custody there."""
        return sum(case.deposit for case in self.cases.values() if case.subject.vault == vault)

    def entries(self) -> Iterator[Entry]:
        """Yield what the contract must say of every case, and the settlement of every leaf that one has struck."""
        for id_, case in self.cases.items():
            yield from self._entries_of(id_, case)

    def _entries_of(self, id_: bytes, case: CaseRecord) -> Iterator[Entry]:
        kind, vault = case.subject.kind.name.lower(), case.subject.vault
        name, asked = f"{kind} 0x{id_.hex()[:8]}", Question(self.contract, self.address, "caseOf", (id_,))
        yield Entry(case.opener, f"{name}: due", case.due, asked, (0, 1))
        yield Entry(case.opener, f"{name}: state", int(case.state), asked, (0, 2))
        yield Entry(case.opener, f"{name}: deposit", case.deposit, asked, (0, 3), vault)
        if case.strikes:
            yield Entry(case.opener, f"{name}: leaf struck", True, self._struck(case.subject))
        if case.shown is not None:
            shown = Question(self.contract, self.address, "shownOf", (id_,))
            yield Entry(case.opener, f"{name}: shown", case.shown[0], shown, (0,), vault)
            yield Entry(case.opener, f"{name}: leaves shown", case.shown[1], shown, (1,))
        if case.waiting is not None:
            waiting = Question(self.contract, self.address, "holdOf", (id_,))
            yield Entry(case.opener, f"{name}: held", case.waiting[0], waiting, (0, 2), vault)
            yield Entry(case.opener, f"{name}: reserved", case.waiting[1], waiting, (1,), vault)

    def _struck(self, leaf: Subject) -> Question:
        place = (leaf.hub, leaf.vault, leaf.epoch, leaf.part, leaf.index)
        return Question("Settlement", self.settlement, "isStruck", place)

    def _end(self, id_: bytes, state: State) -> None:
        case = self.cases[id_]
        case.state, case.deposit = state, 0
        if case.waiting is not None:
            case.waiting = 0, 0
