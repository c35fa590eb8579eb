"""Money and time in integers: wei of one token, GPU-milliseconds, basis points and epochs."""

import re
from dataclasses import dataclass
from typing import NewType

Wei = NewType("Wei", int)
"""Smallest unit of one vault's token; a price is wei per GPU-hour."""
GpuMilliseconds = NewType("GpuMilliseconds", int)
Bps = NewType("Bps", int)
Epoch = NewType("Epoch", int)
UnixMs = NewType("UnixMs", int)

BPS = 10_000
GPU_HOUR_MS = 3_600_000
UINT96_MAX = 2**96 - 1
"""Largest amount that a row, a leaf or a receipt can hold."""

_AMOUNT = re.compile(r"([0-9]+)(?:\.([0-9]+))?")


class AmountError(ValueError):
    """Raised when a text is no amount of a token; the message says what to write instead."""


@dataclass(frozen=True, slots=True)
class Split:
    """Show how a slice's money is divided: `debit` = provider + audit + royalty + fee. Wei."""

    provider: Wei
    audit: Wei
    royalty: Wei
    fee: Wei
    debit: Wei


def provider_amount_down(gpu_milliseconds: GpuMilliseconds, unit_price: Wei) -> Wei:
    """Return what a provider earned, in wei: floor(GPU-milliseconds x wei per GPU-hour / 3,600,000)."""
    return Wei(_natural(gpu_milliseconds) * _natural(unit_price) // GPU_HOUR_MS)


def royalty_down(provider_amount: Wei, royalty_bps: Bps) -> Wei:
    """Return a publisher's royalty on a provider's amount, rounded down."""
    return Wei(_natural(provider_amount) * _natural(royalty_bps) // BPS)


def fee_up(base: Wei, fee_bps: Bps) -> Wei:
    """Return the treasury's fee on everything that others get, rounded up."""
    return Wei(-(-_natural(base) * _natural(fee_bps) // BPS))


def split(provider_amount: Wei, audit_amount: Wei, royalty_bps: Bps, fee_bps: Bps) -> Split:
    """Return the division of one slice between provider, auditors, publisher and treasury."""
    royalty = royalty_down(provider_amount, royalty_bps)
    base = Wei(provider_amount + _natural(audit_amount) + royalty)
    fee = fee_up(base, fee_bps)
    return Split(provider_amount, audit_amount, royalty, fee, Wei(base + fee))


def parse_amount(text: str, decimals: int) -> Wei:
    """Return the wei of a decimal text such as "12.5"; raises AmountError for signs, exponents or too many digits."""
    match = _AMOUNT.fullmatch(text)
    if match is None or len(text) > 80:
        raise AmountError(f"{text!r} is no amount: write digits with at most one point, such as 12.5")
    whole, fraction = match[1], (match[2] or "").rstrip("0")
    if len(fraction) > decimals:
        raise AmountError(f"{text!r} has more than the {decimals} decimals that this token has: write fewer digits")
    return Wei(int(whole) * 10**decimals + int(fraction.ljust(decimals, "0") or "0"))


def format_amount(wei: Wei, decimals: int) -> str:
    """Return wei as a decimal text without trailing zeros; parse_amount reads back what is not negative."""
    whole, fraction = divmod(abs(wei), 10**decimals)
    digits = f"{fraction:0{decimals}d}".rstrip("0") if fraction else ""
    return f"{'-' if wei < 0 else ''}{whole}{'.' + digits if digits else ''}"


def epoch_at(ms: UnixMs, epoch_seconds: int) -> Epoch:
    """Return the epoch that a moment lies in: e covers [e*E, (e+1)*E) of unix time."""
    return Epoch(ms // (epoch_seconds * 1000))


def epoch_bounds_ms(epoch: Epoch, epoch_seconds: int) -> tuple[UnixMs, UnixMs]:
    """Return [from, to) of an epoch in unix milliseconds."""
    length = epoch_seconds * 1000
    return UnixMs(epoch * length), UnixMs((epoch + 1) * length)


def _natural(value: int) -> int:
    if value < 0:
        raise AmountError(f"{value} is negative: amounts, times and rates are 0 or more")
    return value
