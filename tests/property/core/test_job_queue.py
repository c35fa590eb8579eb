"""A queue of many jobs: somebody's turn it is, the order holds, and everybody who can run does in the end."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from hansa_operator.core.job.queue import PATIENCE_MS, Shares, Waiting, is_turn
from hansa_operator.core.market.offers import eligible, has_room, within_bond
from tests.builders import NOW, PER_EPOCH, PRICE, need, offer

NAMESPACES = ("lab", "school", "shop")
MOST_WORKERS = 6
IN_THE_POOL = 8

offers = st.builds(
    offer,
    st.just("berlin"),
    gpu_model=st.sampled_from(["L4", "H200"]),
    unit_price=st.sampled_from([PRICE, 2 * PRICE]),
    total_gpus=st.integers(1, 8),
    bond=st.sampled_from([PER_EPOCH, 4 * PER_EPOCH, 10**12]),
)
markets = st.lists(offers, min_size=1, max_size=3).map(
    lambda drawn: [replace(one, provider=f"provider-{number}") for number, one in enumerate(drawn)]
)


@st.composite
def waitings(draw, number):
    asked = need(
        job_id=f"0x{number:02x}",
        workers=draw(st.integers(1, MOST_WORKERS)),
        gpus_per_worker=draw(st.integers(1, 2)),
        gpu_models=draw(st.sampled_from([(), ("L4",), ("H200",)])),
        max_unit_price=draw(st.sampled_from([None, PRICE])),
    )
    since_ms = NOW - draw(st.sampled_from([0, 1_000, PATIENCE_MS, PATIENCE_MS + 1]))
    place = (draw(st.sampled_from(NAMESPACES)), f"job-{number}", draw(st.integers(-1, 1)))
    return Waiting("gpus", *place, since_ms, asked)


queues = st.integers(1, 5).flatmap(lambda count: st.tuples(*(waitings(number) for number in range(count))))


class Pool:
    """Hold what runs where, and ask for each job as the operator does."""

    def __init__(self, market, waiting, now_ms=NOW):
        self.market, self.waiting, self.now_ms, self.running = market, list(waiting), now_ms, []

    def offers_for(self, namespace):
        left = self.workers_left(namespace)
        return tuple(replace(one, free_workers=left, **self._used(one)) for one in self.market)

    def _used(self, one):
        mine = [job.need for job, provider in self.running if provider == one.provider]
        earned = sum(asked.gpus * asked.epoch_ms * one.unit_price // 3_600_000 for asked in mine)
        return {"free_gpus": one.total_gpus - sum(asked.gpus for asked in mine), "exposure": earned}

    def workers_left(self, namespace):
        own = sum(job.need.workers for job, _ in self.running if job.namespace == namespace)
        return min(MOST_WORKERS - own, IN_THE_POOL - sum(job.need.workers for job, _ in self.running))

    @property
    def shares(self):
        held = {name: sum(job.need.gpus for job, _ in self.running if job.namespace == name) for name in NAMESPACES}
        return Shares(held, {name: self.workers_left(name) for name in NAMESPACES})

    def fitting(self, job):
        found = eligible(self.offers_for(job.namespace), job.need)
        return [one for one in found if has_room(one, job.need) and within_bond(one, job.need)]

    def is_turn(self, job):
        others = [other for other in self.waiting if other is not job]
        return is_turn(job, others, self.offers_for(job.namespace), self.shares, now_ms=self.now_ms)

    def ranked(self):
        held = self.shares.held_gpus
        return sorted(self.waiting, key=lambda job: (held[job.namespace], -job.priority, job.since_ms, job.need.job_id))

    def place_one(self):
        for job in self.waiting:
            found = self.fitting(job)
            if found and self.is_turn(job):
                self.waiting.remove(job)
                self.running.append((job, found[0].provider))
                return True
        return False


@given(markets, queues, st.integers(0, 3))
def test_the_first_who_can_go_goes_unless_one_ahead_has_lost_patience(market, queue, running):
    pool = Pool(market, queue)
    while running and pool.place_one():
        running -= 1
    ahead = []
    for job in pool.ranked():
        if pool.fitting(job):
            impatient = [other for other in ahead if pool.now_ms - other.since_ms > PATIENCE_MS]
            assert pool.is_turn(job) or any(eligible(market, other.need) for other in impatient)
            break
        ahead.append(job)


@given(markets, queues)
def test_nobody_goes_before_one_who_is_ahead_and_can_go(market, queue):
    pool = Pool(market, queue)
    ranked = pool.ranked()
    for place, job in enumerate(ranked):
        if any(pool.fitting(other) for other in ranked[:place]):
            assert not pool.is_turn(job)


@given(markets, queues)
def test_everybody_who_can_run_runs_in_the_end(market, queue):
    """Start whoever may start, and let the oldest end when nobody may: nothing stands still before all have run."""
    pool = Pool(market, [job for job in queue if eligible(market, job.need)])
    while pool.waiting:
        pool.now_ms += PATIENCE_MS
        if not pool.place_one():
            assert pool.running, f"nobody runs, and none of {pool.waiting} may start"
            pool.running.pop(0)


@given(markets, queues, st.integers(1, 2), st.sampled_from(NAMESPACES))
def test_a_large_job_is_not_overtaken_for_ever(market, queue, workers, namespace):
    """Let small jobs come without end, each ending after a few more: the others run all the same."""
    pool = Pool(market, [replace(job, priority=0) for job in queue if eligible(market, job.need)])
    for number in range(150):
        if all(job.name.startswith("late") for job in pool.waiting):
            return
        pool.now_ms += 5_000
        late = need(job_id=f"0xff{number:03d}", workers=workers)
        pool.waiting.append(Waiting("gpus", namespace, f"late-{number}", -1, pool.now_ms, late))
        pool.place_one()
        if len(pool.running) > 4 or not number % 4:
            del pool.running[:1]
    raise AssertionError(f"still waiting: {pool.waiting}")
