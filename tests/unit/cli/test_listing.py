"""Tables fit the terminal: what is spare goes first, and nothing is broken inside a word."""

import io

import pytest
from rich.console import Console

from hansa_cli.job_view import amount
from hansa_cli.listing import Listing, print_listing

JOBS = Listing(
    "",
    ("NAME", "SECONDS", "AGE", "REASON"),
    (("over-budget", "0.000", "8s", "BudgetExceeded"), ("digits", "132.144", "3m", "Succeeded")),
    total=("sum", "132.144", "", ""),
    spare=("SECONDS", "AGE"),
)


def printed(listing: Listing, width: int, *, terminal: bool = True) -> str:
    """Return what is printed on a terminal, or a file, that is so wide."""
    out = io.StringIO()
    console = Console(file=out, width=width, force_terminal=terminal, color_system=None, soft_wrap=True)
    print_listing(listing, console)
    return out.getvalue()


def test_the_width_is_what_is_printed() -> None:
    assert max(map(len, printed(JOBS, 200).splitlines())) == JOBS.width


@pytest.mark.parametrize(
    ("narrower", "headings"),
    [(0, ("NAME", "SECONDS", "AGE", "REASON")), (1, ("NAME", "AGE", "REASON")), (11, ("NAME", "REASON"))],
)
def test_a_narrow_terminal_goes_without_what_is_spare(narrower: int, headings: tuple[str, ...]) -> None:
    fitting = JOBS.fit(JOBS.width - narrower)
    assert fitting.headings == headings
    assert all(len(row) == len(headings) for row in (*fitting.rows, fitting.total))
    text = printed(JOBS, JOBS.width - narrower)
    assert "over-budget" in text
    assert "BudgetExceeded" in text
    assert ("no room here for SECONDS" in text) == (narrower > 0)


NOTE = "the provider has not been seen for two minutes, and its bond is smaller than what is exposed there"
QUOTES = Listing(
    "",
    ("PROVIDER", "MODEL", "PRICE", "NOTE"),
    (("lubeck-on-the-trave-with-a-long-name", "sim-a", "1.80", NOTE), ("bergen", "sim-b", "2.40", "within the budget")),
    numbers=frozenset({"PRICE"}),
    spare=("MODEL",),
)


@pytest.mark.parametrize("width", [QUOTES.width - 1, 100, QUOTES.least])
def test_a_long_text_at_the_end_folds_between_words_before_a_column_is_left_out(width: int) -> None:
    text = printed(QUOTES, width)
    assert "no room here" not in text
    assert "lubeck-on-the-trave-with-a-long-name   sim-a    1.80   the provider has" in text
    assert set(NOTE.split()) <= set(text.split())
    assert max(len(line.rstrip()) for line in text.splitlines()) <= width


def test_what_does_not_fit_folded_either_is_left_out() -> None:
    assert "no room here for MODEL" in printed(QUOTES, QUOTES.least - 1)


def test_a_file_has_no_edge() -> None:
    assert "132.144" in printed(JOBS, JOBS.width - 1, terminal=False)


@pytest.mark.parametrize(
    ("text", "shown"),
    [("0.071456868", "0.071456… HUSD"), ("0.5", "0.5 HUSD"), ("12", "12 HUSD"), (None, "-"), ("0", "0 HUSD")],
)
def test_an_amount_that_is_cut_says_so(text: str | None, shown: str) -> None:
    assert amount(text, "HUSD") == shown
