"""Ray nodes start a few at a time, and every cluster has its turn."""

import asyncio

import pytest

from hansa_operator.adapters.ray.local.turns import Turns
from hansa_operator.ports.ray import ClusterKey

ADA, BEN = ClusterKey("ada", "lubeck"), ClusterKey("ben", "lubeck")


def test_no_more_nodes_begin_than_may_start_at_a_time() -> None:
    turns = Turns(at_once=3)
    assert turns.ask(ADA, 2) == 2
    assert turns.ask(BEN, 4) == 1
    assert turns.ask(ADA, 1) == 0
    turns.note(ADA, 0)
    assert turns.ask(BEN, 0) == 0
    assert turns.ask(ADA, 3) == 2


def test_who_waits_longer_has_the_next_turn() -> None:
    turns = Turns(at_once=1)
    assert turns.ask(ADA, 2) == 1
    assert turns.ask(BEN, 1) == 0
    turns.note(ADA, 0)
    assert turns.ask(ADA, 1) == 0
    assert turns.ask(BEN, 1) == 1
    turns.note(BEN, 0)
    assert turns.ask(ADA, 1) == 1


async def test_a_head_waits_until_others_have_started_or_are_gone() -> None:
    turns = Turns(at_once=1)
    await turns.take(ADA)
    waiting = asyncio.create_task(turns.take(BEN))
    await asyncio.sleep(0)
    assert not waiting.done()
    turns.leave(ADA)
    await asyncio.wait_for(waiting, 5)


async def test_one_that_gives_up_keeps_nobody_waiting() -> None:
    turns = Turns(at_once=1)
    await turns.take(ADA)
    waiting = asyncio.create_task(turns.take(BEN))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    turns.leave(BEN)
    turns.note(ADA, 0)
    assert turns.ask(ADA, 1) == 1
