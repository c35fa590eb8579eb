"""What a benchmark leaves: a table for people, and a file of numbers with their targets."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).parents[2] / "build" / "bench"


@dataclass(frozen=True, slots=True)
class Measurement:
    """Hold one number; `target` is the most, or `least` the least, that is well; neither where there is no promise."""

    name: str
    value: float
    unit: str
    target: float | None = None
    least: float | None = None

    @property
    def ok(self) -> bool:
        """Tell whether the promise is kept."""
        return (self.target is None or self.value <= self.target) and (self.least is None or self.value >= self.least)

    @property
    def bound(self) -> float | None:
        """Return the number that is promised."""
        return self.target if self.least is None else self.least

    @property
    def promise(self) -> str:
        """Return what is promised, for a table."""
        if self.least is not None:
            return f">= {self.least:g} {self.unit}"
        return "" if self.target is None else f"<= {self.target:g} {self.unit}"


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest of the values that is at least as large as this share of them (nearest rank)."""
    ranked = sorted(values)
    return ranked[max(0, math.ceil(share * len(ranked)) - 1)]


def report(bench: str, measurements: Sequence[Measurement], place: Path = RESULTS) -> int:
    """Print the table, write NAME.json, and return the exit code: 0 when every promise is kept."""
    table = Table(title=bench, title_justify="left")
    for heading in ("measured", "value", "target", ""):
        table.add_column(heading, justify="right" if heading in ("value", "target") else "left")
    for item in measurements:
        table.add_row(item.name, f"{item.value:,.6g} {item.unit}", item.promise, "ok" if item.ok else "missed")
    Console().print(table)
    rows = [
        {"name": item.name, "value": item.value, "unit": item.unit, "target": item.bound, "ok": item.ok}
        for item in measurements
    ]
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{bench}.json").write_text(json.dumps(rows, indent=2) + "\n")
    return 0 if all(item.ok for item in measurements) else 1
