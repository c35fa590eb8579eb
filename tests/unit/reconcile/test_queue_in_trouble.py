"""The queue retries with patience, closes within a bound, and bears a burst."""

import asyncio
import itertools

from hansa_operator.ports.kube import ObjectRef
from tests.unit.reconcile.looking import A, B, C, Looking, queue_for, serving
from tests.virtual_time import clock_ms, virtual


@virtual
async def test_failures_are_told_and_retried_ever_later_until_success():
    begin = clock_ms()
    failures = [RuntimeError(str(number)) for number in range(10)]
    async with serving(work := Looking(*failures, None, RuntimeError("again"), seconds=0)) as queue:
        queue.add(A)
        await asyncio.sleep(600)
        times = work.times(begin)
        assert work.errors == [(A, error) for error in failures]
        waits = [later - earlier for earlier, later in itertools.pairwise(times)]
        longest_waits = [500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]
        for wait, longest in zip(waits, longest_waits, strict=True):
            assert longest / 2 <= wait <= longest
        await failing_again(queue, work)


@virtual
async def test_a_forgotten_key_that_fails_is_new_again():
    async with serving(work := Looking(*[RuntimeError("bad")] * 5, seconds=0)) as queue:
        queue.add(A)
        await asyncio.sleep(10)
        queue.forget(A)
        work.answers = [RuntimeError("again")]
        await failing_again(queue, work)


async def failing_again(queue, work):
    begin, before = clock_ms(), len(work.looks)
    queue.add(A)
    await asyncio.sleep(600)
    assert len(work.looks) == before + 2
    assert 250 <= work.looks[-1][0] - begin <= 500


@virtual
async def test_keys_that_fail_together_are_not_retried_together():
    begin = clock_ms()
    async with serving(work := Looking(*[OSError()] * 3, seconds=0)) as queue:
        for key in (A, B, C):
            queue.add(key)
        await asyncio.sleep(10)
        assert len(set(work.times(begin)[3:])) == 3


@virtual
async def test_closing_lets_running_work_end_and_begins_nothing_more():
    queue = queue_for(work := Looking(seconds=5))
    running = asyncio.create_task(queue.run(work, workers=1))
    queue.add(A)
    queue.add(B)
    queue.add_at(C, clock_ms() + 1000)
    await asyncio.sleep(1)
    begin = clock_ms()
    await queue.close(within_seconds=60)
    await running
    assert (work.ended, clock_ms() - begin) == ([A], 4000)


@virtual
async def test_closing_cancels_what_does_not_end_within_the_bound():
    queue = queue_for(work := Looking(seconds=500))
    running = asyncio.create_task(queue.run(work, workers=2))
    queue.add(A)
    await asyncio.sleep(1)
    begin = clock_ms()
    await queue.close(within_seconds=3)
    await running
    assert (work.ended, work.errors, clock_ms() - begin) == ([], [], 3000)


@virtual
async def test_keys_may_be_added_before_anybody_works():
    queue = queue_for(work := Looking())
    queue.add(A)
    running = asyncio.create_task(queue.run(work, workers=1))
    await asyncio.sleep(10)
    await queue.close(within_seconds=1)
    await running
    assert work.ended == [A]


@virtual
async def test_a_burst_costs_one_timer_and_little_memory():
    async with serving(work := Looking(seconds=0), workers=8) as queue:
        keys = [ObjectRef("AIJob", "team", str(number)) for number in range(2000)]
        for seconds in range(3600, 0, -60):
            for key in keys:
                queue.add_at(key, clock_ms() + seconds * 1000)
        entries = len(queue._later._heap)
        assert entries <= 2 * len(keys) + 64
        assert len([timer for timer in asyncio.get_running_loop()._scheduled if not timer.cancelled()]) == 1
        await asyncio.sleep(7200)
        assert len(work.looks) == len(keys)
