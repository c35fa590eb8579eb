"""How far one part of a batch is: it is posted, its window passes, its credits are paid; or its time is missed."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from hansa_operator.core.transactions import Sent
from hansa_operator.ports.chain import ChainTimes, PartState


@dataclass(frozen=True, slots=True)
class PartFacts:
    """Report one part: its state on chain (None: it could not be read), and the writes that were sent for it."""

    state: PartState | None
    post: Sent | None = None
    finalize: Sent | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """Bound the posts of an epoch, in unix seconds of the chain's blocks, both included.

    A batch is sealed at `sealed_at` at the earliest; a write waits at most `together_seconds` for another one.
    """

    first_post: int
    last_post: int
    window_seconds: int
    sealed_at: int
    together_seconds: int

    @classmethod
    def of(cls, epoch: int, times: ChainTimes) -> Self:
        """Return the limits that the contract sets."""
        end = (epoch + 1) * times.epoch_seconds
        last, sealed = end + times.post_seconds, end + times.sealing_seconds
        return cls(end, last, times.window_seconds, sealed, times.finality_seconds)

    def allow_post(self, state: PartState | None) -> bool:
        """Return whether a post can still be in time, as of the latest block of this read."""
        return state is not None and self.first_post <= state.latest.timestamp <= self.last_post

    def window_end(self, state: PartState | None) -> int | None:
        """Return the last second of a posted part's window (unix seconds), None for one that is not posted."""
        if state is None or state.posted_at is None:
            return None
        return state.posted_at + self.window_seconds


class Stage(StrEnum):
    """Name how far a part is; `UNKNOWN` also when two reads contradict each other, which the next look mends."""

    UNKNOWN = "Unknown"
    UNPOSTED = "Unposted"
    MISSED = "Missed"
    MINED = "Mined"
    WINDOW = "Window"
    DUE = "Due"
    PAYING = "Paying"
    PAID = "Paid"


POSTED = frozenset({Stage.MINED, Stage.WINDOW, Stage.DUE, Stage.PAYING, Stage.PAID})
OVER = frozenset({Stage.MISSED, Stage.PAID})


def stage_of(part: PartFacts, limits: Limits) -> Stage:
    """Return how far a part is.

    It is missed only when a final block is past the deadline and does not have the post: then no later one can.
    """
    state = part.state
    if state is None:
        return Stage.UNKNOWN
    if state.paid_latest or state.paid_finalized:
        return Stage.PAID if state.paid_finalized else Stage.PAYING
    if state.posted_latest:
        return _stage_of_posted(state, limits)
    if not state.posted_finalized and state.finalized.timestamp > limits.last_post:
        return Stage.MISSED
    there = state.posted_finalized or (part.post is not None and part.post.landed)
    return Stage.UNKNOWN if there else Stage.UNPOSTED


def _stage_of_posted(state: PartState, limits: Limits) -> Stage:
    end = limits.window_end(state)
    if end is None:
        return Stage.UNKNOWN
    if state.latest.timestamp > end:
        return Stage.DUE
    return Stage.WINDOW if state.posted_finalized else Stage.MINED
