"""Make an order for a job, and sign it."""

import secrets
import time
from dataclasses import dataclass

from hansa_cli.orders.parties import Parties
from hansa_cli.orders.work import Resolved
from hansa_cli.problem import ExitCode, Problem
from hansa_operator.core.clock import rfc3339
from hansa_operator.core.market.quote import limit_down
from hansa_operator.core.order.signed_order import SignedOrder
from hansa_operator.core.order.signed_work import VERSION
from hansa_protocol.eip712 import Order, settlement_domain
from hansa_protocol.signing import address_of, sign
from hansa_protocol.units import UINT96_MAX, AmountError, parse_amount

NONCES = 2**53
"""An AIJob holds no larger number: readers of JSON would round it."""
HOUR_SECONDS = 3_600
LAST_SECOND = 253_402_300_799
"""End of the year 9999: no calendar here goes on."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Hold what the signer chooses; None for the budget, a random number, and some hours from now."""

    max_amount: str | None = None
    nonce: int | None = None
    expires_at: int | None = None
    valid_hours: int = 168


def sign_order(resolved: Resolved, parties: Parties, terms: Terms, key: bytes) -> SignedOrder:
    """Return the signed order of a job; raises Problem for one that no operator would take."""
    order = Order(
        hub=parties.hub,
        vault=parties.vault,
        customer=parties.customer,
        service=_service(resolved),
        spec_digest=resolved.work.digest(),
        max_amount=_amount(resolved, parties, terms),
        nonce=secrets.randbelow(NONCES) if terms.nonce is None else terms.nonce,
        expires_at=_expiry(terms, int(time.time())),
    )
    _require_signer(parties, key)
    digest = order.digest(settlement_domain(parties.chain_id, parties.settlement))
    return SignedOrder(order, VERSION, sign(digest, key), digest)


def _require_signer(parties: Parties, key: bytes) -> None:
    signer = address_of(key)
    if parties.signer is not None and signer != parties.signer:
        what = f"the key is that of {signer}, the credit line takes orders of {parties.signer} only"
        raise Problem(what, "sign with that account's key", code=ExitCode.REFUSED)


def _service(resolved: Resolved) -> int:
    if resolved.service is not None:
        return resolved.service
    reference = resolved.job.spec.service_ref
    name = reference.name if reference else ""
    remedy = f"wait until it is published; a file needs its status too: kubectl get aiservice {name} -o yaml"
    raise Problem(f"AIService {name} has no id on chain (status.serviceID)", remedy, code=ExitCode.REFUSED)


def _amount(resolved: Resolved, parties: Parties, terms: Terms) -> int:
    budget = resolved.job.spec.budget.max_amount
    least = limit_down(budget, parties.decimals)
    if terms.max_amount is None:
        return _bounded(least, budget)
    try:
        most = parse_amount(terms.max_amount, parties.decimals)
    except AmountError as wrong:
        raise Problem(f"--max-amount: {wrong}", "give an amount in tokens", code=ExitCode.USAGE) from wrong
    if most < least:
        what = f"--max-amount {terms.max_amount} is below the job's budget.maxAmount {budget}"
        raise Problem(what, "raise it, or lower the budget", code=ExitCode.USAGE)
    return _bounded(most, terms.max_amount)


def _bounded(wei: int, text: str) -> int:
    if wei > UINT96_MAX:
        raise Problem(f"{text} tokens are more than an order can hold", "lower the budget", code=ExitCode.USAGE)
    return wei


def _expiry(terms: Terms, now_seconds: int) -> int:
    at = terms.expires_at if terms.expires_at is not None else now_seconds + terms.valid_hours * HOUR_SECONDS
    if at > LAST_SECOND:
        remedy = "give fewer --valid-hours, or another --expires-at"
        raise Problem("the order would end after the year 9999", remedy, code=ExitCode.USAGE)
    if at <= now_seconds:
        what = f"--expires-at {at} is {rfc3339(at * 1000)}, which is over"
        raise Problem(what, "give unix seconds that are to come", code=ExitCode.USAGE)
    return at
