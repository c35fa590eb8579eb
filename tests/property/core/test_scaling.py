"""A cluster that is looked at again and again, while jobs come and go and Ray is silent now and then."""

from hypothesis import given
from hypothesis import strategies as st

from hansa_operator.core.market.scaling import DeleteCluster, EnsureCluster, KeepCluster, decide_cluster
from hansa_operator.ports.ray import ClusterKey, ClusterPhase, ClusterView, WorkerGroup

KEY = ClusterKey("lab", "berlin")
groups = st.lists(
    st.builds(WorkerGroup, st.integers(1, 4), st.integers(1, 4)), max_size=3, unique_by=lambda group: group.gpus
).map(lambda drawn: tuple(sorted(drawn)))
views = st.builds(ClusterView, st.just(KEY), st.sampled_from(ClusterPhase), groups)
times = st.integers(0, 10**6)


def decide(demand, view, since, timeout, now):
    return decide_cluster(demand, view, idle_since_ms=since, idle_timeout_ms=timeout, now_ms=now)


@given(groups.filter(bool), views, times, times, times)
def test_a_cluster_that_is_wanted_is_deleted_only_when_it_has_failed(demand, view, since, timeout, now):
    decision = decide(demand, view, since, timeout, now)
    assert isinstance(decision, DeleteCluster) == (view.phase is ClusterPhase.FAILED)
    if isinstance(decision, EnsureCluster):
        assert decision.spec.groups == demand


@given(views, times, times, times)
def test_nobody_is_deleted_early_and_nobody_stays_for_ever(view, since, timeout, now):
    decision = decide((), view, since, timeout, now)
    assert not isinstance(decision, EnsureCluster)
    if view.phase in (ClusterPhase.READY, ClusterPhase.STARTING, ClusterPhase.UNKNOWN):
        assert isinstance(decision, DeleteCluster) == (now >= since + timeout)


@given(groups, views, times, times, times)
def test_looking_again_when_told_to_is_looking_later(demand, view, since, timeout, now):
    decision = decide(demand, view, since, timeout, now)
    if isinstance(decision, KeepCluster):
        later = decision.look_again_ms
        assert later is None or later > now
        assert (later is None) == (view.phase is ClusterPhase.ABSENT)


@given(st.lists(st.tuples(groups, st.integers(1, 40_000)), max_size=20), st.integers(0, 60_000))
def test_a_cluster_has_what_is_wanted_and_comes_to_zero(rounds, timeout):
    """Let the decisions act on a cluster that starts and stops at once."""
    have, idle_since, now = None, 0, 0
    for demand, wait in [*rounds, ((), timeout), ((), 1)]:
        now += wait
        idle_since = now if demand else idle_since
        phase = ClusterPhase.ABSENT if have is None else ClusterPhase.READY
        match decide(demand, ClusterView(KEY, phase, have or ()), idle_since, timeout, now):
            case EnsureCluster(spec):
                larger = dict.fromkeys(group.gpus for group in (*(have or ()), *spec.groups))
                have = tuple(WorkerGroup(gpus, max(_count(have, gpus), _count(spec.groups, gpus))) for gpus in larger)
            case DeleteCluster():
                have = None
        assert all(_count(have, group.gpus) >= group.replicas for group in demand)
    assert have is None


def _count(found, gpus):
    return sum(group.replicas for group in found or () if group.gpus == gpus)
