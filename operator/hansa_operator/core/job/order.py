"""Orders: whether a job may run on its credit line by the order that it has, or without one.

What the order says of the job itself is compared where that is resolved (`check_work`); here are the line, the signer,
the time and the amount. The signer is the one in force now, since the contracts ask for the one of a slice's epoch: a
line that changes it ends what its old orders may do.
"""

from collections.abc import Iterator

from hansa_operator.api.aijob_reasons import AIJobReason as Reason
from hansa_operator.core.clock import rfc3339
from hansa_operator.core.job.facts import Credit, JobDecision, JobFacts, Twin
from hansa_operator.core.job.finish import conclude
from hansa_operator.core.job.status import Draft
from hansa_operator.core.job.twin import follow_twin
from hansa_operator.core.market.quote import LONGEST_MS, limit_down
from hansa_operator.core.order.signed_order import OrderObjection, SignedOrder
from hansa_protocol.units import Wei, format_amount

LOOK_AGAIN_MS = 60_000
"""When a refused job looks again: the line's order signer may be another one by then."""
_SIGN = "sign one with `hansa order sign` and apply it in a new job"


def decide_order(draft: Draft) -> JobDecision | None:
    """Refuse a job that its order, or the lack of one, keeps from running; None when it may go on."""
    facts = draft.facts
    order, holder = facts.references.order, facts.references.holder
    if isinstance(order, OrderObjection):
        return _refuse(draft, order)
    if holder is not None:
        return follow_twin(draft, holder, "order") or _refuse(draft, _used(holder))
    objection = find_objection(facts)
    if objection is None:
        return None
    if objection.reason is Reason.ORDER_EXPIRED and facts.attempts:
        return conclude(draft, "Failed", objection.reason, objection.message)
    return _refuse(draft, objection)


def find_objection(facts: JobFacts) -> OrderObjection | None:
    """Return why a job may not run now by its order, or without one; what is not known of its line does not object."""
    order, credit = facts.references.order, facts.references.credit
    if isinstance(order, OrderObjection):
        return order
    if order is not None and left_ms(facts) <= 0:
        ended = rfc3339(order.order.expires_at * 1000)
        return OrderObjection(Reason.ORDER_EXPIRED, f"the order was good until {ended}: {_SIGN}")
    if credit is None or not credit.ready:
        return None
    if order is None:
        return _missing(credit) if credit.order_signer else None
    found = next(_differences(facts, credit, order), None)
    return OrderObjection(Reason.ORDER_INVALID, f"{found}: {_SIGN}") if found is not None else None


def left_ms(facts: JobFacts) -> int:
    """Return for how long the job's order is good, 10**15 without one."""
    order = facts.references.order
    return order.order.expires_at * 1000 - facts.now_ms if isinstance(order, SignedOrder) else LONGEST_MS


def _differences(facts: JobFacts, credit: Credit, order: SignedOrder) -> Iterator[str]:
    said, signer = order.order, credit.order_signer or credit.customer
    if (said.customer, said.vault) != (credit.customer, credit.vault):
        yield (
            f"the order is for customer {said.customer} in vault {said.vault}, the credit line is of customer "
            f"{credit.customer} in vault {credit.vault}"
        )
    if said.service != _service(facts):
        yield f"the order is for service {said.service}, the job uses {_service(facts)} (0: none)"
    if order.signer != signer:
        who = "the credit line's order signer" if credit.order_signer else "the customer, as the line has no signer"
        yield f"the order is not signed by {signer}, {who}, for this hub, chain and contract"
    budget = limit_down(facts.job.spec.budget.max_amount, credit.decimals)
    if said.max_amount < budget:
        most, asked = (
            f"{format_amount(Wei(wei), credit.decimals)} {credit.symbol}" for wei in (said.max_amount, budget)
        )
        yield f"the order's maxAmount {most} is below budget.maxAmount {asked}"


def _service(facts: JobFacts) -> int:
    if facts.record is not None:
        return facts.record.service
    product = facts.references.product
    return (product.service_id or 0) if product is not None else 0


def _missing(credit: Credit) -> OrderObjection:
    message = f"jobs on this credit line need an order that {credit.order_signer} has signed, and this one has none"
    return OrderObjection(Reason.ORDER_MISSING, f"{message}: {_SIGN}")


def _used(holder: Twin) -> OrderObjection:
    message = f"{holder.name} has used this order, and an order is good for one job"
    return OrderObjection(Reason.ORDER_USED, f"{message}: {_SIGN}")


def _refuse(draft: Draft, objection: OrderObjection) -> JobDecision:
    status = draft.refused(objection.reason, objection.message).finish()
    return JobDecision(status, wake_ms=draft.facts.now_ms + LOOK_AGAIN_MS)
