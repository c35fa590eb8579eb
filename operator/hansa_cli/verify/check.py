"""A claim and its verdict."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MOST_ALIKE = 40
"""Most of one kind that are told one by one: a file can make up any number of faults."""
MOST_CHARACTERS = 400
"""Most of what is told of one fault: it may quote a file."""


@dataclass(frozen=True, slots=True)
class Check:
    """State a claim, whether it is true, what was seen, and where to look."""

    claim: str
    true: bool
    seen: str
    look: str = ""


class Tally:
    """Count what is told by its kind: beyond MOST_ALIKE of one it is not shown any more."""

    def __init__(self) -> None:
        self._counts = Counter[str]()

    def shows(self, kind: str) -> bool:
        """Count one more, and return whether it is shown."""
        self._counts[kind] += 1
        return self._counts[kind] <= MOST_ALIKE

    def unshown(self) -> Iterator[tuple[str, int]]:
        """Yield the kinds of which there were more, and how many more."""
        return ((kind, count - MOST_ALIKE) for kind, count in self._counts.items() if count > MOST_ALIKE)


def tell_faults(faults: Iterable[str]) -> str:
    """Return faults in one line, of many only the first; "" for none."""
    told = [one if len(one) <= MOST_CHARACTERS else f"{one[:MOST_CHARACTERS]}..." for one in faults]
    more = len(told) - MOST_ALIKE
    return "; ".join([*told[:MOST_ALIKE], *([f"and {more} more"] if more > 0 else [])])
