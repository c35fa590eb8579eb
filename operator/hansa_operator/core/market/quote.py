"""Quotes: what a job can cost at most on an offer, and how that is split between the three parties."""

from dataclasses import dataclass

from hansa_operator.core.market.offers import Need, Offer
from hansa_protocol.units import (
    BPS,
    GPU_HOUR_MS,
    Bps,
    GpuMilliseconds,
    Split,
    Wei,
    parse_amount,
    provider_amount_down,
    split,
)

LONGEST_MS = 10**15
MOST_DECIMALS = 18
"""Most that an amount in a manifest may have."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Hold the rates that turn a provider's amount into the customer's debit."""

    royalty_bps: int
    fee_bps: int


@dataclass(frozen=True, slots=True)
class Quote:
    """State the most that a job can cost; `split.debit` is what the customer pays. Amounts in wei."""

    offer: Offer
    split: Split
    per_epoch: int


def limit_down(text: str, decimals: int) -> int:
    """Return a stated limit in wei; no amount lies between it and what its digits beyond the token's decimals say."""
    finest = max(decimals, MOST_DECIMALS)
    return int(parse_amount(text, finest) // 10 ** (finest - decimals))


def cost_of(gpu_milliseconds: int, unit_price: int, terms: Terms) -> Split:
    """Return the split of that many GPU-milliseconds at a price in wei per GPU-hour."""
    amount = provider_amount_down(GpuMilliseconds(gpu_milliseconds), Wei(unit_price))
    return split(amount, Wei(0), Bps(terms.royalty_bps), Bps(terms.fee_bps))


def affordable_milliseconds(amount: int, *, gpus: int, unit_price: int, terms: Terms) -> int:
    """Return the longest run time in ms whose debit does not exceed `amount` (wei), 10**15 when it has no end."""
    rate = gpus * unit_price
    if amount < 0 or rate == 0:
        return 0 if amount < 0 else LONGEST_MS
    # The largest t with floor(t * rate / GPU_HOUR_MS) <= share.
    return min(LONGEST_MS, ((_affordable_share(amount, terms) + 1) * GPU_HOUR_MS - 1) // rate)


def _affordable_share(amount: int, terms: Terms) -> int:
    """Return the largest provider's amount whose debit does not exceed `amount`, which is 0 or more."""
    share = amount * BPS * BPS // ((BPS + terms.royalty_bps) * (BPS + terms.fee_bps))
    # Rounding adds less than 1 wei to the exact debit, so the share fits; it may take some wei away, so more may fit.
    while split(Wei(share + 1), Wei(0), Bps(terms.royalty_bps), Bps(terms.fee_bps)).debit <= amount:
        share += 1
    return share


def quote_offer(
    offer: Offer, need: Need, terms: Terms, *, max_amount: int, active_deadline_seconds: int | None, epoch_seconds: int
) -> Quote:
    """Return the most that the job can cost on this offer.

    With an active deadline that is the whole deadline's time; without one the budget is the bound, since the job is
    stopped when it is spent.
    """
    per_epoch = cost_of(epoch_seconds * 1000 * need.gpus, offer.unit_price, terms).debit
    if active_deadline_seconds is not None:
        bound_ms = active_deadline_seconds * 1000
    else:
        bound_ms = affordable_milliseconds(max_amount, gpus=need.gpus, unit_price=offer.unit_price, terms=terms)
    return Quote(offer, cost_of(bound_ms * need.gpus, offer.unit_price, terms), per_epoch)


def reservation(per_epoch: int, *, remaining_budget: int) -> int:
    """Return what one epoch of the job reserves on the credit line: min(remaining budget, rate x epoch), in wei."""
    return max(0, min(remaining_budget, per_epoch))
