"""A payment and the next post of a vault go out as one transaction when they fall due close together.

The base of a transaction and the slots that both touch are then paid for once: docs/protocol.md has the figures. Either
waits for the other for at most the time in which a block becomes final, which every deadline of the protocol leaves
room for. Only batches of one part do so: in larger ones the rows cost far more than what is saved.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from hansa_operator.core.settlement.parts import Limits, PartFacts, Stage
from hansa_operator.ports.chain import ChainTimes


@dataclass(frozen=True, slots=True)
class Payable:
    """Name a settlement that can be paid after `window_end` (unix seconds of the chain), with nothing sent for it."""

    settlement: str
    window_end: int


@dataclass(frozen=True, slots=True)
class Company:
    """State what else a vault is about to send: its next post (expected at, unix ms), and what can be paid."""

    next_post_ms: int
    payable: tuple[Payable, ...] = ()


def next_post_ms(now_ms: int, times: ChainTimes, *, sealed: bool) -> int:
    """Return when a vault's next post is expected: now if it is sealed, else when the epoch that runs is sealed."""
    if sealed:
        return now_ms
    return ((now_ms // 1000 // times.epoch_seconds + 1) * times.epoch_seconds + times.sealing_seconds) * 1000


def held_until_ms(part: PartFacts, stage: Stage, limits: Limits, company: Company, now_ms: int) -> int | None:
    """Return until when (unix ms) the write that is due waits for the other one, or None when it does not."""
    if stage is Stage.DUE and part.finalize is None:
        return _payment_held_until_ms(part, limits, company, now_ms)
    if stage is Stage.UNPOSTED and part.post is None:
        return _post_held_until_ms(limits, company, now_ms)
    return None


def payable(settlement: str, part: PartFacts, stage: Stage, limits: Limits) -> Payable | None:
    """Return when a settlement can be paid, as long as its window is certain and nothing was sent for it."""
    end = limits.window_end(part.state)
    if stage not in (Stage.WINDOW, Stage.DUE) or part.finalize is not None or end is None:
        return None
    return Payable(settlement, end)


def passenger(part: PartFacts, waiting: Iterable[Payable]) -> str | None:
    """Return the settlement that is paid with the first try of this post: that whose window ended first, or None."""
    if part.state is None or part.post is not None:
        return None
    now = part.state.latest.timestamp
    ended = sorted((one.window_end, one.settlement) for one in waiting if one.window_end < now)
    return ended[0][1] if ended else None


def _payment_held_until_ms(part: PartFacts, limits: Limits, company: Company, now_ms: int) -> int | None:
    end = limits.window_end(part.state)
    last = (end + limits.together_seconds) * 1000 if end is not None else now_ms
    return last if now_ms < last and company.next_post_ms <= last else None


def _post_held_until_ms(limits: Limits, company: Company, now_ms: int) -> int | None:
    last = (limits.sealed_at + limits.together_seconds) * 1000
    ends = [(one.window_end + 1) * 1000 for one in company.payable]
    coming = [end for end in ends if now_ms < end <= last]
    return min(coming, default=None)
