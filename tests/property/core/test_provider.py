"""Whatever is known of a provider: what is not known never counts against it, and Ready says no more than the rest."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from hansa_operator.api.provider import ProviderStatus
from hansa_operator.core.market.provider import ProviderFacts, decide_provider
from hansa_operator.ports.chain import ProviderState, TxState
from tests.unit.core.providers import GOLD, H200, KEY, NOW, OTHER_KEY, START, STATE, provider, raising, window
from tests.unit.core.statuses import told

KEYS = st.sampled_from(["", KEY, OTHER_KEY])
AMOUNTS = st.sampled_from([0, 1, 100_000_000])
STATES = st.builds(ProviderState, st.just(STATE.stamp), AMOUNTS, KEYS, AMOUNTS, AMOUNTS)
PROVIDERS = st.sampled_from(
    [
        provider(),
        provider(approved=False),
        provider(offers=[]),
        provider(deleted=True),
        provider(**window(NOW - 9_000, NOW + 3_000)),
    ]
)
FACTS = st.builds(
    ProviderFacts,
    provider=PROVIDERS,
    now_ms=st.just(NOW),
    started_ms=st.sampled_from([NOW, START]),
    last_beat_ms=st.none() | st.integers(NOW - 25_000, NOW),
    inventory=st.sampled_from([(), (H200,), (H200, H200)]),
    states=st.none() | st.dictionaries(st.just(GOLD), STATES, max_size=1),
    exposure=st.integers(0, 1),
    decimals=st.just(6),
    min_bond=st.sampled_from([0, 100_000_000]),
    approval_needed=st.booleans(),
    problem=st.just("away"),
    guarantee=AMOUNTS,
    raising=st.none() | st.sampled_from([raising(TxState.PENDING), raising(TxState.MINED), raising(TxState.UNKNOWN)]),
    refused=st.none() | st.just(("InsufficientBond", "deposit more")),
)


def with_status(facts: ProviderFacts, status: ProviderStatus) -> ProviderFacts:
    return replace(facts, provider=facts.provider.model_copy(update={"status": status}))


@given(FACTS, FACTS)
def test_deciding_again_changes_nothing(before: ProviderFacts, now: ProviderFacts) -> None:
    decided = decide_provider(with_status(now, decide_provider(before).status))
    again = decide_provider(with_status(now, decided.status))
    assert (again.status, again.notices) == (decided.status, ())


@given(FACTS)
def test_ready_says_no_more_than_the_other_conditions(now: ProviderFacts) -> None:
    conditions = told(decide_provider(now).status)
    facets = [conditions[kind].split("/")[0] for kind in ("Approved", "Bonded", "Reachable", "Schedulable")]
    ready = conditions["Ready"].split("/")[0]
    if "Stalled" in conditions or "False" in facets:
        assert ready == "False"
    else:
        assert ready == ("Unknown" if "Unknown" in facets else "True")


@given(FACTS)
def test_what_could_not_be_read_never_counts_against_a_provider(now: ProviderFacts) -> None:
    if now.provider.spec.offers:
        assert told(decide_provider(replace(now, states=None)).status)["Bonded"] == "Unknown/ChainUnreachable"


@given(FACTS)
def test_the_hubs_bond_is_set_aside_only_for_what_a_pool_promises_and_is_not_there(now: ProviderFacts) -> None:
    action = decide_provider(now).action
    if action is not None:
        state = now.first_state
        assert state is not None
        assert action.total - state.revoking == now.guarantee > state.guaranteed
