"""What is decided about a CreditLine: relayed once, spent from only as the customer signed it."""

from dataclasses import replace

import pytest

from hansa_operator.core.clock import rfc3339
from hansa_operator.core.credit.line import OpenLine, is_usable
from hansa_operator.core.transactions import Sent
from hansa_operator.ports.chain import ChainStamp, TxState
from tests.unit.core.lines import (
    BASE,
    CUSTOMER,
    DIGEST,
    ELSEWHERE,
    EPOCH,
    HUB_OBJECT,
    IN_FORCE,
    LINE,
    NOT_OPENED,
    NOW,
    SETTLEMENT,
    SIGNATURE,
    TOKEN,
    UNTIL,
    VAULT,
    after,
    credit_line,
    decide,
    sent,
    stalled,
)
from tests.unit.core.statuses import said, told

OPENING = {"Ready": "False/Opening", "Reconciling": "True/Opening"}


def test_a_line_that_is_not_opened_is_relayed_as_it_was_signed() -> None:
    decision = decide()
    assert decision.actions == (OpenLine(LINE, SIGNATURE, None),)
    assert told(decision.status) == OPENING
    assert decision.status.digest == "0x" + DIGEST.hex()
    assert decision.wake_ms == NOW + 2_000


@pytest.mark.parametrize("state", [TxState.PENDING, TxState.MINED, TxState.FINALIZED, None])
def test_an_opening_under_way_is_waited_for(state: TxState | None) -> None:
    decision = decide(opening=sent(state, ago_ms=3_600_000))
    assert (decision.actions, told(decision.status)) == ((), OPENING)
    assert decision.status.tx_hash == "0xfeed"


def test_an_opening_under_way_may_outlive_its_signature() -> None:
    late = NOW + 120_000
    decision = decide(opening=sent(TxState.PENDING), now_ms=late)
    assert (decision.actions, told(decision.status)) == ((), OPENING)


@pytest.mark.parametrize(
    ("opening", "replaces"),
    [
        pytest.param(sent(TxState.UNKNOWN, ago_ms=15_000), (), id="not before 15 seconds"),
        pytest.param(sent(TxState.UNKNOWN, ago_ms=15_001), (7,), id="after 15 seconds"),
        pytest.param(sent(TxState.REVERTED), (None,), id="anew at once after a revert, which used its nonce"),
    ],
)
def test_a_lost_opening_is_sent_again_in_its_place(opening: Sent, replaces: tuple[int | None, ...]) -> None:
    decision = decide(opening=opening)
    assert tuple(action.replaces for action in decision.actions) == replaces
    assert told(decision.status) == OPENING


def test_people_read_why_an_opening_is_sent_again() -> None:
    assert "LineNotSet: the nonce is not" in said(decide(opening=sent(TxState.REVERTED)).status, "Ready")


def test_a_refused_opening_stalls_with_the_contracts_words_and_is_tried_again() -> None:
    decision = decide(refused=("LineNotSet", "another change is waiting: wait for it"))
    assert told(decision.status) == stalled("LineNotSet")
    assert said(decision.status, "Ready") == "another change is waiting: wait for it"
    assert (len(decision.actions), decision.wake_ms) == (1, NOW + 15_000)


@pytest.mark.parametrize(
    ("changes", "reason", "words"),
    [
        pytest.param(
            {"line": credit_line(settlement=ELSEWHERE)},
            "WrongHub",
            f"hub main has {SETTLEMENT.lower()}",
            id="another settlement",
        ),
        pytest.param({"line": credit_line(vault=ELSEWHERE)}, "WrongVault", f"{VAULT} (HUSD)", id="another vault"),
        pytest.param(
            {"line": credit_line(namespace="thief")},
            "TenantMismatch",
            "signed for namespace team, not thief",
            id="a copy in another namespace",
        ),
        pytest.param({"duplicate_of": "team/first"}, "DuplicateLine", "team/first", id="a second object for one line"),
        pytest.param(
            {"line": credit_line(capPerEpoch="1.0000001")}, "AmountInvalid", "6 decimals", id="a cap in too many digits"
        ),
        pytest.param(
            {"line": credit_line(capPerEpoch="11")},
            "SignatureInvalid",
            "sign these",
            id="a cap that was not signed",
        ),
        pytest.param(
            {"line": credit_line(signature="0x" + "00" * 65)}, "SignatureInvalid", CUSTOMER, id="no signature"
        ),
        pytest.param(
            {"line": credit_line(expiresAt=LINE.expires_at + 1)}, "SignatureInvalid", CUSTOMER, id="a changed expiry"
        ),
        pytest.param(
            {"line": credit_line(orderSigner=ELSEWHERE)}, "SignatureInvalid", CUSTOMER, id="a changed order signer"
        ),
        pytest.param(
            {"now_ms": (LINE.valid_until + 1) * 1000},
            "Expired",
            f"until {rfc3339(LINE.valid_until * 1000)}",
            id="a signature that is too old",
        ),
        pytest.param({"epoch": UNTIL}, "Expired", "is over", id="a line that would be over before it begins"),
        pytest.param(
            {"state": replace(NOT_OPENED, next_nonce=2)},
            "SignatureInvalid",
            "nonce 3, the next one is 2",
            id="a nonce too far ahead",
        ),
    ],
)
def test_what_cannot_be_opened_stalls_and_nothing_is_sent(changes: dict[str, object], reason: str, words: str) -> None:
    decision = decide(**changes)
    assert told(decision.status) == stalled(reason)
    assert words in said(decision.status, "Stalled")
    assert (decision.actions, decision.wake_ms) == ((), replace(BASE, **changes).now_ms + 15_000)  # type: ignore[arg-type]
    assert [notice.warning for notice in decision.notices] == [True]


def test_a_cap_that_no_line_can_hold_stalls() -> None:
    vault = HUB_OBJECT.spec.vaults[0].model_copy(update={"decimals": 18})
    hub = HUB_OBJECT.model_copy(update={"spec": HUB_OBJECT.spec.model_copy(update={"vaults": (vault,)})})
    decision = decide(hub=hub, line=credit_line(capPerEpoch="1" + "0" * 17))
    assert told(decision.status) == stalled("AmountInvalid")


def test_a_missing_hub_is_waited_for_and_then_a_person() -> None:
    waiting = decide(hub=None, now_ms=NOW + 119_999)
    assert told(waiting.status) == {"Ready": "False/WaitingForReference", "Reconciling": "True/WaitingForReference"}
    missing = decide(hub=None, now_ms=NOW + 120_000)
    assert told(missing.status) == stalled("ReferenceNotFound")
    assert "create it" in said(missing.status, "Stalled")


@pytest.mark.parametrize(
    ("changes", "conditions", "words"),
    [
        pytest.param({}, {"Ready": "True/Active"}, "up to 10 HUSD an epoch", id="in force"),
        pytest.param(
            {"line": credit_line(paused=True)}, {"Ready": "False/Paused"}, "no new jobs", id="paused by its owner"
        ),
        pytest.param(
            {"state": replace(IN_FORCE, reserved_elsewhere=IN_FORCE.balance)},
            {"Ready": "False/BalanceTooLow"},
            "balance of 25 HUSD is left for this line, after withdrawals that were asked for and other hubs' lines: "
            "deposit 10 HUSD",
            id="without balance",
        ),
        pytest.param(
            {"state": replace(IN_FORCE, cap=0, until_epoch=0, next_cap=10 * TOKEN, next_from_epoch=EPOCH + 2)},
            {"Ready": "False/NoticePending", "Reconciling": "True/NoticePending"},
            f"from epoch {EPOCH + 2} on",
            id="opened, in force after its notice",
        ),
        pytest.param(
            {"state": replace(IN_FORCE, cap=5 * TOKEN, next_cap=10 * TOKEN, next_from_epoch=EPOCH + 1)},
            {"Ready": "False/NoticePending", "Reconciling": "True/NoticePending"},
            f"from epoch {EPOCH + 1} on",
            id="opened, the line before it runs out its notice",
        ),
        pytest.param(
            {"state": replace(IN_FORCE, next_cap=0, next_from_epoch=EPOCH + 1)},
            {"Ready": "True/Active"},
            "up to 10 HUSD",
            id="ended by the customer, in force until its notice is over",
        ),
        pytest.param(
            {"state": replace(IN_FORCE, cap=11 * TOKEN)},
            stalled("Revoked"),
            "a later line took the place of this one",
            id="replaced by one with another cap",
        ),
        pytest.param(
            {"state": replace(IN_FORCE, until_epoch=UNTIL + 1)},
            stalled("Revoked"),
            "a later line took the place of this one",
            id="replaced by one with another end",
        ),
        pytest.param(
            {"state": replace(IN_FORCE, cap=0, until_epoch=0)},
            stalled("Revoked"),
            "the customer ended the line",
            id="ended",
        ),
        pytest.param(
            {"state": replace(IN_FORCE, cap=0, until_epoch=0), "epoch": UNTIL},
            stalled("Expired"),
            f"its last epoch was {UNTIL - 1}",
            id="over",
        ),
        pytest.param(
            {"state": None, "problem": "timeout"},
            {"Ready": "Unknown/ChainUnreachable"},
            "timeout",
            id="unknown while the chain is away",
        ),
    ],
)
def test_an_opened_line_tells_how_it_stands(changes: dict[str, object], conditions: dict[str, str], words: str) -> None:
    decision = decide(**{"state": IN_FORCE, **changes})
    assert told(decision.status) == conditions
    assert words in said(decision.status, "Ready")
    assert (decision.actions, decision.wake_ms) == ((), NOW + 15_000)
    assert is_usable(decision.status) is (conditions["Ready"] == "True/Active")


def test_the_effective_epoch_is_the_first_and_stays() -> None:
    active = decide(state=IN_FORCE)
    assert active.status.effective_epoch == EPOCH
    assert after(active, state=IN_FORCE, epoch=EPOCH + 5).status.effective_epoch == EPOCH
    coming = replace(IN_FORCE, cap=0, until_epoch=0, next_cap=10 * TOKEN, next_from_epoch=EPOCH + 2)
    pending = decide(state=coming)
    assert pending.status.effective_epoch == EPOCH + 2
    assert after(pending, state=IN_FORCE, epoch=EPOCH + 3).status.effective_epoch == EPOCH + 2


def test_the_transaction_that_opened_a_line_stays_known() -> None:
    opened = decide(state=IN_FORCE, opening=sent(TxState.FINALIZED))
    assert after(opened, state=IN_FORCE).status.tx_hash == "0xfeed"


def test_the_balance_is_written_again_only_when_an_amount_changes() -> None:
    first = decide(state=IN_FORCE)
    later = replace(IN_FORCE, stamp=ChainStamp(999, NOW // 1000 + 99))
    assert after(first, state=later).status == first.status
    moved = after(first, state=replace(later, pending_withdrawal=TOKEN // 2)).status.balance
    assert moved is not None
    assert (moved.amount, moved.pending_withdrawal, moved.at_block) == ("25", "0.5", 999)


def test_an_unreachable_chain_takes_nothing_back() -> None:
    known = decide(state=IN_FORCE).status
    away = decide(line=credit_line(known), state=None, problem="timeout").status
    assert away.model_copy(update={"conditions": ()}) == known.model_copy(update={"conditions": ()})
    assert not is_usable(away)
    assert not is_usable(None)


def test_losing_sight_of_the_chain_is_no_news_and_neither_is_its_return() -> None:
    active = decide(state=IN_FORCE)
    assert [(notice.reason, notice.warning) for notice in active.notices] == [("Active", False)]
    away = after(active, state=None)
    assert away.notices == ()
    assert after(away, state=IN_FORCE).notices == ()
