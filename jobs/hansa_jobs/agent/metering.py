"""Which receipts are due: pure arithmetic over the hub's time."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from hansa_protocol.eip712 import ReceiptOutcome
from hansa_protocol.units import Epoch, GpuMilliseconds, UnixMs, Wei, epoch_at, epoch_bounds_ms, provider_amount_down

INTERVAL_MS = 5_000
"""Longest running time that is not receipted yet."""


@dataclass(frozen=True, slots=True)
class Usage:
    """State what an attempt used until now: alive in [from_ms, to_ms) of the hub's time; RUNNING until it is over."""

    from_ms: int
    to_ms: int
    gpus: int
    unit_price: int
    outcome: ReceiptOutcome = ReceiptOutcome.RUNNING


@dataclass(frozen=True, slots=True)
class Issued:
    """Remember the latest receipt that was signed for an epoch."""

    seq: int
    to_ms: int
    outcome: int


@dataclass(frozen=True, slots=True)
class Due:
    """Describe a receipt to sign: cumulative within its epoch."""

    epoch: int
    seq: int
    from_ms: int
    to_ms: int
    gpu_milliseconds: int
    provider_amount: int
    outcome: int


def receipts_due(usage: Usage, issued: Mapping[int, Issued], epoch_seconds: int) -> tuple[Due, ...]:
    """Return the receipts to sign now, oldest epoch first.

    An epoch that is over gets its closing receipt at once, the running one every `INTERVAL_MS`, and the last one a
    final receipt with the outcome. What was issued already is never issued again.
    """
    if usage.to_ms <= usage.from_ms:
        return ()
    last = epoch_at(UnixMs(usage.to_ms - 1), epoch_seconds)
    due = []
    for epoch in range(epoch_at(UnixMs(usage.from_ms), epoch_seconds), last + 1):
        start, end = epoch_bounds_ms(Epoch(epoch), epoch_seconds)
        part = replace(
            usage,
            from_ms=max(start, usage.from_ms),
            to_ms=min(end, usage.to_ms),
            outcome=usage.outcome if epoch == last else ReceiptOutcome.RUNNING,
        )
        candidate = _receipt(part, epoch, issued.get(epoch))
        if _is_due(candidate, issued.get(epoch), closing=candidate.to_ms == end):
            due.append(candidate)
    return tuple(due)


def _receipt(part: Usage, epoch: int, known: Issued | None) -> Due:
    used = GpuMilliseconds(part.gpus * (part.to_ms - part.from_ms))
    amount = provider_amount_down(used, Wei(part.unit_price))
    return Due(epoch, known.seq + 1 if known else 0, part.from_ms, part.to_ms, used, amount, int(part.outcome))


def _is_due(candidate: Due, known: Issued | None, *, closing: bool) -> bool:
    if known is None:
        return True
    if known.outcome != ReceiptOutcome.RUNNING or candidate.to_ms < known.to_ms:
        return False
    if candidate.outcome != ReceiptOutcome.RUNNING:
        return True
    grown = candidate.to_ms - known.to_ms
    return grown >= INTERVAL_MS or (closing and grown > 0)
