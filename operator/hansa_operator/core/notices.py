"""What people are told as Events."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Notice:
    """Tell people something as an Event on the object."""

    reason: str
    message: str
    warning: bool = False
