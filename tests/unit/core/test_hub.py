"""What is decided about the Hub: it is ready when chain, ledger, gas money and bond let it settle."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hansa_operator.api.hub import Hub, HubStatus
from hansa_operator.core.settlement.hub import CasesView, HubDecision, HubFacts, decide_hub, is_behind
from hansa_operator.ports.chain import ChainStamp, HubState
from tests.unit.core.statuses import said, told

NOW = 1_700_000_000_000
COIN = 10**18
FLOOR = COIN // 100
GOLD, SILVER = "0x" + "A1" * 20, "0x" + "b2" * 20
ADDRESS = "0x" + "c3" * 20
GOOD = HubState(
    stamp=ChainStamp(100, 1_700_000_000),
    last_epoch=41,
    bond=5_000_000,
    free_bond=3_500_000,
    gas_balance=COIN,
    lag_blocks=64,
)


def hub(status: HubStatus | None = None) -> Hub:
    spec = {
        "chainID": 31337,
        "address": ADDRESS,
        "contracts": dict.fromkeys(("settlement", "creditLines", "providers", "services"), ADDRESS),
        "vaults": [
            {"address": GOLD, "token": ADDRESS, "symbol": "GLD", "decimals": 6},
            {"address": SILVER, "token": ADDRESS, "symbol": "SLV", "decimals": 3},
        ],
        "rpcSecretRef": {"name": "rpc"},
        "signerRef": {"name": "signer"},
    }
    made = Hub.model_validate({"metadata": {"name": "main", "generation": 2}, "spec": spec})
    return made.model_copy(update={"status": status})


def facts(**changes: object) -> HubFacts:
    states = {GOLD: GOOD, SILVER: replace(GOOD, last_epoch=None)}
    base = HubFacts(hub=hub(), now_ms=NOW, states=states, heads={GOLD: 42}, gas_floor=FLOOR)
    return replace(base, **changes)  # type: ignore[arg-type]


def both(state: HubState) -> Mapping[str, HubState]:
    return {GOLD: state, SILVER: replace(state, last_epoch=None)}


def after(decision: HubDecision, **changes: object) -> HubDecision:
    return decide_hub(facts(hub=hub(decision.status), **changes))


def test_a_hub_that_can_settle_is_ready_and_shows_its_standing() -> None:
    decision = decide_hub(facts())
    status = decision.status
    assert told(status) == {"Ready": "True/Available"}
    assert (status.gas_balance, status.last_posted_epoch, status.ledger_head_epoch) == ("1", 41, 42)
    assert [(bond.vault, bond.amount, bond.free) for bond in status.bonds] == [
        (GOLD, "5", "3.5"),
        (SILVER, "5000", "3500"),
    ]
    assert decision.wake_ms == NOW + 10_000


@pytest.mark.parametrize(
    ("changes", "conditions", "words"),
    [
        pytest.param(
            {"states": None, "problem": "connection refused"},
            {"Ready": "Unknown/ChainUnreachable"},
            "connection refused",
            id="an unreachable chain is unknown",
        ),
        pytest.param(
            {"states": None, "refused": ("WrongChain", "the node serves chain 5: correct the URL")},
            {"Ready": "False/WrongChain", "Stalled": "True/WrongChain"},
            "correct the URL",
            id="another chain stalls",
        ),
        pytest.param(
            {"refused": ("CodeHashMismatch", "other code at the address")},
            {"Ready": "False/CodeHashMismatch", "Stalled": "True/CodeHashMismatch"},
            "other code",
            id="other contracts stall",
        ),
        pytest.param(
            {"heads": {GOLD: 40}},
            {"Ready": "False/LedgerBehindChain", "Stalled": "True/LedgerBehindChain"},
            "Restore the store from a newer backup",
            id="a ledger that is behind the chain stalls",
        ),
        pytest.param(
            {"heads": {SILVER: 99}},
            {"Ready": "False/LedgerBehindChain", "Stalled": "True/LedgerBehindChain"},
            f"in vault {GOLD} the chain has epoch 41, the ledger has none",
            id="an empty ledger is behind a chain that has posts",
        ),
        pytest.param(
            {"states": both(replace(GOOD, gas_balance=0)), "gas_floor": 0},
            {"Ready": "False/InsufficientGas"},
            "send it some",
            id="no gas money",
        ),
        pytest.param(
            {"states": both(replace(GOOD, gas_balance=FLOOR - 1))},
            {"Ready": "False/InsufficientGas"},
            "needs 0.01",
            id="gas money below the floor",
        ),
        pytest.param(
            {"states": {GOLD: GOOD, SILVER: replace(GOOD, last_epoch=None, free_bond=0)}},
            {"Ready": "False/BondTooLow"},
            f"{SILVER} (SLV)",
            id="a vault without free bond is named",
        ),
    ],
)
def test_what_keeps_the_hub_from_settling_is_told(
    changes: dict[str, object], conditions: dict[str, str], words: str
) -> None:
    decision = decide_hub(facts(**changes))
    assert told(decision.status) == conditions
    assert words in said(decision.status, "Ready")


def test_a_ledger_that_is_behind_stays_so_while_the_chain_is_away() -> None:
    behind = decide_hub(facts(heads={GOLD: 40}))
    assert [notice.warning for notice in behind.notices] == [True]
    away = after(behind, heads={GOLD: 40}, states=None, problem="timeout")
    assert told(away.status) == {"Ready": "Unknown/ChainUnreachable", "Stalled": "True/LedgerBehindChain"}
    assert (away.status.gas_balance, away.status.last_posted_epoch) == ("1", 41)
    assert told(after(away).status) == {"Ready": "True/Available"}


@pytest.mark.parametrize(("posted", "heads", "behind"), [(None, {}, False), (3, {GOLD: 3}, False), (0, {}, True)])
def test_the_ledger_is_behind_when_the_chain_has_a_later_epoch(
    posted: int | None, heads: dict[str, int], behind: bool
) -> None:
    assert is_behind({GOLD: replace(GOOD, last_epoch=posted)}, heads) is behind


@pytest.mark.parametrize(
    ("gas", "shown"),
    [
        pytest.param(COIN - COIN // 100, "1", id="1% is not"),
        pytest.param(COIN - COIN // 100 - 1, "0.989999999999999999", id="more is"),
        pytest.param(2 * COIN, "2", id="a refill is"),
    ],
)
def test_gas_is_written_only_when_it_is_worth_a_write(gas: int, shown: str) -> None:
    assert after(decide_hub(facts()), states=both(replace(GOOD, gas_balance=gas))).status.gas_balance == shown


def test_gas_is_written_when_it_crosses_the_floor() -> None:
    above = decide_hub(facts(states=both(replace(GOOD, gas_balance=FLOOR))))
    below = after(above, states=both(replace(GOOD, gas_balance=FLOOR - 1)))
    assert below.status.gas_balance == "0.009999999999999999"


def test_blocks_alone_change_nothing() -> None:
    first = decide_hub(facts())
    later = replace(GOOD, stamp=ChainStamp(190, 1_700_000_900), lag_blocks=93)
    assert after(first, states=both(later)).status == first.status
    assert after(first, states=both(replace(later, lag_blocks=300))).status.rpc_lag_blocks == 300


STATES = st.builds(
    HubState,
    stamp=st.builds(ChainStamp, st.integers(0, 10**6), st.integers(0, 2**33)),
    last_epoch=st.none() | st.integers(0, 5),
    bond=st.integers(0, 10**9),
    free_bond=st.integers(0, 2),
    gas_balance=st.integers(0, 3 * FLOOR),
    lag_blocks=st.integers(0, 200),
)
FACTS = st.builds(
    HubFacts,
    hub=st.just(hub()),
    now_ms=st.integers(NOW, NOW + 10**6),
    states=st.none() | st.dictionaries(st.sampled_from([GOLD, SILVER]), STATES),
    heads=st.dictionaries(st.sampled_from([GOLD, SILVER]), st.integers(0, 5)),
    problem=st.just("away"),
    refused=st.none() | st.just(("WrongChain", "no")),
    gas_floor=st.just(FLOOR),
)


@given(FACTS, FACTS)
def test_deciding_again_changes_nothing(before: HubFacts, now: HubFacts) -> None:
    decided = decide_hub(replace(now, hub=hub(decide_hub(before).status)))
    again = decide_hub(replace(now, hub=hub(decided.status), now_ms=now.now_ms + 60_000))
    assert (again.status, again.notices) == (decided.status, ())


@given(FACTS)
def test_a_ready_hub_has_everything_it_needs(now: HubFacts) -> None:
    if told(decide_hub(now).status)["Ready"] == "True/Available":
        assert now.states is not None
        assert now.refused is None
        assert not is_behind(now.states, now.heads)
        assert all(state.gas_balance >= FLOOR and state.free_bond > 0 for state in now.states.values())


DEFENDED = {
    "nobody has looked": (None, None),
    "nothing is open": (CasesView(), "True/NoneOpen"),
    "all have an answer": (CasesView(open=2), "True/Answering"),
    "one has none": (CasesView(2, ("order of 0xA: no order",)), "False/Unanswerable"),
    "the chain is away": (CasesView(unknown=("ChainUnreachable", "timeout")), "Unknown/ChainUnreachable"),
    "nobody named the contracts": (CasesView(unknown=("ContractsUnknown", "name them")), "Unknown/ContractsUnknown"),
}


@pytest.mark.parametrize(("cases", "condition"), DEFENDED.values(), ids=DEFENDED)
def test_the_hub_says_whether_it_answers_what_it_is_challenged_with(
    cases: CasesView | None, condition: str | None
) -> None:
    decision = decide_hub(facts(cases=cases))
    assert told(decision.status).get("ChallengesAnswered") == condition
    assert told(decision.status)["Ready"] == "True/Available", "a challenge keeps nobody from settling"


def test_a_challenge_without_an_answer_is_told_once_as_a_warning_that_names_it() -> None:
    view = CasesView(2, ("order of 0xA: no order",))
    decision = decide_hub(facts(cases=view))
    assert "order of 0xA: no order" in said(decision.status, "ChallengesAnswered")
    assert ("Unanswerable", True) in [(notice.reason, notice.warning) for notice in decision.notices]
    assert after(decision, cases=view).notices == ()
    assert told(after(decision, cases=CasesView()).status)["ChallengesAnswered"] == "True/NoneOpen"
