"""A copy of the contracts in which mutants are compiled and tested, one at a time."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from tests.mutants.mutant import CONTRACTS, REPOSITORY, Mutant

MEASURING = "Gas"
"""Test contracts whose claims are about the optimizer's code."""
EVERYDAY = f"{MEASURING}|Invariants"
"""What is left out while other tests may notice a mutant: invariants are slow."""
SECONDS = 1800

SETTINGS = {
    # A mutant leaves names unused, and only its behaviour matters here.
    "FOUNDRY_DENY": "never",
    "FOUNDRY_LINT_LINT_ON_BUILD": "false",
    # Compiles in a third of the time; the tests claim the same of both.
    "FOUNDRY_OPTIMIZER": "false",
    "FOUNDRY_FUZZ_RUNS": "64",
    "FOUNDRY_FUZZ_SEED": "1",
    "FOUNDRY_INVARIANT_RUNS": "16",
}


class DoesNotCompile(Exception):
    """Tell that a mutant is no program, with what the compiler said."""


@dataclass(frozen=True)
class Workshop:
    """Keep the copy in a folder; `pristine` is what the compiler made of it without a mutant."""

    folder: Path
    contracts: Path = field(init=False)
    pristine: Path = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "contracts", self.folder / CONTRACTS.relative_to(REPOSITORY))
        object.__setattr__(self, "pristine", self.folder / "pristine")

    def open(self) -> list[str]:
        """Copy the contracts, compile them, and return the tests that fail without any mutant."""
        unused = shutil.ignore_patterns("out", "cache", "@foundry-rs")
        for path in (CONTRACTS, REPOSITORY / "tools" / "solc", REPOSITORY / "tests" / "vectors"):
            shutil.copytree(path, self.folder / path.relative_to(REPOSITORY), ignore=unused)
        failed = self._test("--no-match-contract", EVERYDAY)
        for name in ("out", "cache"):
            shutil.copytree(self.contracts / name, self.pristine / name)
        return failed

    def try_out(self, mutant: Mutant) -> str | None:
        """Return the test that the mutant fails, or None when it survives; raises DoesNotCompile."""
        file = self.contracts / "src" / mutant.file
        source = file.read_text()
        file.write_text(mutant.apply(source))
        try:
            failed = self._test("--fail-fast", "--match-contract", mutant.first)
            for left_out in (EVERYDAY, MEASURING):
                failed = failed or self._test("--fail-fast", "--no-match-contract", left_out)
            return failed[0] if failed else None
        finally:
            file.write_text(source)
            self._restore()

    def _restore(self) -> None:
        """Put back what was compiled, so that the next mutant compiles its own file alone."""
        for name in ("out", "cache"):
            shutil.rmtree(self.contracts / name)
            shutil.copytree(self.pristine / name, self.contracts / name)

    def _test(self, *choice: str) -> list[str]:
        # The linking of tests at run time spares them from being compiled again with what they test.
        argv = ["forge", "test", "--json", "--dynamic-test-linking", "--threads", "1", *choice]
        env = {**os.environ, **SETTINGS}
        done = subprocess.run(
            argv, check=False, cwd=self.contracts, env=env, capture_output=True, text=True, timeout=SECONDS
        )
        return failures(done.stdout, done.stderr)


def failures(output: str, errors: str) -> list[str]:
    """Return the names of failed tests, as `Contract.test`, in what forge printed; raises DoesNotCompile."""
    try:
        suites = json.loads(output[output.index("{") :])
    except ValueError:
        raise DoesNotCompile((output + errors).strip()[-2000:]) from None
    return [
        f"{suite.rpartition(':')[2]}.{test.partition('(')[0]}"
        for suite, results in suites.items()
        for test, result in results["test_results"].items()
        if result["status"] == "Failure"
    ]
