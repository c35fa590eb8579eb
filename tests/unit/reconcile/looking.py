"""A queue that is served in virtual time, and work that notes what it was asked."""

import asyncio
import random
from contextlib import asynccontextmanager

from hansa_operator.ports.kube import ObjectRef
from hansa_operator.reconcile.queue import KeyedQueue
from tests.virtual_time import clock_ms

A, B, C = (ObjectRef("AIJob", "team", name) for name in "abc")


class Looking:
    """Stand in for what is looked at: says when each look began, takes `seconds`, and answers from `answers`."""

    def __init__(self, *answers, seconds=1.0):
        self.answers, self.seconds = list(answers), seconds
        self.looks, self.ended, self.errors = [], [], []

    async def __call__(self, key):
        self.looks.append((clock_ms(), key))
        await asyncio.sleep(self.seconds)
        self.ended.append(key)
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, Exception):
            raise answer
        return answer

    def times(self, since_ms):
        return [at_ms - since_ms for at_ms, _ in self.looks]


def queue_for(work):
    def hear(key, error):
        work.errors.append((key, error))

    return KeyedQueue(clock=clock_ms, rng=random.Random(7), on_error=hear)


@asynccontextmanager
async def serving(work, *, workers=2):
    queue = queue_for(work)
    serving = asyncio.create_task(queue.run(work, workers=workers))
    yield queue
    await queue.close(within_seconds=60)
    await serving
