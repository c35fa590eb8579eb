"""Money is conserved to the wei, and rounding never makes anybody pay for others."""

from hypothesis import given
from hypothesis import strategies as st

from hansa_protocol.units import (
    BPS,
    Bps,
    GpuMilliseconds,
    Wei,
    format_amount,
    parse_amount,
    provider_amount_down,
    split,
)

amounts = st.integers(0, 2**90).map(Wei)
rates = st.integers(0, BPS).map(Bps)
durations = st.integers(0, 2**50).map(GpuMilliseconds)


@given(amounts, amounts, rates, rates)
def test_a_split_conserves_value_to_the_wei(provider: Wei, audit: Wei, royalty_bps: Bps, fee_bps: Bps) -> None:
    parts = split(provider, audit, royalty_bps, fee_bps)
    assert parts.debit == parts.provider + parts.audit + parts.royalty + parts.fee


@given(amounts, amounts, rates, rates)
def test_royalties_round_down_and_fees_up_by_less_than_a_wei(
    provider: Wei, audit: Wei, royalty_bps: Bps, fee_bps: Bps
) -> None:
    parts = split(provider, audit, royalty_bps, fee_bps)
    assert 0 <= provider * royalty_bps - parts.royalty * BPS < BPS
    assert 0 <= parts.fee * BPS - (provider + audit + parts.royalty) * fee_bps < BPS


@given(durations, durations, amounts)
def test_cutting_time_into_slices_never_costs_more(first: GpuMilliseconds, second: GpuMilliseconds, price: Wei) -> None:
    whole = provider_amount_down(GpuMilliseconds(first + second), price)
    cut = provider_amount_down(first, price) + provider_amount_down(second, price)
    assert whole - 1 <= cut <= whole


@given(st.integers(0, 2**256), st.integers(0, 40))
def test_amounts_survive_writing_and_reading(wei: int, decimals: int) -> None:
    assert parse_amount(format_amount(Wei(wei), decimals), decimals) == wei
