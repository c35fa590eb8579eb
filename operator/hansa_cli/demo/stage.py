"""Play the script: apply the jobs, watch them, delete the one that is to be deleted, until all is settled."""

import time
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from math import inf

import yaml

from hansa_cli.cluster.client import Cluster, Manifest
from hansa_cli.cluster.hansa_kinds import AIJOBS
from hansa_cli.demo.script import Act, End
from hansa_cli.job_view import conditions, is_over, is_refused, is_settled, is_true, reason_of
from hansa_cli.problem import Problem
from hansa_cli.screen import Note, Steps
from hansa_cli.shipped import example

LOOK_SECONDS = 0.5
LONGEST_SECONDS = 600


@dataclass(slots=True)
class Seen:
    """Hold what is known of a job while it is played; times in unix ms, None until it happened."""

    act: Act
    job: Manifest = field(default_factory=dict)
    placed_ms: int | None = None
    running_ms: int | None = None
    deleted_ms: int | None = None
    gone_ms: int | None = None

    @property
    def job_id(self) -> str:
        """Return the job's id, or "" before the operator gave it one."""
        return str((self.job.get("status") or {}).get("jobID") or "")

    @property
    def life_ms(self) -> tuple[int, float]:
        """Return from when it had a place until when it was there (unix ms)."""
        return self.placed_ms or 0, self.gone_ms or inf

    @property
    def done(self) -> bool:
        """Return whether nothing more is to come of it."""
        match self.act.end:
            case End.DELETED:
                return self.gone_ms is not None or is_over(self.job)
            case End.REFUSED:
                return is_refused(self.job) or is_over(self.job)
            case End.SUCCEEDS:
                return is_settled(self.job)

    def words(self) -> str:
        """Return where it is, in a few words."""
        status = self.job.get("status") or {}
        provider = (status.get("currentAttempt") or {}).get("provider")
        where = f" on {provider}" if provider and not is_over(self.job) else ""
        if is_over(self.job):
            settled = conditions(self.job).get("Settled", {}).get("reason", "")
            return f"{reason_of(self.job)[0]}, {settled}" if settled else reason_of(self.job)[0]
        return f"{reason_of(self.job)[0] or 'applied'}{where}"


def apply_acts(cluster: Cluster, acts: Iterable[Act]) -> list[Seen]:
    """Apply every job's manifest in its customer's namespace."""
    played = []
    for act in acts:
        for document in yaml.safe_load_all((example(act.name) / "job.yaml").read_text()):
            cluster.apply(document, act.namespace)
        played.append(Seen(act))
    return played


def watch_acts(cluster: Cluster, played: list[Seen], steps: Steps) -> None:
    """Watch until every job is done; raises Problem at the deadline."""
    until = time.monotonic() + LONGEST_SECONDS
    with ExitStack() as rest:
        shown = {seen.act.name: _show(seen, steps, rest) for seen in played}
        while waiting := [seen for seen in played if not seen.done]:
            for seen in waiting:
                look(cluster, seen)
                note, own = shown[seen.act.name]
                note.say(seen.words())
                if seen.done:
                    own.close()
            if time.monotonic() > until:
                raise _too_long(waiting)
            time.sleep(LOOK_SECONDS)


def _show(seen: Seen, steps: Steps, rest: ExitStack) -> tuple[Note, ExitStack]:
    own = rest.enter_context(ExitStack())
    title = f"{seen.act.namespace}/{seen.act.name}"
    return own.enter_context(steps.step(f"job-{seen.act.name}", title)), own


def look(cluster: Cluster, seen: Seen) -> None:
    """Look at a job once, and delete it when its time has come."""
    act, now = seen.act, time.time_ns() // 1_000_000
    found = cluster.get(AIJOBS, act.namespace, act.name)
    if found is None:
        seen.gone_ms = now
        return
    seen.job = found
    if seen.placed_ms is None and is_true(found, "Placed"):
        seen.placed_ms = _placed_ms(found)
    if seen.running_ms is None and is_true(found, "Running"):
        seen.running_ms = now
    ripe = seen.running_ms is not None and now >= seen.running_ms + act.delete_after_seconds * 1000
    if act.end is End.DELETED and ripe and seen.deleted_ms is None:
        cluster.delete(AIJOBS, act.namespace, act.name)
        seen.deleted_ms = now


def _placed_ms(job: Manifest) -> int:
    """Return when it was placed, to the second as the API tells it."""
    return round(datetime.fromisoformat(conditions(job)["Placed"]["lastTransitionTime"]).timestamp() * 1000)


def _too_long(waiting: list[Seen]) -> Problem:
    told = "; ".join(f"{seen.act.name}: {seen.words()}: {reason_of(seen.job)[1]}" for seen in waiting)
    return Problem(f"not settled within {LONGEST_SECONDS} s: {told}", "look into the operator's log")
