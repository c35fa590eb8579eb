"""The life of a job as its Events tell it: what is new in a status, each thing once."""

from collections.abc import Iterator

from hansa_operator.api.aijob import AIJobStatus, AttemptStatus
from hansa_operator.api.aijob_reasons import AIJobReason as Reason
from hansa_operator.api.meta import Condition
from hansa_operator.core.conditions import find_condition, is_true
from hansa_operator.core.notices import Notice
from hansa_operator.ports.ledger import Outcome

PASSING = (Reason.QUEUED, Reason.BOND_EXPOSURE_FULL)
"""Why a job waits where nobody has to do anything about it."""
WAITING = (*PASSING, Reason.CREDIT_EXHAUSTED, Reason.NO_ELIGIBLE_PROVIDER)


def job_news(before: AIJobStatus, after: AIJobStatus) -> tuple[Notice, ...]:
    """Return what people are told of a transition; of one that leads nowhere they are told nothing."""
    tellers = (_ended, _stalled, _admitted, _waiting, _placed, _running, _over, _settled)
    return tuple(notice for tell in tellers for notice in tell(before, after))


def _ended(before: AIJobStatus, after: AIJobStatus) -> Iterator[Notice]:
    known = {one.index for one in _attempts(before) if one.outcome}
    for one in _attempts(after):
        if one.outcome and one.index not in known:
            said = f": {one.message}" if one.message else ""
            text = f"attempt {one.index} on provider {one.provider} ended as {one.outcome}{said}"
            yield Notice("AttemptEnded", text, warning=one.outcome in (Outcome.FAILED, Outcome.LOST))


def _stalled(before: AIJobStatus, after: AIJobStatus) -> Iterator[Notice]:
    now = _new(before, after, "Stalled")
    if now is not None:
        yield Notice(now.reason, now.message, warning=True)


def _admitted(before: AIJobStatus, after: AIJobStatus) -> Iterator[Notice]:
    now = find_condition(after.conditions, "Admitted")
    if now is None or now.status != "True" or is_true(before.conditions, "Admitted"):
        return
    quote = after.quote
    most = f"at most {quote.amount} {quote.token} on {quote.provider}; " if quote is not None else ""
    yield Notice("Admitted", f"{most}{now.message}")


def _waiting(before: AIJobStatus, after: AIJobStatus) -> Iterator[Notice]:
    for kind in ("Admitted", "Placed"):
        now = _new(before, after, kind)
        if now is not None and now.status == "False" and now.reason in WAITING:
            yield Notice(now.reason, now.message, warning=now.reason not in PASSING)


def _placed(before: AIJobStatus, after: AIJobStatus) -> Iterator[Notice]:
    was, now = before.current_attempt, after.current_attempt
    if now is not None and now.outcome is None and (was is None or was.index != now.index):
        token = after.quote.token if after.quote is not None else ""
        price = f"at {now.unit_price} {token} per GPU-hour" if now.unit_price else ""
        yield Notice("Placed", f"attempt {now.index} is placed on provider {now.provider} {price}".rstrip())


def _running(before: AIJobStatus, after: AIJobStatus) -> Iterator[Notice]:
    was, now = find_condition(before.conditions, "Running"), _new(before, after, "Running")
    if now is None or (now.status == "False" and now.reason != Reason.CLUSTER_START_FAILED):
        return
    if now.status != "True":
        yield Notice(now.reason, now.message, warning=True)
    elif was is None or was.status == "False":
        # From Unknown to True it was only out of sight.
        yield Notice("Started", now.message)


def _over(before: AIJobStatus, after: AIJobStatus) -> Iterator[Notice]:
    for kind, told in (("Complete", "Completed"), ("Failed", "Failed")):
        now = _new(before, after, kind)
        if now is not None:
            yield Notice(told, f"{now.reason}: {now.message}", warning=kind == "Failed")


def _settled(before: AIJobStatus, after: AIJobStatus) -> Iterator[Notice]:
    now = _new(before, after, "Settled")
    if now is not None and now.reason == Reason.FINALIZED:
        token = after.quote.token if after.quote is not None else ""
        paid = f": {after.usage.settled_amount} {token}".rstrip() if after.usage is not None else ""
        yield Notice("Settled", f"{now.message}{paid}")


def _new(before: AIJobStatus, after: AIJobStatus, kind: str) -> Condition | None:
    """Return a condition that says something else than before."""
    was, now = (find_condition(one.conditions, kind) for one in (before, after))
    same = was is not None and now is not None and (was.status, was.reason) == (now.status, now.reason)
    return None if same else now


def _attempts(status: AIJobStatus) -> tuple[AttemptStatus, ...]:
    return (*status.recent_attempts, *filter(None, (status.current_attempt,)))
