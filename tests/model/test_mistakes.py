"""A mistake in one rule of the model is found in a history: the contracts do not do what it says."""

import pytest

from tests.model.forge import deployments, play_on_contracts
from tests.model.histories.history import draw_history
from tests.model.mistakes import MISTAKES
from tests.model.play import BASE_SEED


@pytest.fixture(scope="module")
def found() -> set[str]:
    """Return the mistakes that the contracts show in the history which a model with them drew and judged."""
    sites, names, histories = deployments(), list(MISTAKES), []
    for mistake in MISTAKES.values():
        with mistake.planted():
            histories.append(draw_history(BASE_SEED + mistake.shown_by, sites).steps)
    return {names[one.history] for one in play_on_contracts(histories)}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_in_the_model_is_found(found: set[str], name: str) -> None:
    number = MISTAKES[name].shown_by
    assert name in found, f"history {number} does not show that {name}: try others, and write down one that does"
