"""The contracts do in random histories what a model of them says, call by call and to the wei."""

import pytest

from tests.model.coverage import BY_DEFECTS, missing
from tests.model.play import BASE_SEED, Played, play

HISTORIES = 150
RARE = 40
"""So many functions, errors and endings at most are not among them; `make test-differential` meets them all."""


@pytest.fixture(scope="module")
def played() -> Played:
    """Play the first histories of those that `make test-differential` plays."""
    return play(range(BASE_SEED, BASE_SEED + HISTORIES))


def test_every_call_ends_as_the_model_says_and_leaves_what_it_says(played: Played) -> None:
    assert not played.disagreements, "\n\n".join(played.disagreements)


def test_no_history_meets_what_would_be_a_defect(played: Played) -> None:
    assert not (BY_DEFECTS | {"Panic"}) & set(played.tally.errors)


def test_the_histories_are_about_nearly_everything(played: Played) -> None:
    assert len(list(missing(played.tally))) <= RARE
