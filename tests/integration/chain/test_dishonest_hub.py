"""A hub that cheats is caught with `hansa verify --send`, from its files and the chain alone, and loses its bond."""

import pytest

from tests.dishonest.cheats import CHEATS, Caught, play
from tests.dishonest.scene import AMOUNT, CUSTOMER, FRIEND, PROVIDER, Scene
from tests.integration.chain.market import address

CALLS = {
    "a slice charged twice": [(CUSTOMER, "proveDuplicate"), (CUSTOMER, "collect")],
    "an invented job": [(CUSTOMER, "challengeOrder"), (CUSTOMER, "strike"), (CUSTOMER, "collect")],
    "a forged row": [
        (CUSTOMER, "demand"),
        (CUSTOMER, "voidPart"),
        (PROVIDER, "claim"),
        (PROVIDER, "payClaim"),
        (CUSTOMER, "collect"),
    ],
}
OWED = {"a slice charged twice": AMOUNT * 103 // 100, "an invented job": 0, "a forged row": 0}
"""What the customer owes in the end: one honest slice of the first, nothing for a part that is void."""


@pytest.mark.parametrize("cheat", CHEATS)
def test_a_cheat_costs_the_hub_its_bond_and_nobody_else_anything(scene: Scene, cheat: str) -> None:
    caught = play(scene, cheat)
    assert sorted((name, call) for name, call, _ in caught.sent) == sorted(CALLS[cheat]), caught.runs[-1][1].printed
    assert caught.runs[0][1].code == 1
    _assert_paid(caught)
    vault, settlement = scene.market.contracts.vault, scene.market.contracts.settlement
    assert settlement.penalties_of(address("hub"), vault.address, at="latest") == 0
    assert scene.market.contracts.token.balance_of(vault.address, at="latest") == vault.total_held(at="latest")


def _assert_paid(caught: Caught) -> None:
    assert caught.bond_after < caught.bond_before
    # More than nothing lost: whoever opens a case gets a tenth of the penalty.
    assert caught.gained[CUSTOMER] > -OWED[caught.cheat]
    assert caught.gained[PROVIDER] == (AMOUNT if caught.cheat == "a forged row" else 0)
    assert caught.gained[FRIEND] == 0
