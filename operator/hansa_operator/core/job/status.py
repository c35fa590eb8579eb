"""Build an AIJob's status: conditions, usage, phase. One draft becomes one write."""

from dataclasses import dataclass, replace
from typing import Any, Self

from hansa_operator.api.aijob import AIJobStatus, AttemptStatus, Usage
from hansa_operator.api.aijob_reasons import DECISIVE, PROGRESS
from hansa_operator.api.meta import Condition
from hansa_operator.core.clock import rfc3339
from hansa_operator.core.conditions import drop_condition, find_condition, is_true, set_condition
from hansa_operator.core.job.duration import seen_running
from hansa_operator.core.job.facts import JobFacts
from hansa_operator.ports.ledger import AttemptRecord, EntryState
from hansa_protocol.units import Wei, format_amount

KEPT_ATTEMPTS = 3
EXCERPT = 512
CONDITIONS = ("Admitted", "Placed", "Running", "Complete", "Failed", "Settled", "Reconciling", "Stalled")
"""All that an AIJob has, in the order in which they are shown."""
ENDING = ("Stopping", "Finished")
"""Reasons for which an attempt runs no more, and holds its capacity still."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Carry a status that is being decided."""

    facts: JobFacts
    status: AIJobStatus

    @classmethod
    def of(cls, facts: JobFacts) -> Self:
        """Start from the status that the job has."""
        status = facts.status.model_copy(
            update={"observed_generation": facts.job.metadata.generation, "job_id": facts.job_id}
        )
        return cls(facts, status)

    def set(self, **fields: Any) -> "Draft":
        """Return the draft with these status fields."""
        return replace(self, status=self.status.model_copy(update=fields))

    def condition(self, kind: str, status: bool | None, reason: str, message: str) -> "Draft":
        """Return the draft with this condition; its transition is told from the status that the job has."""
        before = find_condition(self.facts.status.conditions, kind)
        others = drop_condition(self.status.conditions, kind)
        conditions = set_condition(
            others if before is None else (*others, before),
            kind,
            status,
            reason,
            message[:EXCERPT],
            now=rfc3339(self.facts.now_ms),
            generation=self.facts.job.metadata.generation or 0,
        )
        return self.set(conditions=conditions)

    def without(self, *kinds: str) -> "Draft":
        """Return the draft without these conditions."""
        return self.set(conditions=drop_condition(self.status.conditions, *kinds))

    def stalled(self, reason: str, message: str) -> "Draft":
        """Return the draft of a job that waits for a person."""
        return self.without("Reconciling").condition("Stalled", True, reason, message)

    def refused(self, reason: str, message: str) -> "Draft":
        """Return the draft of a job that is not admitted, and waits for a person."""
        return self.condition("Admitted", False, reason, message).stalled(reason, message)

    def attempt(self, attempt: AttemptRecord) -> "Draft":
        """Return the draft with this attempt as it is now; the latest one is current, those before it are recent."""
        shown = (*self.status.recent_attempts, *filter(None, (self.status.current_attempt,)))
        known = {one.index: one for one in shown} | {attempt.attempt: describe_attempt(self.facts, attempt)}
        *recent, current = (known[index] for index in sorted(known))
        return self.set(
            attempts=current.index + 1, current_attempt=current, recent_attempts=tuple(recent[-KEPT_ATTEMPTS:])
        )

    def finish(self) -> AIJobStatus:
        """Return the status with its derived phase and usage."""
        known = (find_condition(self.status.conditions, kind) for kind in CONDITIONS)
        draft = self.set(conditions=tuple(filter(None, known)), usage=describe_usage(self.facts, self.status))
        return draft.set(phase=phase_of(draft.status), reason=reason_of(draft.status)).status


def describe_attempt(facts: JobFacts, attempt: AttemptRecord) -> AttemptStatus:
    """Return an attempt as people see it."""
    report = None if attempt.open else facts.report(attempt)
    credit = facts.references.credit
    return AttemptStatus(
        index=attempt.attempt,
        provider=attempt.provider,
        cluster=f"{attempt.namespace}/{attempt.provider}",
        submission_id=attempt.submission_id,
        # What is learnt while it runs (receipts, the report) is no transition, and brings no write.
        start_time=rfc3339(report.start_ms) if report else seen_running(facts, attempt),
        end_time=rfc3339(attempt.ended_ms) if attempt.ended_ms else None,
        outcome=None if attempt.open else attempt.outcome.value,
        message=attempt.message[:EXCERPT] or None,
        unit_price=format_amount(Wei(attempt.unit_price), credit.decimals) if credit else None,
        exit_reason=report.reason if report else None,
    )


def accrued_debit(facts: JobFacts) -> int:
    """Return what the job has cost so far in wei: its sealed slices, and its work that is not sealed yet."""
    sealed = sum(entry.debit for entry in facts.account.entries)
    return sealed + sum(one.split.debit for one in facts.open_slices)


def describe_usage(facts: JobFacts, status: AIJobStatus) -> Usage | None:
    """Return the usage: what is sealed, and all of the attempts that have ended; nothing periodic is written."""
    entries, credit = facts.account.entries, facts.references.credit
    shown = status.current_attempt
    current = shown.index if shown is not None and shown.outcome is None else None
    unsealed = [one for one in facts.open_slices if one.attempt.attempt != current]
    begun = entries or unsealed or status.usage or (current is None and facts.receipts)
    if credit is None or not begun:
        return status.usage
    used = sum(entry.gpu_milliseconds for entry in entries) + sum(one.gpu_milliseconds for one in unsealed)
    sealed = sum(entry.debit for entry in entries)
    settled = sum(entry.debit for entry in entries if entry.state is EntryState.FINALIZED)
    amount = sealed + sum(one.split.debit for one in unsealed)
    return Usage(
        gpu_milliseconds=used,
        through_epoch=max((entry.batch_epoch for entry in entries), default=None),
        amount=format_amount(Wei(amount), credit.decimals),
        sealed_amount=format_amount(Wei(sealed), credit.decimals),
        settled_amount=format_amount(Wei(settled), credit.decimals),
    )


def is_over(status: AIJobStatus) -> bool:
    """Return whether the job has ended for good."""
    return is_true(status.conditions, "Complete") or is_true(status.conditions, "Failed")


def phase_of(status: AIJobStatus) -> str:
    """Return the one word that people see; nothing decides on it."""
    conditions = status.conditions
    running = find_condition(conditions, "Running")
    placed = find_condition(conditions, "Placed")
    if is_true(conditions, "Complete"):
        return "Succeeded"
    if is_true(conditions, "Failed"):
        return "Failed"
    if is_true(conditions, "Stalled"):
        return "Stalled"
    if running is not None and running.reason == "Suspended":
        return "Suspended"
    if placed is not None and placed.status == "True":
        return _placed_phase(running)
    return "Queued" if is_true(conditions, "Admitted") else "Pending"


def reason_of(status: AIJobStatus) -> str | None:
    """Return the reason that matters most now; it goes with the phase, and nothing decides on it."""
    known = {one.type: one for one in status.conditions}
    decisive = (known[kind].reason for kind in DECISIVE if is_true(status.conditions, kind))
    return next(decisive, next((known[kind].reason for kind in PROGRESS if kind in known), None))


def _placed_phase(running: Condition | None) -> str:
    if running is not None and running.reason in ENDING:
        return "Running"
    return {"True": "Running", "Unknown": "Unknown"}.get(running.status if running else "", "Starting")
