"""Deliberate defects of the contracts: which there are, and how one is made."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
CONTRACTS = REPOSITORY / "chain_bridge" / "contracts"
LIST = Path(__file__).with_name("mutants.toml")


class PatternLost(Exception):
    """Tell that a mutant's text is not in its file exactly once."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """Hold one replacement in a file below src, what it breaks, and a regex of the test contracts to run first."""

    name: str
    breaks: str
    file: str
    search: str
    replace: str
    first: str

    def apply(self, source: str) -> str:
        """Return the source with the defect; raises PatternLost."""
        if (found := source.count(self.search)) != 1:
            raise PatternLost(f"{self.name}: {self.file} has what it replaces {found} times, not once")
        return source.replace(self.search, self.replace)


def load_mutants() -> list[Mutant]:
    """Return all mutants in the order of the list."""
    return [Mutant(**entry) for entry in tomllib.loads(LIST.read_text())["mutant"]]
