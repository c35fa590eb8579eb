"""A guarantee in words."""

from hansa_chain.guarantees import Guarantee
from hansa_cli.coin import Coin
from hansa_operator.core.clock import rfc3339


def tell_guarantee(given: Guarantee, coin: Coin) -> str:
    """Return what is guaranteed, what of it can be gone from when on, and what can be counted on."""
    if not given.amount:
        return "nothing beyond what open claims have: another would be refused"
    amount, leaving, lasting = map(coin.text, (given.amount, given.leaving, given.lasting))
    if not given.leaving:
        return amount
    # Claims may have taken of what is leaving.
    part, count = (f"{leaving} of it", lasting) if given.lasting else ("all of it", "nothing")
    since = rfc3339(given.available_at * 1000)
    return f"{amount}; the hub can have {part} back from {since} on: count on {count}"
