"""What the command line tells about AIJobs: pure functions from an object to a line of text."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from hansa_cli.listing import Listing
from hansa_operator.api.aijob_reasons import DECISIVE, PROGRESS

Manifest = Mapping[str, Any]
HEADINGS = ("NAME", "PHASE", "PROVIDER", "ATTEMPTS", "GPU-SECONDS", "COST", "SETTLED", "AGE", "REASON")
NUMBERS = frozenset({"ATTEMPTS", "GPU-SECONDS", "COST", "SETTLED", "AGE"})
SPARE = ("GPU-SECONDS", "SETTLED", "ATTEMPTS", "AGE", "PROVIDER")
DECIMALS = 6
"""Of an amount in a table; what comes after them is not shown, and that is."""


def conditions(thing: Manifest) -> dict[str, Manifest]:
    """Return an object's conditions by type."""
    return {item["type"]: item for item in (thing.get("status") or {}).get("conditions") or ()}


def is_true(thing: Manifest, kind: str) -> bool:
    """Return whether a condition is True."""
    return conditions(thing).get(kind, {}).get("status") == "True"


def reason_of(thing: Manifest) -> tuple[str, str]:
    """Return the reason and message that matter most now."""
    known = conditions(thing)
    for kind in DECISIVE:
        if is_true(thing, kind):
            return known[kind].get("reason", ""), known[kind].get("message", "")
    for kind in PROGRESS:
        if kind in known:
            return known[kind].get("reason", ""), known[kind].get("message", "")
    return "", ""


def attempts_of(job: Manifest) -> int:
    """Return how many attempts have begun."""
    return (job.get("status") or {}).get("attempts") or 0


def has_ended(job: Manifest, attempt: int) -> bool:
    """Return whether an attempt that began is known to have ended."""
    return bool(_current(job, attempt).get("outcome")) or attempts_of(job) > attempt + 1 or is_over(job)


def has_started(job: Manifest, attempt: int) -> bool:
    """Return whether an attempt was seen to run, whatever can be seen of it now."""
    return bool(_current(job, attempt).get("startTime"))


def _current(job: Manifest, attempt: int) -> Manifest:
    """Return what is told of an attempt if it is the current one, else nothing."""
    current = (job.get("status") or {}).get("currentAttempt") or {}
    return current if current.get("index") == attempt else {}


def is_refused(job: Manifest) -> bool:
    """Return whether the job stands refused or stalled as it is."""
    return is_true(job, "Stalled")


def is_over(job: Manifest) -> bool:
    """Return whether the job has ended for good."""
    return is_true(job, "Complete") or is_true(job, "Failed")


def is_settled(job: Manifest) -> bool:
    """Return whether everything that the job owes is final on chain (or it owes nothing)."""
    return is_over(job) and is_true(job, "Settled")


def list_jobs(jobs: Iterable[Manifest], now: datetime, *, with_namespace: bool, exact: bool = False) -> Listing:
    """Return the table of `hansa get`; amounts are cut to fit unless they are to be exact."""
    rows = []
    for job in jobs:
        row = job_row(job, now, exact=exact)
        rows.append((job["metadata"].get("namespace", ""), *row) if with_namespace else row)
    headings = ("NAMESPACE", *HEADINGS) if with_namespace else HEADINGS
    return Listing("", headings, tuple(rows), NUMBERS, spare=SPARE)


def job_row(job: Manifest, now: datetime, *, exact: bool = False) -> tuple[str, ...]:
    """Return one job's line."""
    status = job.get("status") or {}
    usage = status.get("usage") or {}
    attempt = status.get("currentAttempt") or {}
    token = (status.get("quote") or {}).get("token", "")
    return (
        job["metadata"]["name"],
        status.get("phase") or "Pending",
        attempt.get("provider") or "-",
        str(attempts_of(job)),
        gpu_seconds(usage.get("gpuMilliseconds") or 0),
        amount(usage.get("amount"), token, exact=exact),
        amount(usage.get("settledAmount"), token, exact=exact),
        age(job["metadata"].get("creationTimestamp"), now),
        reason_of(job)[0] or "-",
    )


def gpu_seconds(milliseconds: int) -> str:
    """Return GPU-milliseconds as GPU-seconds."""
    return f"{milliseconds // 1000}.{milliseconds % 1000:03d}"


def amount(text: str | None, token: str, *, exact: bool = False) -> str:
    """Return an amount with its token, cut where it is too long for a table; a dash when there is none yet."""
    if not text:
        return "-"
    whole, _, decimals = text.partition(".")
    shown = f"{whole}.{decimals[:DECIMALS]}…" if len(decimals) > DECIMALS and not exact else text
    return f"{shown} {token}".strip()


def age(timestamp: str | None, now: datetime) -> str:
    """Return how long ago something was made, as kubectl shows it."""
    if not timestamp:
        return "-"
    seconds = max(0, int((now - datetime.fromisoformat(timestamp)).total_seconds()))
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "m")):
        if seconds >= 2 * size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def utc_now() -> datetime:
    """Return the time now."""
    return datetime.now(UTC)


def quote_line(job: Manifest) -> str:
    """Return the quote of an admitted job in words, or "" when there is none."""
    quote = (job.get("status") or {}).get("quote") or {}
    if not quote:
        return ""
    token, split = quote.get("token", ""), quote.get("split") or {}
    shares: Sequence[str] = [f"{name} {split[name]}" for name in ("provider", "publisher", "protocol") if name in split]
    return f"at most {quote.get('amount')} {token} on {quote.get('provider')} ({', '.join(shares)})"
