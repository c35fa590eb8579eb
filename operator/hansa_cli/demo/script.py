"""The six jobs of the demonstration, who applies them, and how each is meant to end."""

from dataclasses import dataclass
from enum import StrEnum


class End(StrEnum):
    """Tell how a job is meant to end."""

    SUCCEEDS = "succeeds"
    REFUSED = "refused"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Act:
    """Describe one job of the demonstration; `attempts` and `epochs` are the least that it takes."""

    name: str
    namespace: str
    end: End
    attempts: int = 1
    epochs: int = 1
    royalty: bool = False
    delete_after_seconds: int = 0


ACTS = (
    Act("digits", "lab-riga", End.SUCCEEDS, royalty=True),
    Act("soak", "lab-riga", End.SUCCEEDS, epochs=2),
    Act("cancelled", "lab-riga", End.DELETED, delete_after_seconds=10),
    Act("filetypes", "lab-visby", End.SUCCEEDS),
    Act("flaky", "lab-visby", End.SUCCEEDS, attempts=2),
    Act("over-budget", "lab-visby", End.REFUSED),
)
