"""The times that docs/protocol.md tells are those of the code."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from hansa_chain.profile import DEVELOPMENT, Params, Profile

DOCUMENT = Path(__file__).parents[3] / "docs" / "protocol.md"
HOUR = 3600
TIMES = {
    "E": "epoch",
    "P": "post",
    "W": "window",
    "A": "answer",
    "Q": "queue",
    "W2": "reveal",
    "V": "court",
    "S": "sealing",
    "F": "finality",
    "C": "outage",
    "audit": "audit",
}
DELAYS = {"D": "withdrawal", "N": "notice", "U": "unbonding"}
SPAN = "T - post"


def told(name: str, unit_seconds: int) -> dict[str, int]:
    """Return a row of the table of times in seconds, by the letters of its head."""
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in DOCUMENT.read_text().splitlines()]
    head = next(row for row in rows if row[:2] == ["", "E"])
    row = next(row for row in rows if row and row[0].startswith(name))
    return {letter: int(Fraction(cell) * unit_seconds) for letter, cell in zip(head[1:], row[1:], strict=True)}


def profile_of(row: dict[str, int]) -> Profile:
    """Return the profile of a row; its rates, which are not in the table, are those of development."""
    rates = {"fee_bps": DEVELOPMENT.params.fee_bps, "cover_bps": DEVELOPMENT.params.cover_bps}
    params = Params(**{name: row[letter] for letter, name in TIMES.items()}, **rates)
    return replace(DEVELOPMENT, params=params, **{name: row[letter] for letter, name in DELAYS.items()})


def test_the_table_tells_the_development_profile() -> None:
    row = told("development", 1)
    assert set(row) == {*TIMES, *DELAYS, SPAN}
    assert profile_of(row) == DEVELOPMENT
    assert row[SPAN] == DEVELOPMENT.params.settle_seconds


def test_the_times_told_for_a_main_chain_are_safe() -> None:
    row = told("main chain", HOUR)
    assert profile_of(row).params.settle_seconds == row[SPAN]
