"""What of the hub's bond is set aside for a provider: what its pools promise, once, and again after a claim."""

from dataclasses import replace

import pytest

from hansa_operator.core.market.guarantee import PATIENCE_MS, RaiseGuarantee
from hansa_operator.core.market.provider import ProviderDecision
from hansa_operator.core.transactions import Sent
from hansa_operator.ports.chain import TxState
from tests.unit.core.providers import GOLD, NOW, STATE, decide, provider, raising
from tests.unit.core.statuses import said, told

PROMISED = 20_000_000
WHOLE = {GOLD: replace(STATE, guaranteed=PROMISED)}
HALF = {GOLD: replace(STATE, guaranteed=PROMISED // 2)}
RAISE = RaiseGuarantee(GOLD, PROMISED, None)


def promised(**changes: object) -> ProviderDecision:
    return decide(**{"guarantee": PROMISED, **changes})


def test_what_a_pool_promises_is_guaranteed() -> None:
    decision = promised()
    assert decision.action == RAISE
    assert told(decision.status)["Guaranteed"] == "False/Guaranteeing"
    assert "its pools promise 20, the hub guarantees 0: it is being raised" in said(decision.status, "Guaranteed")
    assert told(decision.status)["Ready"] == "True/Open", "jobs do not wait for it"


def test_what_is_guaranteed_is_told_and_nothing_more_is_sent() -> None:
    decision = promised(states=WHOLE)
    assert decision.action is None
    assert told(decision.status)["Guaranteed"] == "True/Guaranteed"
    assert decision.status.guaranteed == "20"
    assert [notice.reason for notice in decision.notices if notice.reason == "Guaranteed"] == ["Guaranteed"]


def test_a_lower_promise_takes_nothing_back() -> None:
    decision = decide(states=WHOLE, guarantee=1)
    assert decision.action is None
    assert decision.status.guaranteed == "20"


def test_nothing_is_told_where_nothing_is_promised_or_guaranteed() -> None:
    decision = decide()
    assert decision.action is None
    assert "Guaranteed" not in told(decision.status)
    assert decision.status.guaranteed is None


@pytest.mark.parametrize(
    ("sent", "action"),
    [
        pytest.param(raising(TxState.PENDING), None, id="one that waits"),
        pytest.param(raising(TxState.MINED, block=51), None, id="one that the read block is too old for"),
        pytest.param(raising(TxState.REVERTED, block=49), RAISE, id="one that reverted is sent anew"),
        pytest.param(raising(TxState.UNKNOWN), replace(RAISE, replaces=7), id="a lost one is replaced"),
        pytest.param(raising(TxState.FINALIZED, block=50), RAISE, id="what a claim took since then is raised again"),
    ],
)
def test_a_raise_is_sent_once(sent: Sent, action: RaiseGuarantee | None) -> None:
    assert NOW - sent.record.sent_ms > PATIENCE_MS
    assert promised(states=HALF, raising=sent).action == action


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"provider": provider(approved=False)}, id="who is not approved"),
        pytest.param({"states": {GOLD: replace(STATE, bond=0)}}, id="who has no bond"),
        pytest.param({"provider": provider(deleted=True)}, id="who is being deleted"),
    ],
)
def test_nothing_is_set_aside_for(changes: dict[str, object]) -> None:
    decision = promised(**changes)
    assert decision.action is None
    assert "once it is approved and bonded" in said(decision.status, "Guaranteed")


def test_a_hub_without_free_bond_says_so_and_tries_again() -> None:
    decision = promised(refused=("InsufficientBond", "the hub's free bond is 3: deposit more"))
    assert decision.action == RAISE
    assert told(decision.status)["Guaranteed"] == "False/HubBondTooLow"
    assert "deposit more" in said(decision.status, "Guaranteed")
    assert [notice.reason for notice in decision.notices if notice.warning] == ["HubBondTooLow"]


def test_what_the_hub_asks_back_while_the_pool_promises_it_is_guaranteed_again() -> None:
    decision = promised(states={GOLD: replace(STATE, guaranteed=PROMISED // 2, revoking=7)})
    assert decision.action == RaiseGuarantee(GOLD, PROMISED + 7, None)
    assert told(decision.status)["Guaranteed"] == "False/Guaranteeing"


def test_another_refusal_is_not_called_a_lack_of_bond() -> None:
    decision = promised(states=HALF, refused=("InsufficientGas", "the hub has no gas money"))
    assert told(decision.status)["Guaranteed"] == "False/GuaranteeRefused"


def test_a_guarantee_that_cannot_be_read_is_unknown_and_shown_as_it_was() -> None:
    shown = promised(states=WHOLE).status
    decision = promised(provider=provider(shown), states=None, problem="timeout")
    assert decision.action is None
    assert told(decision.status)["Guaranteed"] == "Unknown/ChainUnreachable"
    assert decision.status.guaranteed == "20"
