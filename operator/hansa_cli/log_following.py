"""Follow a job's log: from before it runs, over what breaks off meanwhile, through its attempts, to its end."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from hansa_cli.cluster.client import Manifest
from hansa_cli.following import LOOK_SECONDS, NOBODY_LOOKED, awaits_attempt, told_of
from hansa_cli.gateway import GatewaySilent
from hansa_cli.job_log import explain_silence, never_ran
from hansa_cli.job_view import attempts_of, has_ended, reason_of
from hansa_cli.problem import ExitCode, Problem
from hansa_cli.screen import busy

PATIENCE_SECONDS = 60.0
"""So long the gateway or the Kubernetes API may be away, as they are while they restart."""


@dataclass(slots=True)
class LogFollower:
    """Hold where a job is looked at, an attempt's log read from an offset, and where bytes and remarks go."""

    look: Callable[[], Manifest]
    read: Callable[[Manifest, int, int], Iterator[bytes]]
    write: Callable[[bytes], object]
    tell: Callable[[str], object]
    patience: float = PATIENCE_SECONDS
    _uid: str = field(default="", init=False)
    _away_since: float | None = field(default=None, init=False)

    def follow(self) -> None:
        """Write the log of the latest attempt, or the first, and of those after it; raises Problem."""
        job = self._begin()
        name, first = job["metadata"]["name"], max(0, attempts_of(job) - 1)
        index = first
        while (found := self._await(name, index)) is not None and attempts_of(found) > index:
            if index > first:
                self.tell(f"attempt {index} of {name}:")
            self._print(found, index)
            index += 1
        if found is not None and not attempts_of(found):
            raise never_ran(found)
        self.tell(told_of(found) if found is not None else f"{name} was deleted")

    def follow_one(self, attempt: int) -> None:
        """Write one attempt's log; raises Problem."""
        self._print(self._begin(), attempt)

    def _begin(self) -> Manifest:
        job = self.look()
        self._uid = job["metadata"]["uid"]
        return job

    def _print(self, job: Manifest, index: int) -> None:
        """Write an attempt's log to its end; a stream may break off before, and is taken up where it was."""
        offset, last = 0, False
        while True:
            try:
                for chunk in self.read(job, index, offset):
                    # An answer that has begun is one, also when nothing is printed.
                    self._away_since = None
                    self.write(chunk)
                    offset += len(chunk)
            except GatewaySilent:
                continue
            except Problem as problem:
                self._bear(problem)
                continue
            seen = self._look()
            if last or seen is None:
                break
            # Once more when it has ended: the stream may have broken off before that.
            last = has_ended(seen, index)
            time.sleep(0 if last else LOOK_SECONDS)
        if not offset:
            self.tell(explain_silence(seen or job, index))

    def _await(self, name: str, index: int) -> Manifest | None:
        """Return the job once it has begun the attempt, or will not; None when it is gone."""
        with busy(f"{name}: waiting for attempt {index}") as say:
            while (job := self._look()) is not None and awaits_attempt(job, index):
                say(reason_of(job)[0] or NOBODY_LOOKED)
                time.sleep(LOOK_SECONDS)
        return job

    def _look(self) -> Manifest | None:
        """Return the job, or None when it is gone; another of its name is not it."""
        while True:
            try:
                job = self.look()
            except Problem as problem:
                if problem.code is ExitCode.NOT_FOUND:
                    return None
                self._bear(problem)
                continue
            self._away_since = None
            return job if job["metadata"]["uid"] == self._uid else None

    def _bear(self, problem: Problem) -> None:
        """Wait a moment for a server that may come back; raises Problem when it has been away for too long."""
        now = time.monotonic()
        self._away_since = now if self._away_since is None else self._away_since
        if problem.code is not ExitCode.UNREACHABLE or now - self._away_since > self.patience:
            raise problem
        time.sleep(LOOK_SECONDS)
