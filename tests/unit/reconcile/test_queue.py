"""The queue: deduplicates, keeps the earliest time, and never works on a key twice at a time."""

import asyncio

from tests.unit.reconcile.looking import A, B, C, Looking, serving
from tests.virtual_time import clock_ms, virtual


@virtual
async def test_a_key_that_is_added_often_is_looked_at_once():
    async with serving(work := Looking()) as queue:
        for key in (A, B, A, A, B):
            queue.add(key)
        assert queue.depth == 2
        await asyncio.sleep(10)
        assert [key for _, key in work.looks] == [A, B]


@virtual
async def test_a_key_that_is_added_while_it_is_worked_on_runs_once_more_afterwards():
    async with serving(work := Looking()) as queue:
        queue.add(A)
        await asyncio.sleep(0.5)
        begin = clock_ms()
        for _ in range(3):
            queue.add(A)
        assert (queue.running, queue.depth) == (1, 1)
        await asyncio.sleep(10)
        assert work.times(begin) == [-500, 500]


@virtual
async def test_keys_wait_for_a_free_worker_in_the_order_they_came():
    async with serving(work := Looking(), workers=1) as queue:
        begin = clock_ms()
        for key in (C, A, B):
            queue.add(key)
        await asyncio.sleep(2.5)
        assert (queue.running, queue.depth, queue.oldest_age_ms) == (1, 0, 0)
        assert work.looks == [(begin, C), (begin + 1000, A), (begin + 2000, B)]


@virtual
async def test_the_age_is_that_of_the_key_that_waits_longest():
    async with serving(Looking(seconds=5), workers=1) as queue:
        queue.add(A)
        await asyncio.sleep(1)
        queue.add(B)
        await asyncio.sleep(1)
        queue.add(A)
        assert (queue.depth, queue.oldest_age_ms) == (2, 1000)


@virtual
async def test_the_earliest_time_counts():
    async with serving(work := Looking()) as queue:
        begin = clock_ms()
        for seconds in (30, 10, 20):
            queue.add_at(A, begin + seconds * 1000)
        assert (queue.depth, queue.oldest_age_ms) == (0, 0)
        await asyncio.sleep(100)
        assert work.times(begin) == [10_000]


@virtual
async def test_an_immediate_add_supersedes_a_later_one():
    async with serving(work := Looking()) as queue:
        begin = clock_ms()
        queue.add_at(A, begin + 10_000)
        queue.add(A)
        queue.add_at(A, begin + 20_000)
        await asyncio.sleep(100)
        assert work.times(begin) == [0]


@virtual
async def test_a_time_that_has_passed_is_now():
    async with serving(work := Looking()) as queue:
        queue.add_at(A, clock_ms() - 3000)
        assert queue.oldest_age_ms == 3000
        await asyncio.sleep(1)
        assert len(work.looks) == 1


@virtual
async def test_work_says_when_to_look_again():
    begin = clock_ms()
    async with serving(work := Looking(begin + 7000, begin + 9000, None)) as queue:
        queue.add(A)
        await asyncio.sleep(100)
        assert work.times(begin) == [0, 7000, 9000]


@virtual
async def test_a_forgotten_key_is_not_looked_at():
    async with serving(work := Looking()) as queue:
        queue.add_at(A, clock_ms() + 1000)
        queue.add(B)
        queue.forget(A)
        queue.forget(B)
        queue.forget(C)
        await asyncio.sleep(10)
        assert work.looks == []
        queue.add(A)
        await asyncio.sleep(10)
        assert [key for _, key in work.looks] == [A]
