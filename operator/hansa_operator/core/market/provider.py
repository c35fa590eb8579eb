"""Provider: whether jobs can be placed there: approval, bond and key, heartbeats, announced absences."""

from collections.abc import Iterable
from dataclasses import dataclass

from hansa_operator.api.provider import InventoryItem, ProviderStatus
from hansa_operator.api.provider import ProviderReason as Reason
from hansa_operator.core.clock import parse_rfc3339
from hansa_operator.core.draft import StatusDraft
from hansa_operator.core.market.guarantee import RaiseGuarantee, judge_guarantee, raise_guarantee
from hansa_operator.core.market.provider_bond import describe_wrong_key, judge_bond, show_bond
from hansa_operator.core.market.provider_facts import Finding, ProviderFacts
from hansa_operator.core.notices import Notice
from hansa_operator.ports.intake import GpuInventory

__all__ = ["ProviderDecision", "ProviderFacts", "decide_provider"]

SUSPECT_MS = 6_000
"""Silence after which nobody knows whether the provider is there."""
DARK_MS = 20_000
"""Silence after which it counts as away."""
LOOK_MS = 5_000
MOST_MODELS = 32

Draft = StatusDraft[ProviderStatus]


@dataclass(frozen=True, slots=True)
class ProviderDecision:
    """State the status, what to send, what to tell people, and when to look again (unix ms)."""

    status: ProviderStatus
    action: RaiseGuarantee | None = None
    notices: tuple[Notice, ...] = ()
    wake_ms: int | None = None


def decide_provider(facts: ProviderFacts) -> ProviderDecision:
    """Decide about a provider; deciding again on what it leads to changes nothing."""
    draft = StatusDraft.of(facts.provider.status or ProviderStatus(), facts.provider.metadata, facts.now_ms)
    draft = _take_inventory(facts, draft).set(bond=show_bond(facts, draft.status.bond))
    findings = (_approved(facts), judge_bond(facts), _reachable(facts), _schedulable(facts))
    for finding in findings:
        draft = draft.condition(finding.kind, finding.status, finding.reason, finding.message)
    draft = _conclude(facts, _show_guarantee(facts, draft), findings)
    news = (*draft.ready_news(), *draft.news("Guaranteed", warning=facts.refused is not None))
    return ProviderDecision(draft.status, raise_guarantee(facts, eligible=_is_eligible(facts)), news, _wake(facts))


def _is_eligible(facts: ProviderFacts) -> bool:
    """Return whether the hub sets anything aside: for whom an admin let in, with a bond, and not on its way out."""
    leaving = facts.provider.metadata.deletion_timestamp is not None
    return bool(_approved(facts).status and judge_bond(facts).status) and not leaving


def _show_guarantee(facts: ProviderFacts, draft: Draft) -> Draft:
    """Say what the hub guarantees; jobs are placed whatever it is: a provider decides what it works for."""
    state, finding = facts.first_state, judge_guarantee(facts, eligible=_is_eligible(facts))
    if state is not None:
        draft = draft.set(guaranteed=facts.tokens(state.guaranteed) if finding is not None else None)
    if finding is None:
        return draft.without("Guaranteed")
    return draft.condition(finding.kind, finding.status, finding.reason, finding.message)


def _conclude(facts: ProviderFacts, draft: Draft, findings: Iterable[Finding]) -> Draft:
    """Set Ready to the first finding that says no, else to the first that is not known, else to True."""
    wrong_key = describe_wrong_key(facts)
    if wrong_key:
        return draft.stalled(Reason.WRONG_KEY, wrong_key)
    if facts.states is not None:
        draft = draft.without("Stalled")
    failed = sorted((one for one in findings if not one.status), key=lambda one: one.status is None)
    first = failed[0] if failed else Finding("Ready", True, Reason.OPEN, "jobs can be placed")
    return draft.condition("Ready", first.status, first.reason, first.message)


def _approved(facts: ProviderFacts) -> Finding:
    if facts.provider.spec.approved:
        return Finding("Approved", True, Reason.APPROVED, "an admin approved it")
    if not facts.approval_needed:
        return Finding("Approved", True, Reason.NOT_REQUIRED, "its pools ask for a bond only")
    message = "not approved: an admin must set spec.approved to true before jobs are placed"
    return Finding("Approved", False, Reason.NOT_APPROVED, message)


def _reachable(facts: ProviderFacts) -> Finding:
    last = facts.last_beat_ms
    if last is not None and facts.now_ms < last + SUSPECT_MS:
        return Finding("Reachable", True, Reason.HEARTBEATING, "its agent reports")
    silent_since = facts.started_ms if last is None else last
    if facts.now_ms < silent_since + DARK_MS:
        return Finding("Reachable", None, Reason.SUSPECT, "its agent has not been heard for some seconds")
    message = "its agent is silent: start it there, and let it reach the hub's gateway"
    return Finding("Reachable", False, Reason.DARK, message)


def _schedulable(facts: ProviderFacts) -> Finding:
    if facts.provider.metadata.deletion_timestamp is not None:
        return Finding("Schedulable", False, Reason.DRAINING, "the Provider is being deleted: it gets no new jobs")
    if not _approved(facts).status:
        return Finding("Schedulable", False, Reason.CORDONED, "it gets no jobs until an admin approves it")
    for window in facts.provider.spec.maintenance:
        if parse_rfc3339(window.start) <= facts.now_ms < parse_rfc3339(window.end):
            message = f"in maintenance until {window.end}: it gets no new jobs"
            return Finding("Schedulable", False, Reason.MAINTENANCE, message)
    return Finding("Schedulable", True, Reason.OPEN, "it takes new jobs")


def _take_inventory(facts: ProviderFacts, draft: Draft) -> Draft:
    if facts.last_beat_ms is None:
        return draft
    inventory = _sum_by_model(facts.inventory)
    if inventory == draft.status.inventory:
        return draft
    return draft.set(inventory=inventory, last_report_time=draft.now)


def _sum_by_model(inventory: Iterable[GpuInventory]) -> tuple[InventoryItem, ...]:
    """Return one item a model, as the list's key demands, with the least memory that one of its GPUs has."""
    by_model: dict[str, list[GpuInventory]] = {}
    for gpus in inventory:
        by_model.setdefault(gpus.model, []).append(gpus)
    items = (
        InventoryItem(
            gpu_model=model,
            count=sum(one.count for one in same),
            memory_bytes=min((one.memory_bytes for one in same if one.memory_bytes), default=None),
        )
        for model, same in by_model.items()
    )
    return tuple(items)[:MOST_MODELS]


def _wake(facts: ProviderFacts) -> int:
    """Return the next moment at which time alone can change something, at most `LOOK_MS` ahead."""
    windows = [parse_rfc3339(at) for window in facts.provider.spec.maintenance for at in (window.start, window.end)]
    last = facts.last_beat_ms
    beats = [facts.started_ms + DARK_MS] if last is None else [last + SUSPECT_MS, last + DARK_MS]
    latest = facts.now_ms + LOOK_MS
    return min(at for at in (latest, *windows, *beats) if at > facts.now_ms)
