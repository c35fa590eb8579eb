"""What is decided about a ProviderPool: conditions at once, counters now and then."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hansa_operator.api.provider_pool import ProviderPool, ProviderPoolStatus, Workers
from hansa_operator.core.market.pool import PoolDecision, PoolFacts, PoolMember, decide_pool
from tests.unit.core.statuses import said, since, told

NOW = 1_700_000_000_000
NORTH = PoolMember("north", ready=True, gpus=8)
IDLE, BUSY = Workers(), Workers(desired=2, ready=2)


def pool(status: ProviderPoolStatus | None = None, generation: int = 1) -> ProviderPool:
    spec = {"hubRef": {"name": "main"}, "backend": "Local"}
    made = ProviderPool.model_validate({"metadata": {"name": "pool", "generation": generation}, "spec": spec})
    return made.model_copy(update={"status": status})


BASE = PoolFacts(
    pool=pool(),
    now_ms=NOW,
    hub_known=True,
    backends=frozenset({"Local"}),
    members=(NORTH,),
    workers=BUSY,
    clusters=1,
    queued_jobs=0,
    last_write_ms=None,
)


def decide(**changes: object) -> PoolDecision:
    return decide_pool(replace(BASE, **changes))  # type: ignore[arg-type]


def after(decision: PoolDecision, *, ms: int, **changes: object) -> PoolDecision:
    """Decide `ms` after the decision's status was written."""
    return decide(pool=pool(decision.status), last_write_ms=NOW, now_ms=NOW + ms, **changes)


@pytest.mark.parametrize(
    ("changes", "conditions", "words"),
    [
        pytest.param({}, {"Ready": "True/Available"}, "jobs can be placed", id="available"),
        pytest.param(
            {"workers": IDLE, "clusters": 0}, {"Ready": "True/AtZero"}, "the first job starts", id="at zero, and ready"
        ),
        pytest.param(
            {"hub_known": False},
            {"Ready": "False/InvalidReference", "Stalled": "True/InvalidReference"},
            "Hub main was not found",
            id="without its hub it stalls",
        ),
        pytest.param(
            {"backends": frozenset({"KubeRay"})},
            {"Ready": "False/BackendMissing", "Stalled": "True/BackendMissing"},
            "it has: KubeRay",
            id="without its backend it stalls",
        ),
        pytest.param(
            {"members": ()}, {"Ready": "False/NoEligibleProvider"}, "no Provider has the labels", id="no provider"
        ),
        pytest.param(
            {"members": (replace(NORTH, ready=False), PoolMember("south", ready=True, gpus=0))},
            {"Ready": "False/NoEligibleProvider"},
            "north (not ready), south (no GPUs)",
            id="no provider that can take jobs, each with its reason",
        ),
        pytest.param(
            {"workers": Workers(desired=3, ready=2)},
            {"Ready": "True/Available", "Reconciling": "True/ScalingUp"},
            "jobs can be placed",
            id="workers that are missing are on their way",
        ),
        pytest.param(
            {"workers": Workers(desired=2, ready=2, draining=1)},
            {"Ready": "True/Available", "Reconciling": "True/ScalingDown"},
            "jobs can be placed",
            id="workers that are idle go",
        ),
    ],
)
def test_a_pool_tells_how_it_is(changes: dict[str, object], conditions: dict[str, str], words: str) -> None:
    status = decide(**changes).status
    assert told(status) == conditions
    assert words in said(status, "Ready")


def test_counters_are_those_of_now() -> None:
    status = decide(queued_jobs=4, members=(NORTH, replace(NORTH, ready=False))).status
    assert (status.workers, status.clusters, status.eligible_providers, status.queued_jobs) == (BUSY, 1, 1, 4)


def test_counters_alone_wait_for_ten_seconds_after_the_last_write() -> None:
    written = decide()
    waiting = after(written, ms=3_000, queued_jobs=5)
    assert (waiting.keep, waiting.status, waiting.wake_ms) == (True, written.status, NOW + 10_000)
    due = after(written, ms=10_000, queued_jobs=5)
    assert (due.keep, due.status.queued_jobs) == (False, 5)


def test_a_condition_is_written_at_once() -> None:
    change = after(decide(), ms=1, queued_jobs=5, members=())
    assert not change.keep
    assert told(change.status) == {"Ready": "False/NoEligibleProvider"}
    assert change.status.queued_jobs == 5
    assert [notice.warning for notice in change.notices] == [True]


def test_a_pool_that_is_not_ready_when_it_is_first_looked_at_is_no_warning() -> None:
    first = decide(members=())
    assert [(notice.reason, notice.warning) for notice in first.notices] == [("NoEligibleProvider", False)]
    stalled = decide(backends=frozenset())
    assert [(notice.reason, notice.warning) for notice in stalled.notices] == [("BackendMissing", True)]


def test_providers_out_of_sight_are_no_news_as_after_a_restart() -> None:
    ready, unseen = decide(), (replace(NORTH, ready=None),)
    blind = after(ready, ms=1, members=unseen)
    assert (told(blind.status), blind.notices) == ({"Ready": "Unknown/NoEligibleProvider"}, ())
    assert after(blind, ms=2, members=unseen).status == blind.status
    assert after(blind, ms=3).notices == ()
    dark = after(blind, ms=3, members=(replace(NORTH, ready=False),))
    assert [(notice.reason, notice.warning) for notice in dark.notices] == [("NoEligibleProvider", True)]


def test_another_provider_that_can_take_jobs_is_told_at_once() -> None:
    two = after(decide(), ms=1, members=(NORTH, replace(NORTH, name="south")))
    assert (two.keep, two.status.eligible_providers) == (False, 2)


def test_another_spec_is_answered_at_once() -> None:
    change = decide(pool=pool(decide().status, generation=2), last_write_ms=NOW, now_ms=NOW + 1)
    assert (change.keep, change.status.observed_generation) == (False, 2)


def test_reaching_zero_is_written_at_once_whatever_the_conditions() -> None:
    nobody = decide(members=(), workers=Workers(ready=1), clusters=1)
    gone = after(nobody, ms=1, members=(), workers=IDLE, clusters=0)
    assert not gone.keep
    assert told(gone.status) == told(nobody.status)


def test_scaling_up_has_begun_when_it_began() -> None:
    begun = decide(workers=Workers(desired=3, ready=1))
    going = after(begun, ms=60_000, workers=Workers(desired=3, ready=2))
    assert since(going.status, "Reconciling") == since(begun.status, "Reconciling")


MEMBERS = st.builds(PoolMember, st.just("north"), st.none() | st.booleans(), st.integers(0, 1))
FACTS = st.builds(
    PoolFacts,
    pool=st.just(pool()),
    now_ms=st.integers(NOW, NOW + 20_000),
    hub_known=st.booleans(),
    backends=st.sampled_from([frozenset({"Local"}), frozenset()]),
    members=st.lists(MEMBERS, max_size=2).map(tuple),
    workers=st.builds(Workers, desired=st.integers(0, 2), ready=st.integers(0, 2), draining=st.integers(0, 1)),
    clusters=st.integers(0, 1),
    queued_jobs=st.integers(0, 2),
    last_write_ms=st.none() | st.integers(NOW - 20_000, NOW),
)


@given(FACTS, FACTS)
def test_deciding_again_changes_nothing(before: PoolFacts, now: PoolFacts) -> None:
    decided = decide_pool(replace(now, pool=pool(decide_pool(before).status)))
    again = decide_pool(replace(now, pool=pool(decided.status)))
    assert (again.status, again.notices, again.keep) == (decided.status, (), decided.keep)


@given(FACTS, FACTS)
def test_what_is_kept_differs_in_counters_only_and_comes_out_in_the_end(before: PoolFacts, now: PoolFacts) -> None:
    known = pool(decide_pool(before).status)
    decided = decide_pool(replace(now, pool=known))
    if decided.keep:
        assert decided.status == known.status
        assert decided.wake_ms is not None
        later = decide_pool(replace(now, pool=known, now_ms=decided.wake_ms))
        assert not later.keep
        assert told(later.status) == told(decided.status)
