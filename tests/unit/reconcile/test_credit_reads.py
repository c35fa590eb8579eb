"""A customer's standing is read once for all who ask, and stays known while the node is away."""

import asyncio

from hansa_operator.ports.chain import ChainStamp, ChainUnreachable, CreditState
from hansa_operator.reconcile.known.credit_reads import FRESH_MS, CreditReads

STATE = CreditState(ChainStamp(1, 1), 100, 9, 0, 0, 1, 100, 0, 0)


class Node:
    """Answer slowly, or not at all, and count the questions."""

    def __init__(self) -> None:
        self.asked, self.away, self.now_ms = 0, False, 0

    async def credit(self, customer: str, vault: str, epoch: int) -> CreditState:
        self.asked += 1
        await asyncio.sleep(0)
        if self.away:
            raise ChainUnreachable("away")
        return STATE


async def test_jobs_that_ask_at_the_same_moment_have_the_node_asked_once() -> None:
    node = Node()
    reads = CreditReads(node, lambda: node.now_ms)
    assert await asyncio.gather(*(reads.read("customer", "vault", 1) for _ in range(9))) == [STATE] * 9
    assert node.asked == 1
    await asyncio.gather(reads.read("other", "vault", 1), reads.read("customer", "vault", 2))
    assert node.asked == 3


async def test_what_is_old_is_read_again_and_stays_known_while_the_node_is_away() -> None:
    node = Node()
    reads = CreditReads(node, lambda: node.now_ms)
    await reads.read("customer", "vault", 1)
    node.now_ms, node.away = FRESH_MS, True
    assert await reads.read("customer", "vault", 1) == STATE
    assert node.asked == 2
    assert await reads.read("other", "vault", 1) is None
