"""Look at the spool: which attempts run, until when, and how they ended."""

from pathlib import Path

from hansa_jobs.agent.clock import HubClock
from hansa_jobs.agent.outbox import Attempt
from hansa_jobs.runner.reasons import COMPLETED, RUN_TIME_EXCEEDED, STOPPED
from hansa_jobs.runner.spool import Report, is_alive, read_report, read_run
from hansa_jobs.wire import Terms
from hansa_protocol.eip712 import ReceiptOutcome


def meet(folder: Path, terms: Terms, clock: HubClock) -> Attempt | None:
    """Return a new attempt whose runner has started, or None."""
    run = read_run(folder)
    if run is None:
        return None
    start = min(clock.of_local(run.start_ms), clock.now())
    return look(folder, Attempt(terms=terms, from_ms=start, alive_ms=start + 1, claimed_ms=start), clock)


def look(folder: Path, attempt: Attempt, clock: HubClock) -> Attempt:
    """Return the attempt as it is now: a report ends it, and so does a runner that is no more."""
    if attempt.ended:
        return attempt
    now = clock.now()
    run, alive = read_run(folder), False
    if run is not None:
        alive = is_alive(run)
    report = read_report(folder)
    if report is not None:
        end = min(clock.of_local(report.end_ms), now)
        return attempt.model_copy(update={"alive_ms": max(attempt.alive_ms, end), "ended": True})
    if alive:
        return attempt.model_copy(update={"alive_ms": max(attempt.alive_ms, now)})
    return attempt.model_copy(update={"ended": True})


def report_of(folder: Path, attempt: Attempt) -> Report:
    """Return the runner's report; a runner that was killed left none, so the agent says what it saw."""
    report = read_report(folder)
    if report is not None:
        return report
    message = "the runner vanished without a report: it was killed, or its machine was restarted"
    return Report(None, "Lost", message, attempt.from_ms, attempt.alive_ms, "0x" + "0" * 64, 0)


def outcome_of(report: Report) -> ReceiptOutcome:
    """Return the outcome that a final receipt states."""
    if report.reason == COMPLETED:
        return ReceiptOutcome.SUCCEEDED
    return ReceiptOutcome.STOPPED if report.reason in (STOPPED, RUN_TIME_EXCEEDED) else ReceiptOutcome.FAILED
