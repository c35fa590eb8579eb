"""What a hub guarantees a payee: claims have that and no more, and the hub has it back after the delay."""

import pytest

from hansa_chain.cases import State
from hansa_chain.errors import Reverted
from hansa_protocol.units import Wei
from tests.fixtures.anvil import WHOLE
from tests.integration.chain.claiming import PAYEE, claim, claim_of, guarantee_of, miss_epoch, pay, pay_call
from tests.integration.chain.market import Market, address

OWED = 10_000


@pytest.fixture
def bonded(market: Market) -> Market:
    """Give the hub a bond, and the payee tokens for a claim's deposit."""
    market.bond()
    claims, token = market.contracts.claims, market.contracts.token
    market.do(PAYEE, token.approve(claims.address, Wei(WHOLE)))
    return market


def free(market: Market) -> int:
    return market.contracts.settlement.free_bond(address("hub"), market.contracts.vault.address, at="latest")


def test_a_guarantee_is_not_free_and_still_bond(bonded: Market) -> None:
    settlement, vault, before = bonded.contracts.settlement, bonded.contracts.vault.address, free(bonded)
    bonded.guarantee(PAYEE, OWED)
    bonded.guarantee(PAYEE, OWED + 2)
    with pytest.raises(Reverted, match=f"It is {OWED + 2} wei already"):
        bonded.guarantee(PAYEE, OWED + 2)
    assert guarantee_of(bonded).amount == OWED + 2
    assert free(bonded) == before - OWED - 2
    assert settlement.bond_of(address("hub"), vault, at="latest").total == before
    with pytest.raises(Reverted, match=f"{free(bonded)} wei free for this"):
        bonded.guarantee(PAYEE, before + 1)


def test_a_claim_has_what_is_guaranteed_and_no_more(bonded: Market) -> None:
    epoch = miss_epoch(bonded)
    with pytest.raises(Reverted, match="ask it for a guarantee"):
        claim(bonded, epoch, OWED)
    bonded.guarantee(PAYEE, OWED // 4)
    made = claim(bonded, epoch, OWED)
    assert (made.missing, made.due, made.state) == (OWED, OWED // 4, State.OPEN)
    with pytest.raises(Reverted, match=f"Wait until {made.until + 1}"):
        bonded.do("ben", pay_call(bonded, epoch))
    pay(bonded, epoch)
    assert claim_of(bonded, epoch).state is State.ENDED
    assert bonded.balances() == {PAYEE: OWED // 4 + bonded.contracts.claims.leaf_fee(at="latest")}
    bonded.assert_solvent()


def test_a_claim_of_the_difference_leaves_the_rest_in_the_guarantee(bonded: Market) -> None:
    bonded.guarantee(PAYEE, OWED)
    epoch = miss_epoch(bonded)
    made = claim(bonded, epoch, OWED, wanted=OWED // 5)
    assert (made.missing, made.due, guarantee_of(bonded).amount) == (OWED, OWED // 5, OWED - OWED // 5)
    pay(bonded, epoch)
    assert bonded.balances() == {PAYEE: OWED // 5 + bonded.contracts.claims.leaf_fee(at="latest")}
    assert guarantee_of(bonded).amount == OWED - OWED // 5


def test_what_is_guaranteed_can_be_claimed_until_the_hub_has_it_back(bonded: Market) -> None:
    settlement, vault, before = bonded.contracts.settlement, bonded.contracts.vault.address, free(bonded)
    bonded.guarantee(PAYEE, 3 * OWED)
    with pytest.raises(Reverted, match="ask with requestRevoke first"):
        bonded.do("hub", settlement.revoke(vault, address(PAYEE)))
    bonded.do("hub", settlement.request_revoke(vault, address(PAYEE), Wei(2 * OWED)))
    given = guarantee_of(bonded)
    assert (given.amount, given.leaving, given.lasting) == (3 * OWED, 2 * OWED, OWED)
    with pytest.raises(Reverted, match=f"had from {given.available_at}"):
        bonded.do("hub", settlement.revoke(vault, address(PAYEE)))
    claim(bonded, miss_epoch(bonded), 2 * OWED)
    assert guarantee_of(bonded).lasting == 0
    bonded.anvil.advance_to(given.available_at)
    bonded.do("hub", settlement.revoke(vault, address(PAYEE)))
    given = guarantee_of(bonded)
    assert (given.amount, given.leaving, given.available_at) == (0, 0, 0)
    assert free(bonded) == before - 2 * OWED
