"""What a job's credit line can carry now."""

from dataclasses import replace

from hansa_operator.api.credit_line import CreditLine
from hansa_operator.api.hub import VaultRef
from hansa_operator.core.conditions import find_condition, is_true
from hansa_operator.core.credit.headroom import Commitments, Holding, sum_commitments, usable_credit
from hansa_operator.core.job.facts import Credit
from hansa_operator.ports.ledger import JobRecord
from hansa_operator.reconcile.world import World
from hansa_protocol.identity import respell_address


async def observe_credit(world: World, line: CreditLine | None, record: JobRecord | None, job_id: str) -> Credit | None:
    """Return a job's credit: by its line, or by its own record when the line is gone; None when there is neither."""
    if line is None:
        return await _by_record(world, record) if record is not None else None
    terms = line.spec.authorization
    customer, vault = respell_address(terms.customer), respell_address(terms.vault)
    token = world.hub.vaults.get(vault)
    if token is None:
        return Credit(customer, vault, 18, "", False, "it is for a vault that this hub does not serve", 0)
    state = await world.credits.read(customer, vault, world.epoch())
    if state is None:
        return _unready(customer, vault, token, "the chain does not answer")
    usable = usable_credit(state, _commitments(world, customer, vault, job_id))
    status = line.status
    if status is not None and is_true(status.conditions, "Ready"):
        return Credit(customer, vault, token.decimals, token.symbol, True, "", usable, state.order_signer)
    known = status.conditions if status else ()
    found = find_condition(known, "Ready")
    why = found.message if found is not None else "it was not looked at yet"
    unready = _unready(customer, vault, token, why)
    return replace(unready, lapsed=state.cap == 0, stalled=is_true(known, "Stalled"))


def recount(world: World, credit: Credit, job_id: str) -> Credit:
    """Return a job's credit with what others have promised or used by now; call it while nobody else places."""
    state = world.credits.last(credit.customer, credit.vault, world.epoch())
    if state is None or not credit.ready:
        return credit
    usable = usable_credit(state, _commitments(world, credit.customer, credit.vault, job_id))
    return replace(credit, usable=usable)


def _commitments(world: World, customer: str, vault: str, job_id: str) -> Commitments:
    totals, party = world.totals.fresh(world.clock()), (customer, vault)
    used, reserved = totals.used.get(party, {}), world.desk.reserved(customer, vault)
    held = {job: replace(used.get(job, Holding()), reserved=reserved.get(job, 0)) for job in {job_id, *used, *reserved}}
    others = (holding for job, holding in held.items() if job != job_id)
    return sum_commitments(held[job_id], others, sealed=totals.sealed[party])


async def _by_record(world: World, record: JobRecord) -> Credit:
    state = await world.credits.read(record.customer, record.vault, world.epoch())
    gone = _unready(record.customer, record.vault, world.hub.vaults[record.vault], "its CreditLine is gone")
    return replace(gone, lapsed=state is not None and state.cap == 0)


def _unready(customer: str, vault: str, token: VaultRef, why: str) -> Credit:
    return Credit(customer, vault, token.decimals, token.symbol, False, why, 0)
