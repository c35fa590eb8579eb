"""A guarantee is told so that a payee sees what it may count on."""

import pytest

from hansa_chain.guarantees import Guarantee
from hansa_cli.coin import Coin
from hansa_cli.guarantee_view import tell_guarantee
from hansa_protocol.identity import Address
from hansa_protocol.units import Wei


@pytest.mark.parametrize(
    ("amount", "leaving", "told"),
    [
        (0, 0, "nothing beyond what open claims have: another would be refused"),
        (0, 100, "nothing beyond what open claims have: another would be refused"),
        (150, 0, "1.5 T"),
        (150, 100, "1.5 T; the hub can have 1 T of it back from 1970-01-01T00:01:00Z on: count on 0.5 T"),
        (100, 100, "1 T; the hub can have all of it back from 1970-01-01T00:01:00Z on: count on nothing"),
        (50, 100, "0.5 T; the hub can have all of it back from 1970-01-01T00:01:00Z on: count on nothing"),
    ],
)
def test_what_can_be_counted_on_is_told(amount: int, leaving: int, told: str) -> None:
    assert tell_guarantee(Guarantee(Wei(amount), Wei(leaving), 60), Coin(Address("0x" + "8" * 40), "T", 2)) == told
