"""Answer the cases against this hub, as long as there is time; what cannot be answered is shown on the Hub."""

from collections.abc import Awaitable, Callable
from functools import partial

import structlog

from hansa_operator.api.hub import HubReason
from hansa_operator.core.clock import rfc3339
from hansa_operator.core.settlement.answers import NO_ROWS, Answer, CaseFacts, Unanswered, decide_answers, leaf_of
from hansa_operator.core.settlement.hub import CasesView
from hansa_operator.core.transactions import is_due, replaced_nonce
from hansa_operator.ports.cases import CaseKind, Cases, OpenCase
from hansa_operator.ports.chain import ChainUnreachable, SentTx
from hansa_operator.ports.kube import ObjectRef
from hansa_operator.ports.ledger import SealState
from hansa_operator.ports.store import StoreError
from hansa_operator.reconcile.transactions import Purpose, observe_sent, send
from hansa_operator.reconcile.world import World
from hansa_protocol.batch import Batch, decode_batch

LOOK_MS = 2_000
PATIENCE_MS = 10_000
OWN = ("case-", "claim-")
"""What the names of cases and of claims begin with."""
How = Callable[..., Awaitable[SentTx]]
log = structlog.get_logger(__name__)


async def reconcile_cases(world: World, ref: ObjectRef) -> int | None:
    """Answer what is open; returns when to look again (unix ms), None where nobody said where challenges are."""
    cases = world.cases
    if cases is None:
        return None
    try:
        await _look(world, cases)
    except ChainUnreachable as away:
        _show(world, CasesView(unknown=(HubReason.CHAIN_UNREACHABLE, str(away))))
    return world.clock() + LOOK_MS


async def _look(world: World, cases: Cases) -> None:
    seen = await cases.open()
    facts = [await _gather(world, cases, case) for case in seen.cases]
    failed: dict[str, Unanswered] = {}
    for one in decide_answers(facts, seen.timestamp):
        if isinstance(one, Answer):
            await _send(world, one.case.key, one.step, partial(cases.answer, one.case, one.batch, one.show))
        else:
            failed[one.case.key] = one
    _forget(world, {case.key for case in seen.cases})
    _show(world, CasesView(len(seen.cases), tuple(map(_describe, failed.values()))))


async def _gather(world: World, cases: Cases, case: OpenCase) -> CaseFacts:
    batch = await _batch(world, case)
    refused = world.desk.refusals.get(case.key, ("", ""))[1]
    leaf = leaf_of(case, batch) if case.kind is CaseKind.ORDER else None
    record = world.books.job("0x" + leaf.job_id.hex()) if leaf is not None else None
    claimed = case.kind is CaseKind.CLAIM and batch is not None
    rows = await cases.rows_of(batch, case.account) if claimed and batch is not None else NO_ROWS
    return CaseFacts(case, batch, record.order if record is not None else None, rows, refused)


async def _batch(world: World, case: OpenCase) -> Batch | None:
    seal = next((one for one in world.books.seals(case.vault) if one.epoch == case.epoch), None)
    if seal is None or seal.state is SealState.MISSED:
        return None
    try:
        return decode_batch(await world.store.blobs.get(seal.batch_digest))
    except StoreError as lost:
        log.error("batch of a case not read", case=case.key, epoch=case.epoch, why=str(lost))
        return None


async def _send(world: World, subject: str, step: int, how: How) -> None:
    """Send what was not sent before, or what nothing came of; the others have their turn when the node is away."""
    purpose = Purpose(subject, step, "answer")
    sent = await observe_sent(world, purpose)
    if not is_due(sent, world.clock(), patience_ms=PATIENCE_MS):
        return
    try:
        await send(world, partial(how, replaces=replaced_nonce(sent)), purpose)
    except ChainUnreachable as away:
        log.warning("answer not sent, tried again", subject=subject, why=str(away))


def _forget(world: World, open_keys: set[str]) -> None:
    """Drop refusals of what is over."""
    for key in [key for key in world.desk.refusals if key.startswith(OWN) and key not in open_keys]:
        del world.desk.refusals[key]


def _describe(one: Unanswered) -> str:
    case = one.case
    until = rfc3339(case.due * 1000)
    return f"{case.kind} of {case.account} about epoch {case.epoch} part {case.part}, due {until}: {one.why}"


def _show(world: World, view: CasesView) -> None:
    """Remember how it stands; the Hub's status says it."""
    before, world.desk.cases = world.desk.cases, view
    for told in view.unanswered:
        if before is None or told not in before.unanswered:
            log.error("a challenge cannot be answered", case=told)
    if view != before:
        world.queue.add(ObjectRef("Hub", "", world.hub.name))
