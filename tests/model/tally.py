"""What happened in histories: calls by how they ended, and how things stood in the end."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.model.histories.history import History


@dataclass
class Tally:
    """Count what histories had in them; `calls` are (contract.function, error), with no error for what went through."""

    histories: int = 0
    questions: int = 0
    calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    endings: Counter[str] = field(default_factory=Counter)

    def add(self, history: History) -> None:
        """Count one more history."""
        self.histories += 1
        self.questions += len(history.questions)
        for call, outcome in history.played:
            self.calls[f"{history.deployment.abi_name(call.contract)}.{call.function}", outcome.error or ""] += 1
        self.endings.update(history.endings)

    def merge(self, other: "Tally") -> None:
        """Add what another one counted."""
        self.histories += other.histories
        self.questions += other.questions
        self.calls.update(other.calls)
        self.endings.update(other.endings)

    @property
    def done(self) -> Counter[str]:
        """Return how often each function went through."""
        return Counter({name: count for (name, error), count in self.calls.items() if not error})

    @property
    def errors(self) -> Counter[str]:
        """Return how often each error was met."""
        found: Counter[str] = Counter()
        for (_, error), count in self.calls.items():
            found[error] += count
        del found[""]
        return found

    def lines(self) -> Iterator[str]:
        """Yield what was counted, for a person."""
        total, refused = self.calls.total(), self.errors.total()
        yield f"{self.histories:,} histories, {total:,} calls, {refused / max(total, 1):.1%} of them refused;"
        yield f"{self.questions:,} values compared when they were over"
        yield f"\n{'function':32} {'went through':>12} {'refused':>8}"
        for name in sorted({name for name, _ in self.calls}):
            every = sum(count for (other, _), count in self.calls.items() if other == name)
            yield f"{name:32} {self.done[name]:12,} {every - self.done[name]:8,}"
        yield from _table("error", self.errors)
        yield from _table("in the end", self.endings)


def _table(head: str, counts: Counter[str]) -> Iterator[str]:
    yield f"\n{head:40} {'times':>8}"
    for name, count in sorted(counts.items()):
        yield f"{name:40} {count:8,}"
