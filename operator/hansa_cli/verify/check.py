"""A claim and its verdict."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """State a claim, whether it is true, what was seen, and where to look."""

    claim: str
    true: bool
    seen: str
    look: str = ""
