"""What a model remembers, as contracts do: what was never written is zero, and a call that is refused wrote nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")
_ABSENT: Any = object()


class Refused(Exception):
    """Raised where a rule forbids a call; `name` is the contracts' error, `values` are what it tells."""

    def __init__(self, name: str, *values: Any) -> None:
        super().__init__(name, *values)
        self.name, self.values = name, values


def require(allowed: bool, otherwise: str, *values: Any) -> None:
    """Refuse with an error and its values unless something is so."""
    if not allowed:
        raise Refused(otherwise, *values)


class Journal:
    """Remember what tables held, so that everything since a moment can be undone."""

    def __init__(self) -> None:
        self._undo: list[tuple[dict[Any, Any], Any, Any]] = []

    def note(self, table: dict[Any, Any], key: Any) -> None:
        """Remember what is about to be overwritten."""
        self._undo.append((table, key, table.get(key, _ABSENT)))

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Undo every write of the block when something in it is refused."""
        mark = len(self._undo)
        try:
            yield
        except Refused:
            while len(self._undo) > mark:
                table, key, before = self._undo.pop()
                if before is _ABSENT:
                    dict.pop(table, key, None)
                else:
                    dict.__setitem__(table, key, before)
            raise


class Table(dict[K, V], Generic[K, V]):
    """Map keys to values that never change themselves; unknown keys have `zero`."""

    def __init__(self, journal: Journal, zero: V) -> None:
        super().__init__()
        self._journal, self._zero = journal, zero

    def __missing__(self, key: K) -> V:
        return self._zero

    def __setitem__(self, key: K, value: V) -> None:
        self._journal.note(self, key)
        super().__setitem__(key, value)
