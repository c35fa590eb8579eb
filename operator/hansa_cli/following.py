"""Follow jobs that were applied: until it is known whether each may run, until an attempt begins, or until the end."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from hansa_cli.cluster.client import Manifest
from hansa_cli.job_view import (
    attempts_of,
    conditions,
    has_ended,
    has_started,
    is_over,
    is_refused,
    is_true,
    quote_line,
    reason_of,
)
from hansa_cli.problem import ExitCode, Problem

LOOK_SECONDS = 0.5
NOBODY_LOOKED = "no operator has looked at it yet"


class Standing(Enum):
    """Tell how a job stands: nobody has looked at it, it waits, it may run, it is refused, it is over."""

    UNSEEN = auto()
    WAITS = auto()
    ADMITTED = auto()
    REFUSED = auto()
    OVER = auto()


@dataclass(frozen=True, slots=True)
class Patience:
    """Say for how many seconds a word of the operator is waited for, and for how many a wait may pass by itself."""

    unseen: float = 60.0
    waits: float = 5.0

    def of(self, standing: Standing) -> float:
        """Return how long a job that stands so is looked at before that is told."""
        return {Standing.UNSEEN: self.unseen, Standing.WAITS: self.waits}.get(standing, 0.0)


def standing_of(job: Manifest) -> Standing:
    """Return how a job stands by its conditions; those of an older generation say nothing about this one."""
    if ((job.get("status") or {}).get("observedGeneration") or 0) < job["metadata"].get("generation", 0):
        return Standing.UNSEEN
    if is_over(job):
        return Standing.OVER
    if is_refused(job):
        return Standing.REFUSED
    if is_true(job, "Admitted"):
        return Standing.ADMITTED
    return Standing.WAITS if reason_of(job)[0] else Standing.UNSEEN


def watch_admission(
    look: Callable[[], Manifest], say: Callable[[str], None], patience: Patience, *, since: float, until: float
) -> Manifest:
    """Look until the job's standing is told soon enough; `since` and `until` as time.monotonic has it."""
    while True:
        job = look()
        now = time.monotonic()
        if now - since >= patience.of(standing_of(job)) or now >= until:
            return job
        say(reason_of(job)[0] or NOBODY_LOOKED)
        time.sleep(LOOK_SECONDS)


def awaits_attempt(job: Manifest, index: int) -> bool:
    """Return whether the attempt of this index does not run yet, and still can."""
    if standing_of(job) in (Standing.OVER, Standing.REFUSED) or has_ended(job, index):
        return False
    return attempts_of(job) <= index or not (is_true(job, "Running") or has_started(job, index))


def watch_end(look: Callable[[], Manifest], say: Callable[[str], None], *, until: float) -> Manifest:
    """Look until the job is over or refused, or the time is up."""
    while True:
        job = look()
        if standing_of(job) in (Standing.OVER, Standing.REFUSED) or time.monotonic() >= until:
            return job
        say(reason_of(job)[0])
        time.sleep(LOOK_SECONDS)


def tell_admission(job: Manifest) -> str:
    """Return what a job costs at most, and why it waits if it does; raises Problem when it will not run as it is."""
    name, (reason, message) = job["metadata"]["name"], reason_of(job)
    waits = f"{name} waits ({reason}): {message}"
    match standing_of(job):
        case Standing.UNSEEN:
            pool = job["spec"]["poolRef"]["name"]
            remedy = (
                f"does the operator of its pool's hub run? see `hansa pool {pool}`; `hansa up` starts one that ended"
            )
            raise Problem(f"no operator has looked at {name} yet", remedy)
        case Standing.WAITS:
            return waits
        case Standing.ADMITTED:
            quote = f"{name}: {quote_line(job) or reason}"
            queued = conditions(job).get("Placed", {}).get("status") == "False"
            return f"{quote}\n{waits}" if queued else quote
        case Standing.REFUSED | Standing.OVER:
            return tell_end(job)


def told_of(job: Manifest) -> str:
    """Return in a line how a job stands."""
    reason, message = reason_of(job)
    return f"{job['metadata']['name']}: {f'{reason}: {message}' if reason else NOBODY_LOOKED}"


def tell_end(job: Manifest) -> str:
    """Return how a job ended; raises Problem when it is not complete."""
    metadata, (reason, message) = job["metadata"], reason_of(job)
    name, where = metadata["name"], f"-n {metadata['namespace']}"
    if is_true(job, "Complete"):
        return told_of(job)
    match standing_of(job):
        case Standing.REFUSED:
            remedy = "change what it says; what cannot be changed in a job goes into a new one"
            raise Problem(f"{name} is refused: {reason}: {message}", remedy, code=ExitCode.REFUSED)
        case Standing.OVER:
            raise Problem(f"{name} did not complete: {reason}: {message}", f"look at `hansa logs {name} {where}`")
        case _:
            still = f"{reason}: {message}" if reason else "no operator has looked at it"
            raise Problem(f"{name} is not over yet: {still}", f"it goes on by itself: see `hansa get {name} {where}`")
