"""What becomes of a Ray cluster: demand makes it, idle time ends it, and silence does neither."""

import pytest

from hansa_operator.core.market.scaling import (
    DeleteCluster,
    EnsureCluster,
    KeepCluster,
    decide_cluster,
    demanded_groups,
)
from hansa_operator.ports.ray import ClusterKey, ClusterPhase, ClusterSpec, ClusterView, WorkerGroup
from tests.builders import NOW, attempt

KEY = ClusterKey("lab", "berlin")
TWO = (WorkerGroup(1, 2),)
IDLE_MS = 60_000


def decide(phase, demand=(), *, have=TWO, idle_ms=0):
    view = ClusterView(KEY, phase, have)
    return decide_cluster(demand, view, idle_since_ms=NOW - idle_ms, idle_timeout_ms=IDLE_MS, now_ms=NOW)


ENSURED, DELETED = EnsureCluster(ClusterSpec(KEY, TWO)), DeleteCluster(KEY)

WANTED = {
    "one that is not there is started": (ClusterPhase.ABSENT, (), ENSURED),
    "one that starts is asked for once more": (ClusterPhase.STARTING, (), ENSURED),
    "one that lacks workers grows": (ClusterPhase.READY, (WorkerGroup(1, 1),), ENSURED),
    "workers of another size are of no use": (ClusterPhase.READY, (WorkerGroup(2, 2),), ENSURED),
    "one that has all of them is left alone": (ClusterPhase.READY, TWO, KeepCluster(NOW + 2_000)),
    "one that has more is left alone": (ClusterPhase.READY, (WorkerGroup(1, 3),), KeepCluster(NOW + 2_000)),
    "one that is being stopped is waited for": (ClusterPhase.STOPPING, TWO, KeepCluster(NOW + 500)),
    "one that cannot be seen is never taken for gone": (ClusterPhase.UNKNOWN, (), ENSURED),
    "one that has failed makes way for a new one": (ClusterPhase.FAILED, (), DELETED),
}


@pytest.mark.parametrize(("phase", "have", "decision"), WANTED.values(), ids=WANTED)
def test_a_cluster_follows_demand_up_at_once(phase, have, decision):
    assert decide(phase, TWO, have=have, idle_ms=10 * IDLE_MS) == decision


UNWANTED = {
    "it is kept for the idle time": (ClusterPhase.READY, IDLE_MS - 1, KeepCluster(NOW + 1)),
    "then it goes, head included": (ClusterPhase.READY, IDLE_MS, DELETED),
    "one that starts is not needed, either": (ClusterPhase.STARTING, IDLE_MS, DELETED),
    "silence does not shorten the idle time": (ClusterPhase.UNKNOWN, IDLE_MS - 1, KeepCluster(NOW + 1)),
    "silence does not keep it for ever": (ClusterPhase.UNKNOWN, IDLE_MS, DELETED),
    "what has failed goes at once": (ClusterPhase.FAILED, 0, DELETED),
    "what is not there needs no look": (ClusterPhase.ABSENT, IDLE_MS, KeepCluster(None)),
    "what is being stopped is waited for": (ClusterPhase.STOPPING, IDLE_MS, KeepCluster(NOW + 500)),
}


@pytest.mark.parametrize(("phase", "idle_ms", "decision"), UNWANTED.values(), ids=UNWANTED)
def test_a_cluster_that_nobody_wants_goes_after_the_idle_time(phase, idle_ms, decision):
    assert decide(phase, idle_ms=idle_ms) == decision


def test_open_attempts_demand_workers_of_their_size_and_ended_ones_do_not():
    attempts = [
        attempt(),
        attempt(attempt=1, workers=3),
        attempt(attempt=2, gpus_per_worker=4, workers=1),
        attempt(attempt=3, ended_ms=NOW),
    ]
    assert demanded_groups(attempts) == (WorkerGroup(1, 5), WorkerGroup(4, 1))
    assert demanded_groups([]) == ()
