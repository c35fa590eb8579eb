"""`hansa logs`: what a job printed, from the hub's gateway; followed while it runs."""

import sys
from collections.abc import Callable
from functools import partial

from hansa_cli.cluster.client import Cluster, Manifest
from hansa_cli.cluster.hansa_kinds import AIJOBS, read_one
from hansa_cli.following import awaits_attempt, watch_attempt
from hansa_cli.gateway import log_address, read_log
from hansa_cli.job_view import attempts_of, is_over, is_refused, reason_of
from hansa_cli.problem import ExitCode, Problem
from hansa_cli.screen import ERR, Steps


def show_logs(name: str, *, namespace: str | None, follow: bool, attempt: int | None) -> None:
    """Write a job's log to standard output; one that is followed is waited for, and goes on in the next attempt."""
    cluster = Cluster.current()
    look = partial(read_one, cluster, AIJOBS, namespace or cluster.access.namespace, name)
    if not follow or attempt is not None:
        _show(look, look(), attempt, follow=follow)
        return
    job = _await_attempt(look, 0)
    latest = max(0, attempts_of(job) - 1)
    _show(look, job, latest, follow=True)
    while attempts_of(job := _await_attempt(look, latest + 1)) > latest + 1:
        latest += 1
        ERR.print(f"attempt {latest} of {name}:", markup=False)
        _show(look, job, latest, follow=True)


def _await_attempt(look: Callable[[], Manifest], index: int) -> Manifest:
    job = look()
    if not awaits_attempt(job, index):
        return job
    with Steps(ERR) as steps, steps.step("attempt", f"{job['metadata']['name']}: until attempt {index} begins") as note:
        return watch_attempt(look, note.say, index)


def _show(look: Callable[[], Manifest], job: Manifest, attempt: int | None, *, follow: bool) -> None:
    printed = 0
    for chunk in read_log(log_address(log_uri(job, attempt), follow=follow, attempt=attempt)):
        printed += sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()
    if not printed:
        ERR.print(explain_silence(look(), attempt), markup=False)


def log_uri(job: Manifest, attempt: int | None) -> str:
    """Return where a job's logs are; raises Problem when it never ran, or had no such attempt."""
    name, attempts = job["metadata"]["name"], attempts_of(job)
    uri = ((job.get("status") or {}).get("logs") or {}).get("uri")
    if not uri:
        raise _never_ran(job)
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


def _never_ran(job: Manifest) -> Problem:
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
