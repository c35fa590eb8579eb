"""Money is integers, and every rounding has a direction."""

import pytest

from hansa_protocol.units import (
    AmountError,
    Bps,
    Epoch,
    GpuMilliseconds,
    Split,
    UnixMs,
    Wei,
    epoch_at,
    epoch_bounds_ms,
    fee_up,
    format_amount,
    parse_amount,
    provider_amount_down,
    royalty_down,
    split,
)


def test_a_gpu_hour_costs_the_unit_price() -> None:
    assert provider_amount_down(GpuMilliseconds(3_600_000), Wei(7)) == 7


def test_a_started_wei_is_not_the_providers() -> None:
    assert provider_amount_down(GpuMilliseconds(3_599_999), Wei(7)) == 6


def test_the_royalty_rounds_down_and_the_fee_up() -> None:
    assert royalty_down(Wei(9_999), Bps(1)) == 0
    assert fee_up(Wei(1), Bps(1)) == 1


def test_a_split_shows_all_four_parts() -> None:
    assert split(Wei(10_001), Wei(3), Bps(333), Bps(250)) == Split(Wei(10_001), Wei(3), Wei(333), Wei(259), Wei(10_596))


@pytest.mark.parametrize(
    ("text", "decimals", "wei"),
    [("0", 18, 0), ("1", 18, 10**18), ("12.5", 2, 1250), ("0.010", 2, 1), ("007", 0, 7), ("1.000", 0, 1)],
)
def test_amounts_are_read_exactly(text: str, decimals: int, wei: int) -> None:
    assert parse_amount(text, decimals) == wei


@pytest.mark.parametrize("text", ["", "-1", "+1", "1e3", "1.", ".5", "1,5", " 1", "1_000", "٣", "0x10", "9" * 81])
def test_what_is_no_amount_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(AmountError, match=r"12\.5"):
        parse_amount(text, 18)


def test_too_many_decimals_are_refused_and_not_rounded() -> None:
    with pytest.raises(AmountError, match="2 decimals"):
        parse_amount("0.001", 2)


def test_amounts_are_written_without_trailing_zeros() -> None:
    assert [format_amount(Wei(wei), 3) for wei in (0, 1, 1000, 1500, -20)] == ["0", "0.001", "1", "1.5", "-0.02"]


def test_negative_time_earns_nothing_but_an_error() -> None:
    with pytest.raises(AmountError, match="negative"):
        provider_amount_down(GpuMilliseconds(-1), Wei(7))


def test_an_epoch_begins_with_its_first_millisecond() -> None:
    assert epoch_bounds_ms(Epoch(3), 20) == (60_000, 80_000)
    assert [epoch_at(UnixMs(ms), 20) for ms in (59_999, 60_000, 79_999, 80_000)] == [2, 3, 3, 4]
