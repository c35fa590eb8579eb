"""Whatever is asked of the queue, in whatever order: no key runs twice at a time, and no add is lost."""

import asyncio
import random

from hypothesis import given
from hypothesis import strategies as st

from hansa_operator.ports.kube import ObjectRef
from hansa_operator.reconcile.queue import KeyedQueue
from tests.virtual_time import clock_ms, run_virtual

KEYS = st.sampled_from([ObjectRef("AIJob", "team", name) for name in "abc"])
SECONDS = st.sampled_from([0, 0.001, 0.3, 1, 2, 5])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), KEYS),
        st.tuples(st.just("add_at"), KEYS, SECONDS),
        st.tuples(st.just("wait"), SECONDS),
    ),
    max_size=30,
)
OUTCOMES = st.lists(st.tuples(SECONDS, st.one_of(st.none(), st.just("failure"), SECONDS)), max_size=12)


class Observed:
    """Do the work as drawn, and note what happened in order: ("asked" | "began" | "ended", key)."""

    def __init__(self, outcomes):
        self.outcomes = list(outcomes)
        self.notes = []

    async def __call__(self, key):
        self.notes.append(("began", key))
        seconds, outcome = self.outcomes.pop(0) if self.outcomes else (0.1, None)
        await asyncio.sleep(seconds)
        self.notes.append(("ended", key))
        if outcome is None:
            return None
        self.notes.append(("asked", key))
        if outcome == "failure":
            raise RuntimeError("drawn")
        return clock_ms() + round(outcome * 1000)

    def of(self, key):
        return [what for what, whose in self.notes if whose == key]


async def play(steps, observed, workers, seed):
    queue = KeyedQueue(clock=clock_ms, rng=random.Random(seed), on_error=lambda *_: None)
    running = asyncio.create_task(queue.run(observed, workers=workers))
    for what, *given_ in steps:
        if what == "wait":
            await asyncio.sleep(*given_)
            continue
        key, *after = given_
        observed.notes.append(("asked", key))
        if after:
            queue.add_at(key, clock_ms() + round(after[0] * 1000))
        else:
            queue.add(key)
    # Longer than all that was drawn together, backoff included.
    await asyncio.sleep(10_000)
    state = (queue.depth, queue.running, queue.oldest_age_ms, len(queue._later))
    await queue.close(within_seconds=1)
    await running
    return state


@given(STEPS, OUTCOMES, st.integers(1, 3), st.integers(0, 99))
def test_no_key_runs_twice_at_a_time_and_none_is_lost(steps, outcomes, workers, seed):
    observed = Observed(outcomes)
    assert run_virtual(play(steps, observed, workers, seed)) == (0, 0, 0, 0)
    for key in {whose for _, whose in observed.notes}:
        notes = observed.of(key)
        turns = [what for what in notes if what != "asked"]
        assert turns == ["began", "ended"] * (len(turns) // 2), "a key ran twice at a time"
        last_asked = len(notes) - 1 - notes[::-1].index("asked")
        assert "began" in notes[last_asked:], "an add was lost"
        assert turns.count("began") <= notes.count("asked"), "a key ran unasked"


@given(STEPS, OUTCOMES, st.integers(1, 3))
def test_workers_bound_what_goes_on_at_a_time(steps, outcomes, workers):
    observed = Observed(outcomes)
    run_virtual(play(steps, observed, workers, 0))
    active = most = 0
    for what, _ in observed.notes:
        active += {"began": 1, "ended": -1}.get(what, 0)
        most = max(most, active)
    assert most <= workers
