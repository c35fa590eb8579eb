"""Settlement: post the parts of a sealed batch in order and in time, and pay their credits after the window."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hansa_operator.api.settlement import Settlement, SettlementStatus
from hansa_operator.api.settlement import SettlementReason as Reason
from hansa_operator.core.conditions import find_condition
from hansa_operator.core.draft import StatusDraft
from hansa_operator.core.notices import Notice
from hansa_operator.core.settlement.parts import OVER, POSTED, Limits, PartFacts, Stage, stage_of
from hansa_operator.core.settlement.status import describe_parts, describe_progress, phase_of
from hansa_operator.core.settlement.together import Company, Payable, held_until_ms, passenger, payable
from hansa_operator.core.transactions import Sent, is_due, replaced_nonce
from hansa_operator.ports.chain import ChainTimes

PATIENCE_MS = 10_000
"""How long a transaction may be unknown to the node before it is sent again."""
LOOK_MS = 500
REFUSED_MS = 5_000
_NAMES = {"InsufficientBond": Reason.BOND_TOO_LOW}
"""What the contract's errors are called here where it differs."""

Draft = StatusDraft[SettlementStatus]


@dataclass(frozen=True, slots=True)
class Post:
    """Send a part; `replaces` is the nonce of the try that this one takes the place of.

    `paying` names a settlement of one part whose credits the same transaction pays.
    """

    part: int
    replaces: int | None
    paying: str | None = None


@dataclass(frozen=True, slots=True)
class Finalize:
    """Pay a part's credits; `replaces` is the nonce of the try that this one takes the place of."""

    part: int
    replaces: int | None


@dataclass(frozen=True, slots=True)
class MarkMissed:
    """Record that these parts never reached the chain in time: their work is open again."""

    parts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MarkPaid:
    """Record that every part which was posted is paid for good."""


Write = Post | Finalize
Action = Write | MarkMissed | MarkPaid


@dataclass(frozen=True, slots=True)
class SettlementFacts:
    """Gather everything that the decision about one settlement depends on.

    `parts` are those of the spec, in order; their states name the blocks that they were read at, and only the time of
    those counts for the contract's deadlines. `decimals` are the vault's. `refused` is the reason and the message with
    which the last write was refused, until one goes through. `company` is None while nobody knows of the vault's other
    settlements.
    """

    settlement: Settlement
    now_ms: int
    times: ChainTimes
    decimals: int
    parts: tuple[PartFacts, ...]
    refused: tuple[str, str] | None = None
    company: Company | None = None


@dataclass(frozen=True, slots=True)
class SettlementDecision:
    """State the status, what to do, what to tell people, and when to look again (unix ms; None: all is done).

    `payable` is set while the settlement can be paid with another one's post.
    """

    status: SettlementStatus
    actions: tuple[Action, ...] = ()
    notices: tuple[Notice, ...] = ()
    wake_ms: int | None = None
    payable: Payable | None = None


def decide_settlement(facts: SettlementFacts) -> SettlementDecision:
    """Decide about a settlement; deciding again on what it leads to changes nothing."""
    limits = Limits.of(facts.settlement.spec.epoch, facts.times)
    stages = tuple(stage_of(part, limits) for part in facts.parts)
    held = _held_until_ms(facts, stages, limits)
    writes = () if held is not None else tuple(_writes(facts, stages, limits))
    draft = StatusDraft.of(facts.settlement.status or SettlementStatus(), facts.settlement.metadata, facts.now_ms)
    draft = describe_parts(draft, facts.parts, stages, limits, facts.decimals)
    draft = describe_progress(draft, facts.parts, stages, limits)
    refused = facts.refused if writes else None
    draft = _stall(draft, refused)
    draft = draft.set(phase=phase_of(draft.status, stages))
    wake = None if OVER.issuperset(stages) else _wake(facts, stages, limits, refused=refused is not None, held=held)
    actions = (*writes, *_marks(facts.parts, stages))
    return SettlementDecision(draft.status, actions, _news(draft), wake, _payable(facts, stages, limits, writes))


def _held_until_ms(facts: SettlementFacts, stages: Sequence[Stage], limits: Limits) -> int | None:
    if facts.company is None or len(stages) > 1:
        return None
    return held_until_ms(facts.parts[0], stages[0], limits, facts.company, facts.now_ms)


def _payable(
    facts: SettlementFacts, stages: Sequence[Stage], limits: Limits, writes: Sequence[Write]
) -> Payable | None:
    if writes or len(stages) > 1:
        return None
    return payable(facts.settlement.metadata.name, facts.parts[0], stages[0], limits)


def _writes(facts: SettlementFacts, stages: Sequence[Stage], limits: Limits) -> Iterator[Write]:
    for number, (part, stage) in enumerate(zip(facts.parts, stages, strict=True)):
        in_turn = number == 0 or stages[number - 1] in POSTED
        if stage is Stage.UNPOSTED and in_turn and limits.allow_post(part.state) and _is_due(facts, part.post):
            paying = passenger(part, facts.company.payable) if facts.company and len(stages) == 1 else None
            yield Post(number, replaced_nonce(part.post), paying)
        if stage is Stage.DUE and _is_due(facts, part.finalize):
            yield Finalize(number, replaced_nonce(part.finalize))


def _is_due(facts: SettlementFacts, sent: Sent | None) -> bool:
    return is_due(sent, facts.now_ms, patience_ms=PATIENCE_MS)


def _marks(parts: Sequence[PartFacts], stages: Sequence[Stage]) -> Iterator[MarkMissed | MarkPaid]:
    """Return what is certain for all parts together: which are missed, and that the others are paid."""
    missed = tuple(number for number, stage in enumerate(stages) if stage is Stage.MISSED)
    final = (part.state is not None and part.state.posted_finalized for part in parts)
    if missed and all(stage is Stage.MISSED or there for stage, there in zip(stages, final, strict=True)):
        yield MarkMissed(missed)
    if OVER.issuperset(stages) and Stage.PAID in stages:
        yield MarkPaid()


def _stall(draft: Draft, refused: tuple[str, str] | None) -> Draft:
    if refused is None:
        return draft.without("Stalled")
    reason, message = refused
    return draft.condition("Stalled", True, _NAMES.get(reason, reason), message)


def _news(draft: Draft) -> tuple[Notice, ...]:
    posted, paid = (find_condition(draft.status.conditions, kind) for kind in ("Posted", "Finalized"))
    alarming = posted is not None and posted.reason in (Reason.REORGED, Reason.DEADLINE_MISSED)
    partial = paid is not None and paid.reason == Reason.PARTIALLY_APPLIED
    return (
        *(draft.news("Posted", warning=True) if alarming else ()),
        *draft.news("Finalized", warning=partial),
        *draft.news("Stalled", warning=True),
    )


def _wake(facts: SettlementFacts, stages: Sequence[Stage], limits: Limits, *, refused: bool, held: int | None) -> int:
    """Return when to look again: at the end of the first window when nothing else is under way, else soon."""
    if refused:
        return facts.now_ms + REFUSED_MS
    if held is not None:
        return max(facts.now_ms + LOOK_MS, held)
    if Stage.WINDOW not in stages or any(stage is not Stage.WINDOW and stage not in OVER for stage in stages):
        return facts.now_ms + LOOK_MS
    waiting = (part for part, stage in zip(facts.parts, stages, strict=True) if stage is Stage.WINDOW)
    ends = (limits.window_end(part.state) for part in waiting)
    return max(facts.now_ms + LOOK_MS, min(end * 1000 for end in ends if end is not None))
