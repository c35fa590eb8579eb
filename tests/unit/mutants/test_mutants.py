"""The list of deliberate defects fits the contracts, and a failed test is told from a broken compiler."""

import json
import re
from collections import Counter

import pytest

from tests.mutants.mutant import CONTRACTS, REPOSITORY, Mutant, PatternLost, load_mutants
from tests.mutants.workshop import DoesNotCompile, failures

MUTANTS = load_mutants()


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_every_mutant_changes_one_place_of_its_file(mutant: Mutant) -> None:
    source = (CONTRACTS / "src" / mutant.file).read_text()
    assert mutant.apply(source) != source


def test_every_mutant_has_a_name_of_its_own_and_says_what_it_breaks() -> None:
    assert [name for name, count in Counter(mutant.name for mutant in MUTANTS).items() if count > 1] == []
    assert all(mutant.breaks for mutant in MUTANTS)


def test_every_test_contract_that_a_mutant_names_is_there() -> None:
    sources = "".join(path.read_text() for path in (CONTRACTS / "test").rglob("*.t.sol"))
    named = {name for mutant in MUTANTS for name in mutant.first.split("|")}
    assert [name for name in sorted(named) if f"contract {name} is" not in sources] == []


@pytest.mark.parametrize("source", ["", "a = 1; a = 1;"])
def test_a_text_that_is_not_there_exactly_once_is_lost(source: str) -> None:
    mutant = Mutant(name="one", breaks="it", file="A.sol", search="a = 1;", replace="a = 2;", first="ATest")
    with pytest.raises(PatternLost):
        mutant.apply(source)


def test_failed_tests_are_named_with_their_contract() -> None:
    results = {"test_a()": {"status": "Success"}, "testFuzz_b(uint256)": {"status": "Failure"}}
    printed = "Compiling\n" + json.dumps({"test/A.t.sol:ATest": {"test_results": results}})
    assert failures(printed, "") == ["ATest.testFuzz_b"]


def test_what_does_not_compile_is_no_mutant() -> None:
    with pytest.raises(DoesNotCompile, match="expected ';'"):
        failures("", "Error: expected ';'")


def test_the_docs_tell_how_many_mutants_there_are() -> None:
    told = re.search(r"each of the (\d+) in `tests/mutants", (REPOSITORY / "docs" / "protocol.md").read_text())
    assert told is not None
    assert int(told[1]) == len(MUTANTS)
