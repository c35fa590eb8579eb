"""A mistake in one rule of the model is found within a few histories: the contracts do not do what it says."""

import pytest

from tests.model.forge import deployments, play_on_contracts
from tests.model.histories.history import draw_history
from tests.model.mistakes import MISTAKES
from tests.model.play import BASE_SEED


@pytest.fixture(scope="module")
def found() -> set[str]:
    """Return the mistakes that the contracts show in some history which a model with them drew and judged."""
    sites, names, histories = deployments(), [], []
    for name, mistake in MISTAKES.items():
        with mistake.planted():
            for seed in range(BASE_SEED, BASE_SEED + mistake.within):
                names.append(name)
                histories.append(draw_history(seed, sites).steps)
    return {names[one.history] for one in play_on_contracts(histories)}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_in_the_model_is_found(found: set[str], name: str) -> None:
    assert name in found, f"{MISTAKES[name].within} histories do not show that {name}"
