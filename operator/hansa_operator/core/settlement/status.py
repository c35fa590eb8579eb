"""What a Settlement's status tells: its parts with their transactions, its conditions, its phase."""

from collections.abc import Sequence

from hansa_operator.api.settlement import PartStatus, SettlementStatus, TransactionStatus
from hansa_operator.api.settlement import SettlementReason as Reason
from hansa_operator.core.clock import rfc3339
from hansa_operator.core.conditions import find_condition, is_true
from hansa_operator.core.draft import StatusDraft
from hansa_operator.core.settlement.parts import OVER, POSTED, Limits, PartFacts, Stage
from hansa_operator.core.transactions import Sent
from hansa_protocol.units import Wei, format_amount

Draft = StatusDraft[SettlementStatus]


def describe_parts(
    draft: Draft, parts: Sequence[PartFacts], stages: Sequence[Stage], limits: Limits, decimals: int
) -> Draft:
    """Return the draft with its parts as they are now, those that could not be read as they were."""
    shown = zip(parts, stages, shown_parts(draft.status, len(parts)), strict=True)
    return draft.set(parts=[_show(part, stage, known, limits, decimals) for part, stage, known in shown])


def shown_parts(status: SettlementStatus, count: int) -> tuple[PartStatus, ...]:
    """Return the parts that a status shows, empty ones for those that it does not show yet."""
    return (*status.parts, *(PartStatus() for _ in range(count - len(status.parts))))[:count]


def _show(part: PartFacts, stage: Stage, known: PartStatus, limits: Limits, decimals: int) -> PartStatus:
    shown = known.model_copy(
        update={"post": _show_sent(part.post, known.post), "finalize": _show_sent(part.finalize, known.finalize)}
    )
    if stage is Stage.UNKNOWN:
        return shown
    end = limits.window_end(part.state)
    if part.state is None or end is None:
        return shown.model_copy(update={"shortfall": None, "window_ends_at": None})
    shortfall = format_amount(Wei(part.state.shortfall), decimals)
    return shown.model_copy(update={"shortfall": shortfall, "window_ends_at": rfc3339(end * 1000)})


def _show_sent(sent: Sent | None, known: TransactionStatus | None) -> TransactionStatus | None:
    if sent is None:
        return known
    record, view = sent.record, sent.view
    block = view.block if view is not None else None
    if block is None and known is not None and known.hash == record.tx_hash:
        block = known.block
    first = known.sent_at if known is not None and known.sent_at else rfc3339(record.sent_ms)
    return TransactionStatus(
        hash=record.tx_hash, nonce=record.nonce, block=block, sent_at=first, attempts=record.attempts
    )


def describe_progress(draft: Draft, parts: Sequence[PartFacts], stages: Sequence[Stage], limits: Limits) -> Draft:
    """Return the draft with the conditions Posted, WindowClosed and Finalized; all stay while a part is unknown."""
    if Stage.UNKNOWN in stages:
        return draft
    return _finalized(_window(_posted(draft, parts, stages, limits), parts, stages, limits), stages)


def _posted(draft: Draft, parts: Sequence[PartFacts], stages: Sequence[Stage], limits: Limits) -> Draft:
    count = len(stages)
    missed = [str(number) for number, stage in enumerate(stages) if stage is Stage.MISSED]
    if missed:
        by = rfc3339(limits.last_post * 1000)
        message = f"not posted by {by}: part {', '.join(missed)} of {count}; it charges nobody, a later epoch does"
        return draft.condition("Posted", False, Reason.DEADLINE_MISSED, message)
    if all(part.state is not None and part.state.posted_finalized for part in parts):
        return draft.condition("Posted", True, Reason.FINALIZED, f"all parts are posted for good: {count}")
    posted = sum(stage in POSTED for stage in stages)
    progress = f"{posted} of {count} parts are posted"
    if _is_reorged(draft, stages):
        message = f"the chain took a post back; it is sent again while there is time: {progress}"
        return draft.condition("Posted", False, Reason.REORGED, message)
    if posted == count:
        return draft.condition("Posted", False, Reason.MINED, f"{progress}; their blocks are not final yet")
    if posted or any(part.post is not None for part in parts):
        return draft.condition("Posted", False, Reason.BROADCAST, progress)
    return draft


def _is_reorged(draft: Draft, stages: Sequence[Stage]) -> bool:
    """Return whether a post that was in a block, or a final one, is not there any more; said until all are final."""
    before = draft.before
    told = find_condition(before.conditions, "Posted")
    if told is not None and (told.status == "True" or told.reason == Reason.REORGED):
        return True
    known = shown_parts(before, len(stages))
    return any(
        stage is Stage.UNPOSTED and shown.window_ends_at is not None for stage, shown in zip(stages, known, strict=True)
    )


def _window(draft: Draft, parts: Sequence[PartFacts], stages: Sequence[Stage], limits: Limits) -> Draft:
    if Stage.UNPOSTED in stages or not any(stage in POSTED for stage in stages):
        return draft.without("WindowClosed")
    if Stage.MINED in stages or Stage.WINDOW in stages:
        ends = (limits.window_end(part.state) for part in parts)
        last = rfc3339(max(end for end in ends if end is not None) * 1000)
        return draft.condition("WindowClosed", False, Reason.WINDOW_OPEN, f"credits are paid after {last}")
    return draft.condition("WindowClosed", True, Reason.WINDOW_CLOSED, "nothing more can be challenged before payment")


def _finalized(draft: Draft, stages: Sequence[Stage]) -> Draft:
    paid = stages.count(Stage.PAID)
    if not paid or not OVER.issuperset(stages):
        return draft
    if paid < len(stages):
        message = f"the credits of {paid} of {len(stages)} parts are paid; the others were not posted in time"
        return draft.condition("Finalized", True, Reason.PARTIALLY_APPLIED, message)
    return draft.condition("Finalized", True, Reason.CREDITS_APPLIED, "all credits are paid")


def phase_of(status: SettlementStatus, stages: Sequence[Stage]) -> str:
    """Return the one word that people see; nothing decides on it."""
    if is_true(status.conditions, "Stalled"):
        return "Stalled"
    if Stage.UNKNOWN in stages:
        return status.phase or "Posting"
    if OVER.issuperset(stages):
        return "Finalized" if Stage.PAID in stages else "Missed"
    for stage, word in _WORDS:
        if stage in stages:
            return word
    return "Finalizing"


_WORDS = ((Stage.UNPOSTED, "Posting"), (Stage.MINED, "Posted"), (Stage.WINDOW, "Window"))
