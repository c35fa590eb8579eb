"""Reconcile CreditLines: relay what the customer signed, and tell how it stands."""

from functools import partial

from hansa_operator.api.credit_line import CreditLine
from hansa_operator.api.hub import Hub
from hansa_operator.core.credit.line import CreditLineFacts, OpenLine, decide_credit_line
from hansa_operator.core.credit.signed_line import SignedLine, read_line
from hansa_operator.ports.chain import ChainUnreachable, CreditState
from hansa_operator.ports.kube import ObjectRef
from hansa_operator.reconcile.status import tell, write_status
from hansa_operator.reconcile.transactions import Purpose, observe_sent, send
from hansa_operator.reconcile.world import World
from hansa_protocol.identity import respell_address

OPEN = "open"


async def reconcile_credit_line(world: World, ref: ObjectRef) -> int | None:
    """Bring one credit line on; returns when to look again (unix ms)."""
    line = world.cache.get(CreditLine, ref.namespace, ref.name)
    if line is None or line.spec.hub_ref.name != world.hub.name or line.metadata.deletion_timestamp is not None:
        return None
    subject = f"line-{line.metadata.uid}"
    state, problem = await _state(world, line)
    decision = decide_credit_line(
        CreditLineFacts(
            line=line,
            hub=world.cache.get(Hub, "", world.hub.name),
            now_ms=world.clock(),
            epoch=world.epoch(),
            epoch_seconds=world.times.epoch_seconds,
            state=state,
            problem=problem,
            duplicate_of=_older_twin(world, line),
            opening=await observe_sent(world, Purpose(subject, 0, OPEN)),
            refused=world.desk.refusals.get(subject),
        )
    )
    for action in decision.actions:
        await _open(world, subject, action)
    await write_status(world, line, decision.status)
    await tell(world, line, decision.notices)
    return decision.wake_ms


async def _open(world: World, subject: str, action: OpenLine) -> None:
    how = partial(world.chain.open_line, action.line, action.signature, replaces=action.replaces)
    await send(world, how, Purpose(subject, 0, OPEN))


async def _state(world: World, line: CreditLine) -> tuple[CreditState | None, str]:
    terms = line.spec.authorization
    customer, vault = respell_address(terms.customer), respell_address(terms.vault)
    try:
        return await world.chain.credit(customer, vault, world.epoch()), ""
    except ChainUnreachable as away:
        return None, str(away)


def _older_twin(world: World, line: CreditLine) -> str:
    """Return the name of an older line that the same customer signed for the same vault, or ""."""
    mine = line.spec.authorization
    for other in world.cache.all(CreditLine):
        theirs = other.spec.authorization
        same = (mine.customer.lower(), mine.vault.lower()) == (theirs.customer.lower(), theirs.vault.lower())
        if same and other.spec.hub_ref.name == world.hub.name and _age(other) < _age(line) and _is_signed(world, other):
            return f"{other.metadata.namespace}/{other.metadata.name}"
    return ""


def _is_signed(world: World, line: CreditLine) -> bool:
    """Return whether the customer vouches for a line: anybody can name somebody else in one."""
    hub = world.cache.get(Hub, "", world.hub.name)
    signed = read_line(line, hub, world.times.epoch_seconds) if hub is not None else None
    return isinstance(signed, SignedLine) and signed.by_customer


def _age(line: CreditLine) -> tuple[str, str]:
    return line.metadata.creation_timestamp or "", line.metadata.uid or ""
