"""A claim and its verdict."""

from collections.abc import Iterable
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


def tell_faults(faults: Iterable[str]) -> str:
    """Return faults in one line, of many only the first; "" for none."""
    told = [one if len(one) <= MOST_CHARACTERS else f"{one[:MOST_CHARACTERS]}..." for one in faults]
    more = len(told) - MOST_ALIKE
    return "; ".join([*told[:MOST_ALIKE], *([f"and {more} more"] if more > 0 else [])])
