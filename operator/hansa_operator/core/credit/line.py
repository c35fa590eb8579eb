"""CreditLine: relay the line that the customer signed, and tell whether jobs may be paid from it.

A chain of checks; the first that objects says why, and what to do.
"""

from dataclasses import dataclass

from hansa_operator.api.credit_line import CreditLine, CreditLineStatus, LineBalance
from hansa_operator.api.credit_line import CreditLineReason as Reason
from hansa_operator.api.hub import Hub
from hansa_operator.core.clock import parse_rfc3339, rfc3339
from hansa_operator.core.conditions import is_true
from hansa_operator.core.credit.signed_line import Objection, SignedLine, read_line
from hansa_operator.core.draft import StatusDraft
from hansa_operator.core.notices import Notice
from hansa_operator.core.transactions import Sent, is_due, replaced_nonce
from hansa_operator.ports.chain import CreditState, TxState
from hansa_protocol.eip712 import Line
from hansa_protocol.units import Wei, format_amount

REFERENCE_GRACE_MS = 120_000
PATIENCE_MS = 15_000
"""How long an opening may be unknown to the node before it is sent again."""
OPENING_MS = 2_000
LOOK_MS = 15_000
_SIGN_ANEW = "sign another line, and apply it as another CreditLine in place of this one"

Draft = StatusDraft[CreditLineStatus]


@dataclass(frozen=True, slots=True)
class OpenLine:
    """Relay the customer's line; `replaces` is the nonce of the try that this one takes the place of."""

    line: Line
    signature: bytes
    replaces: int | None


@dataclass(frozen=True, slots=True)
class CreditLineFacts:
    """Gather everything that the decision about one credit line depends on.

    `epoch` is the current one; `state` is None when the chain could not be read, and `problem` says why;
    `duplicate_of` names an older CreditLine of the same customer and vault ("": none); `refused` is the reason and the
    message with which the last opening was refused.
    """

    line: CreditLine
    hub: Hub | None
    now_ms: int
    epoch: int
    epoch_seconds: int
    state: CreditState | None
    problem: str = ""
    duplicate_of: str = ""
    opening: Sent | None = None
    refused: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class CreditLineDecision:
    """State the status, what to send, what to tell people, and when to look again (unix ms)."""

    status: CreditLineStatus
    actions: tuple[OpenLine, ...] = ()
    notices: tuple[Notice, ...] = ()
    wake_ms: int | None = None


def is_usable(status: CreditLineStatus | None) -> bool:
    """Return whether new jobs may be paid from a line with this status."""
    return status is not None and is_true(status.conditions, "Ready")


def decide_credit_line(facts: CreditLineFacts) -> CreditLineDecision:
    """Decide about a credit line; deciding again on what it leads to changes nothing."""
    draft = StatusDraft.of(facts.line.status or CreditLineStatus(), facts.line.metadata, facts.now_ms)
    if facts.hub is None:
        return _look_later(facts, _without_hub(facts, draft))
    signed = read_line(facts.line, facts.hub, facts.epoch_seconds)
    if isinstance(signed, Objection):
        return _look_later(facts, draft.stalled(signed.reason, signed.message))
    if facts.duplicate_of:
        message = f"CreditLine {facts.duplicate_of} is for the same customer and vault: delete one of the two"
        return _look_later(facts, draft.stalled(Reason.DUPLICATE_LINE, message))
    sent_hash = facts.opening.record.tx_hash if facts.opening is not None else draft.status.tx_hash
    draft = draft.set(digest="0x" + signed.digest.hex(), tx_hash=sent_hash)
    if facts.state is None:
        message = f"the chain could not be read, what is shown is as it was: {facts.problem}"
        return _look_later(facts, draft.unknown(Reason.CHAIN_UNREACHABLE, message))
    draft = draft.set(balance=_balance(facts.state, signed, draft.status.balance))
    if facts.state.next_nonce == signed.line.nonce:
        return _open(facts, draft, signed)
    return _look_later(facts, _stand(facts, draft, signed, facts.state))


def _look_later(facts: CreditLineFacts, draft: Draft) -> CreditLineDecision:
    return CreditLineDecision(draft.status, notices=draft.ready_news(), wake_ms=facts.now_ms + LOOK_MS)


def _without_hub(facts: CreditLineFacts, draft: Draft) -> Draft:
    name = facts.line.spec.hub_ref.name
    created = parse_rfc3339(facts.line.metadata.creation_timestamp or "1970-01-01T00:00:00Z")
    if facts.now_ms < created + REFERENCE_GRACE_MS:
        return draft.reconciling(Reason.WAITING_FOR_REFERENCE, f"waiting for Hub {name}")
    message = f"Hub {name} was not found: create it; the line goes on by itself once it is there"
    return draft.stalled(Reason.REFERENCE_NOT_FOUND, message)


def _balance(state: CreditState, signed: SignedLine, known: LineBalance | None) -> LineBalance:
    """Return the balance as it was shown, unless an amount is another: blocks alone are no news."""
    decimals, leaving = signed.vault.decimals, state.pending_withdrawal
    amount = format_amount(Wei(state.balance), decimals)
    withdrawal = format_amount(Wei(leaving), decimals) if leaving else None
    if known is not None and (known.amount, known.pending_withdrawal) == (amount, withdrawal):
        return known
    return LineBalance(amount=amount, pending_withdrawal=withdrawal, at_block=state.stamp.number)


def _open(facts: CreditLineFacts, draft: Draft, signed: SignedLine) -> CreditLineDecision:
    if not signed.by_customer:
        return _look_later(facts, draft.stalled(Reason.SIGNATURE_INVALID, _not_signed(signed)))
    if not is_due(facts.opening, facts.now_ms, patience_ms=PATIENCE_MS):
        return _opening(facts, draft, "its transaction is under way")
    if facts.now_ms // 1000 > signed.line.valid_until:
        message = f"the signature was good for opening the line until {_date(signed.line.valid_until)}: {_SIGN_ANEW}"
        return _look_later(facts, draft.stalled(Reason.EXPIRED, message))
    if facts.epoch >= signed.until_epoch:
        return _look_later(facts, draft.stalled(Reason.EXPIRED, _expired(signed)))
    action = OpenLine(signed.line, signed.signature, replaced_nonce(facts.opening))
    if facts.refused is not None:
        decided = _look_later(facts, draft.stalled(*facts.refused))
        return CreditLineDecision(decided.status, (action,), decided.notices, decided.wake_ms)
    return _opening(facts, draft, _last_try(facts), action)


def _opening(facts: CreditLineFacts, draft: Draft, how: str, *actions: OpenLine) -> CreditLineDecision:
    draft = draft.reconciling(Reason.OPENING, f"the line is being opened on chain: {how}")
    return CreditLineDecision(draft.status, actions, draft.ready_news(), facts.now_ms + OPENING_MS)


def _last_try(facts: CreditLineFacts) -> str:
    view = facts.opening.view if facts.opening is not None else None
    if view is None:
        return "its transaction is being sent"
    if view.state is TxState.REVERTED:
        return f"its transaction is sent again, since the last one reverted: {view.message}"
    return "its transaction is sent again, since the node does not know the last one"


def _not_signed(signed: SignedLine) -> str:
    return (
        f"the signature is not {signed.line.customer}'s over this line for this hub, chain and contract: sign these "
        "fields with that account's key, and apply them as another CreditLine"
    )


def _stand(facts: CreditLineFacts, draft: Draft, signed: SignedLine, state: CreditState) -> Draft:
    """Return how a line stands whose nonce is not the next one: opened, replaced, ended, or signed too far ahead."""
    ours = signed.line.cap_per_epoch
    if state.next_nonce < signed.line.nonce:
        message = f"the line has nonce {signed.line.nonce}, the next one is {state.next_nonce}: sign it with that nonce"
        return draft.stalled(Reason.SIGNATURE_INVALID, message)
    if facts.epoch >= signed.until_epoch:
        return draft.stalled(Reason.EXPIRED, _expired(signed))
    if state.cap and (state.cap, state.until_epoch) == (ours, signed.until_epoch):
        return _active(facts, draft, signed, state)
    if state.next_from_epoch > facts.epoch and state.next_cap == ours > 0:
        begin = state.next_from_epoch
        message = f"the line is opened, and in force from epoch {begin} on: changes take their notice"
        return draft.set(effective_epoch=begin).reconciling(Reason.NOTICE_PENDING, message)
    if state.cap:
        message = f"a later line took the place of this one: apply that one, or {_SIGN_ANEW}"
        return draft.stalled(Reason.REVOKED, message)
    return draft.stalled(Reason.REVOKED, f"the customer ended the line, or voided its signature: {_SIGN_ANEW}")


def _active(facts: CreditLineFacts, draft: Draft, signed: SignedLine, state: CreditState) -> Draft:
    known = draft.status.effective_epoch
    draft = draft.set(effective_epoch=facts.epoch if known is None else known)
    cap = signed.tokens(signed.line.cap_per_epoch)
    if facts.line.spec.paused:
        return draft.unready(Reason.PAUSED, "spec.paused is true: no new jobs; set it to false to go on")
    if state.free_balance == 0:
        message = (
            f"nothing of the balance of {signed.tokens(state.balance)} is left for this line, after withdrawals that "
            f"were asked for and other hubs' lines: deposit {cap} for each epoch that jobs are to run"
        )
        return draft.unready(Reason.BALANCE_TOO_LOW, message)
    return draft.ready(Reason.ACTIVE, f"jobs of this namespace may spend up to {cap} an epoch")


def _expired(signed: SignedLine) -> str:
    return f"the line is over, its last epoch was {signed.until_epoch - 1}: {_SIGN_ANEW}"


def _date(unix_seconds: int) -> str:
    return rfc3339(unix_seconds * 1000)
