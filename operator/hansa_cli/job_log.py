"""Where a job's log is, and what to say where there is none."""

from hansa_cli.cluster.client import Manifest
from hansa_cli.job_view import attempts_of, is_over, is_refused, reason_of
from hansa_cli.problem import ExitCode, Problem


def log_uri(job: Manifest, attempt: int | None) -> str:
    """Return where a job's logs are; raises Problem when it never ran, or had no such attempt."""
    name, attempts = job["metadata"]["name"], attempts_of(job)
    uri = ((job.get("status") or {}).get("logs") or {}).get("uri")
    if not uri:
        raise never_ran(job)
    if attempt is not None and attempt >= attempts:
        had = "attempt 0 alone" if attempts == 1 else f"{attempts}, from 0 to {attempts - 1}"
        raise Problem(
            f"attempt {attempt} is not there: {name} has had {had}", "leave --attempt out", code=ExitCode.NOT_FOUND
        )
    return str(uri)


def explain_silence(job: Manifest, attempt: int | None) -> str:
    """Return what to say of an attempt that printed nothing: how it ended, if it did, as the operator saw it."""
    name, status = job["metadata"]["name"], job.get("status") or {}
    known = [*(status.get("recentAttempts") or ()), status.get("currentAttempt") or {}]
    asked = [one for one in known if one and attempt in (None, one["index"])]
    ended = asked[-1].get("message") if asked else None
    return f"{name} has printed nothing" + (f": {ended}" if ended else "")


def never_ran(job: Manifest) -> Problem:
    """Return why a job has no log."""
    name, (reason, message) = job["metadata"]["name"], reason_of(job)
    why = f"{reason}: {message}" if reason else "the operator has not looked at it yet"
    if is_over(job):
        return Problem(
            f"{name} has no log, it never ran: {why}", "there is nothing to wait for", code=ExitCode.NOT_FOUND
        )
    if is_refused(job):
        remedy = "do what it says; what cannot be changed in a job goes into a new one"
        return Problem(f"{name} has no log, it never ran: {why}", remedy, code=ExitCode.NOT_FOUND)
    return Problem(f"{name} has no log yet: {why}", "try again once it runs", code=ExitCode.NOT_FOUND)
