"""A guarantee in words."""

from hansa_chain.guarantees import Guarantee
from hansa_operator.core.clock import rfc3339
from hansa_protocol.units import format_amount


def tell_guarantee(given: Guarantee, symbol: str, decimals: int) -> str:
    """Return what is guaranteed, what of it can be gone from when on, and what can be counted on."""
    if not given.amount:
        return "nothing beyond what open claims have: another would be refused"
    amount, leaving, lasting = (
        f"{format_amount(wei, decimals)} {symbol}" for wei in (given.amount, given.leaving, given.lasting)
    )
    if not given.leaving:
        return amount
    count = f"count on {lasting}" if given.lasting else "count on nothing"
    return f"{amount}; the hub can have {leaving} of it back from {rfc3339(given.available_at * 1000)} on: {count}"
