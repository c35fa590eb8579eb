"""Of faults that a file can make up without number, the first are told, and how many there are."""

import pytest

from hansa_cli.verify.advice import show_unjudged
from hansa_cli.verify.check import MOST_ALIKE, Check, tell_faults
from hansa_cli.verify.evidence import CreditAt
from hansa_cli.verify.findings import Asking, Challenge, Finding, find_wrongs
from hansa_cli.verify.report import show_checks
from tests.unit.cli.test_findings import LAW, LEAF, part_of


def test_faults_in_one_line_are_cut() -> None:
    assert tell_faults(["a", "b"]) == "a; b"
    assert tell_faults([]) == ""
    told = tell_faults(["x" * 100_000] * 5_000)
    assert len(told) < 20_000
    assert told.endswith(f"and {5_000 - MOST_ALIKE} more")


def test_claims_that_are_false_alike_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    show_checks(
        [
            *(Check(f"part {number} is posted", False, "not on chain") for number in range(2_000)),
            *(Check(f"part {number} is posted", True, "paid") for number in range(50)),
            Check("the last", False, "another"),
        ]
    )
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == MOST_ALIKE + 50 + 2
    assert f"FALSE {2_000 - MOST_ALIKE} more claims: not on chain" in lines
    assert any("the last" in line for line in lines)


def test_rows_that_are_not_paid_are_not_called_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    one = Finding("it is not paid", Challenge.PAYMENT, CreditAt(part_of(LEAF), 0))
    show_unjudged([one] * (MOST_ALIKE + 1))
    printed = capsys.readouterr().out
    assert printed.count("UNPAID it is not paid") == MOST_ALIKE
    assert "UNPAID 1 more of the kind that finalizeRow is for" in printed
    assert "WRONG" not in printed


def test_findings_of_one_kind_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    findings = find_wrongs([part_of(*[LEAF] * 100)], LAW, Asking())
    assert len(findings) >= 99
    show_unjudged(findings)
    printed = capsys.readouterr().out
    assert printed.count("do proveDuplicate") == MOST_ALIKE
    assert f"WRONG {99 - MOST_ALIKE} more of the kind that proveDuplicate is for" in printed
