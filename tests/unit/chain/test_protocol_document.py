"""The times that docs/protocol.md tells are those of the code."""

from fractions import Fraction
from pathlib import Path

import pytest

from hansa_chain.profile import Profile
from hansa_chain.profiles import PROFILES

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
    row = next(row for row in rows if len(row) == len(head) and row[0].split(",")[0].split(" ")[0] == name)
    return {letter: int(Fraction(cell) * unit_seconds) for letter, cell in zip(head[1:], row[1:], strict=True)}


def times_of(profile: Profile) -> dict[str, int]:
    """Return what the row of a profile has to tell."""
    params, delays = profile.params, {letter: getattr(profile, name) for letter, name in DELAYS.items()}
    return {letter: getattr(params, name) for letter, name in TIMES.items()} | delays | {SPAN: params.settle_seconds}


@pytest.mark.parametrize(("name", "unit_seconds"), [("development", 1), ("l1", HOUR), ("l2", HOUR)])
def test_the_table_tells_the_times_of_each_profile(name: str, unit_seconds: int) -> None:
    assert told(name, unit_seconds) == times_of(PROFILES[name])
