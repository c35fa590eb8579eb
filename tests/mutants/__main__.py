"""Make each deliberate defect of the contracts in a copy, and name the test that notices it."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console

from tests.mutants.mutant import REPOSITORY, Mutant, PatternLost, load_mutants
from tests.mutants.workshop import DoesNotCompile, Workshop

RESULTS = REPOSITORY / "build" / "mutants.json"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Hold what became of a mutant; `killed_by` is None when no test failed, `wrong` why it could not be tried."""

    mutant: str
    file: str
    breaks: str
    killed_by: str | None
    wrong: str | None
    seconds: float

    @property
    def row(self) -> str:
        """Return the table's line."""
        end = self.killed_by or (f"WRONG: {self.wrong}" if self.wrong else "SURVIVED")
        return f"{self.mutant:42} {self.file:26} {self.seconds:5.0f} s  {end}\n{'':42} {self.breaks}"


def try_out(workshop: Workshop, mutant: Mutant) -> Outcome:
    """Return what became of one mutant."""
    started = time.monotonic()
    killed_by = wrong = None
    try:
        killed_by = workshop.try_out(mutant)
    except (PatternLost, DoesNotCompile, subprocess.TimeoutExpired) as error:
        wrong = str(error)
    seconds = round(time.monotonic() - started, 1)
    return Outcome(mutant.name, mutant.file, mutant.breaks, killed_by, wrong, seconds)


def write(outcomes: Sequence[Outcome]) -> None:
    """Replace the file of results."""
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps([asdict(outcome) for outcome in outcomes], indent=2) + "\n")


def main(words: Sequence[str]) -> int:
    """Try all mutants, or those with one of the words in name or file; return 0 when each was noticed."""
    console = Console(soft_wrap=True, markup=False, highlight=False)
    chosen = [one for one in load_mutants() if not words or any(word in one.name + one.file for word in words)]
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory(prefix="hansa-mutants-") as place:
        workshop = Workshop(Path(place))
        if failed := workshop.open():
            console.print(f"Without any mutant these tests fail: {', '.join(failed)}")
            return 1
        for mutant in chosen:
            outcomes.append(try_out(workshop, mutant))
            console.print(outcomes[-1].row)
            write(outcomes)
    killed = sum(outcome.killed_by is not None for outcome in outcomes)
    console.print(f"{killed} of {len(outcomes)} mutants are noticed by a test; {RESULTS} has them all")
    return 0 if killed == len(outcomes) > 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
