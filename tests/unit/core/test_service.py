"""What is decided about an AIService: it is ready when the chain has exactly what the object states."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hansa_operator.api.aiservice import AIService, AIServiceStatus
from hansa_operator.core.market.service import ServiceDecision, ServiceFacts, decide_service
from hansa_operator.ports.chain import ServiceState
from tests.unit.core.statuses import said, told

NOW = 1_700_000_000_000
PAYOUT, DIGEST = "0x" + "aB" * 20, "0x" + "cD" * 32
PUBLISHED = ServiceState(service_id=7, payout=PAYOUT.lower(), royalty_bps=500, content_digest=DIGEST.lower())


def service(status: AIServiceStatus | None = None) -> AIService:
    spec = {
        "version": "1.2.0",
        "publisher": PAYOUT,
        "payout": PAYOUT,
        "royaltyBps": 500,
        "workload": {"entrypoint": ["true"]},
        "contentDigest": DIGEST,
    }
    made = AIService.model_validate({"metadata": {"name": "chess", "generation": 3}, "spec": spec})
    return made.model_copy(update={"status": status})


def decide(state: ServiceState | None, *, known: bool = True, status: AIServiceStatus | None = None) -> ServiceDecision:
    return decide_service(ServiceFacts(service(status), NOW, known, state, "" if known else "the node is away"))


def test_a_published_version_is_ready_under_its_id_for_good() -> None:
    decision = decide(PUBLISHED)
    assert told(decision.status) == {"Ready": "True/Published"}
    assert (decision.status.service_id, decision.status.observed_generation) == (7, 3)
    assert decision.wake_ms is None
    assert [(notice.reason, notice.warning) for notice in decision.notices] == [("Published", False)]


def test_a_version_that_is_not_published_is_looked_for_again() -> None:
    decision = decide(None)
    assert told(decision.status) == {"Ready": "False/NotPublished"}
    assert decision.status.service_id is None
    assert decision.wake_ms == NOW + 5_000


def test_a_payout_that_no_post_could_credit_stalls_and_blocks_nobodys_epoch() -> None:
    decision = decide(replace(PUBLISHED, payable=False))
    assert told(decision.status) == {"Ready": "False/PayoutRefused", "Stalled": "True/PayoutRefused"}
    assert decision.status.service_id is None
    assert "Publish another version with an account as payout" in said(decision.status, "Stalled")


@pytest.mark.parametrize(
    ("state", "named"),
    [
        pytest.param(replace(PUBLISHED, content_digest="0x" + "00" * 32), "contentDigest", id="other content"),
        pytest.param(replace(PUBLISHED, payout="0x" + "00" * 20), "payout", id="another payee"),
        pytest.param(replace(PUBLISHED, royalty_bps=501), "royaltyBps is 500, on chain 501", id="another royalty"),
    ],
)
def test_what_differs_from_the_chain_stalls_and_is_named(state: ServiceState, named: str) -> None:
    decision = decide(state, status=decide(PUBLISHED).status)
    assert told(decision.status) == {"Ready": "False/ContentMismatch", "Stalled": "True/ContentMismatch"}
    assert named in said(decision.status, "Stalled")
    assert decision.status.service_id is None, "a job must not use it"
    assert [notice.warning for notice in decision.notices] == [True]


def test_an_unreachable_chain_takes_nothing_back() -> None:
    decision = decide(None, known=False, status=decide(PUBLISHED).status)
    assert told(decision.status) == {"Ready": "Unknown/ChainUnreachable"}
    assert decision.status.service_id == 7
    assert "the node is away" in said(decision.status, "Ready")
    assert (decision.notices, decision.wake_ms) == ((), NOW + 5_000)


STATES = st.sampled_from([None, PUBLISHED, replace(PUBLISHED, royalty_bps=1)])


@given(st.lists(st.tuples(STATES, st.booleans()), min_size=1, max_size=4))
def test_deciding_again_changes_nothing(steps: list[tuple[ServiceState | None, bool]]) -> None:
    status = None
    for state, known in steps:
        status = decide(state, known=known, status=status).status
    state, known = steps[-1]
    later = ServiceFacts(service(status), NOW + 60_000, known, state, "" if known else "the node is away")
    again = decide_service(later)
    assert (again.status, again.notices) == (status, ())
