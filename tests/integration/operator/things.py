"""Objects as tests follow them: what is seen of them, what is waited for, and their history when it does not come."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from hansa_cli.cluster.client import Manifest, Resource
from hansa_cli.cluster.hansa_kinds import AIJOBS, CREDIT_LINES, SERVICES
from hansa_cli.job_view import conditions
from tests.integration.operator.journal import Version
from tests.integration.operator.market import Market, wait

PATIENCE_SECONDS = 360.0
"""Longest wait for a step that takes seconds: a busy machine starts a dozen Ray nodes one after the other."""

SETTLED_SECONDS = 480.0
"""Longest life of a job of these tests, its settlement included."""


@dataclass(frozen=True)
class Thing:
    """Follow one object."""

    market: Market
    namespace: str
    name: str
    RESOURCE: ClassVar[Resource]

    @property
    def manifest(self) -> Manifest:
        """Return the object as last seen; empty when it is not there."""
        return dict(self.market.journal.newest(self.RESOURCE.kind, self.namespace, self.name) or {})

    @property
    def status(self) -> Manifest:
        """Return its status as last seen."""
        return self.manifest.get("status") or {}

    @property
    def versions(self) -> tuple[Version, ...]:
        """Return all versions that were seen of it."""
        return self.market.journal.versions(self.RESOURCE.kind, self.namespace, self.name)

    def reason(self, kind: str) -> str:
        """Return a condition's reason, "" without it."""
        return str((conditions(self.manifest).get(kind) or {}).get("reason", ""))

    def message(self, kind: str) -> str:
        """Return a condition's message, "" without it."""
        return str((conditions(self.manifest).get(kind) or {}).get("message", ""))

    def was(self, kind: str, reason: str) -> bool:
        """Return whether a condition has had this reason."""
        return any((conditions(one.manifest).get(kind) or {}).get("reason") == reason for one in self.versions)

    def until(self, kind: str, reason: str = "", *, seconds: float = PATIENCE_SECONDS) -> Manifest:
        """Wait until a condition has this reason, or is True when none is given; returns the object then."""

        def holds() -> bool:
            found = conditions(self.manifest).get(kind) or {}
            return found.get("reason") == reason if reason else found.get("status") == "True"

        return self.wait(holds, f"{kind} {reason or 'True'}", seconds=seconds)

    def until_gone(self, *, seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until the object is no more."""
        self.wait(lambda: bool(self.versions) and self.versions[-1].gone, "gone", seconds=seconds)

    def wait(self, holds: Callable[[], bool], what: str, *, seconds: float = PATIENCE_SECONDS) -> Manifest:
        """Wait until something holds of the object; fails with its history."""
        came = self.market.journal.until(holds, seconds=seconds)
        assert came, f"{self.namespace}/{self.name} was not {what} within {seconds:.0f} s:\n{self.history()}"
        return self.manifest

    def patch(self, change: Mapping[str, Any]) -> None:
        """Merge a change into the object."""
        path = self.RESOURCE.path(self.namespace, self.name)
        self.market.cluster.request("PATCH", path, body=change, kind="application/merge-patch+json")

    def delete(self) -> None:
        """Delete the object."""
        self.market.cluster.delete(self.RESOURCE, self.namespace, self.name)

    def look(self) -> None:
        """Keep what `kubectl get` prints of it now, by column."""
        printed = self.market.kubectl("get", self.RESOURCE.plural, self.name, "-n", self.namespace, "-o", "wide")
        heads, cells = printed.splitlines()
        columns = list(re.finditer(r"\S+\s*", heads))
        self.market.looks.append({one[0].strip(): cells[one.start() : one.end()].strip() for one in columns})

    def history(self) -> str:
        """Return how its conditions changed, a line a version."""
        begin = self.versions[0].at if self.versions else 0.0
        return "\n".join(f"{one.at - begin:6.1f} s  {_tell(one)}" for one in self.versions) or "never seen"


class CreditLine(Thing):
    """Follow a CreditLine."""

    RESOURCE = CREDIT_LINES


class Service(Thing):
    """Follow an AIService."""

    RESOURCE = SERVICES


class Job(Thing):
    """Follow an AIJob."""

    RESOURCE = AIJOBS

    @property
    def job_id(self) -> str:
        """Return its id, also when it is gone."""
        return str(self.versions[-1].status["jobID"])

    @property
    def charged(self) -> int:
        """Return what the chain has taken for it (wei)."""
        return self.market.charged(self.job_id)

    @property
    def outcomes(self) -> list[str]:
        """Return how its ended attempts ended, oldest first."""
        shown = [*(self.status.get("recentAttempts") or ()), self.status.get("currentAttempt") or {}]
        return [attempt["outcome"] for attempt in shown if "outcome" in attempt]

    def until_settled(self) -> Manifest:
        """Wait until all that it owes is paid."""
        return self.until("Settled", seconds=SETTLED_SECONDS)


class Held(Job):
    """Follow an AIJob whose program runs until it is let go."""

    PROGRAM = """
import os, pathlib, time
folder, attempt = pathlib.Path({folder!r}), os.environ["HANSA_ATTEMPT"]
(folder / f"{{attempt}}-begun").touch()
while not (folder / "go").exists():
    time.sleep(0.1)
(folder / f"{{attempt}}-over").touch()
"""

    @property
    def folder(self) -> Path:
        """Return where the program looks, which runs on this machine."""
        return self.market.home.root / "held" / self.namespace / self.name

    @property
    def program(self) -> str:
        """Return the program."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return self.PROGRAM.format(folder=str(self.folder))

    def until_begun(self, attempt: int = 0) -> None:
        """Wait until the program of an attempt runs, as the program itself says."""
        wait(self._mark(attempt, "begun").exists, f"{self.name} has begun", seconds=PATIENCE_SECONDS)

    def let_go(self) -> None:
        """Let this attempt and all later ones end well."""
        (self.folder / "go").touch()

    def ran_ms(self, attempt: int = 0) -> float:
        """Return how long the program of an attempt ran by its own account."""
        begun, over = (self._mark(attempt, what).stat().st_mtime_ns for what in ("begun", "over"))
        return (over - begun) / 1e6

    def _mark(self, attempt: int, what: str) -> Path:
        return self.folder / f"{attempt}-{what}"


def _tell(version: Version) -> str:
    if version.gone:
        return "gone"
    metadata = version.manifest["metadata"]
    told = [f"{item['type']}={item['status']}/{item['reason']}" for item in version.status.get("conditions") or ()]
    deleting = " deleting" if version.deleting else ""
    return f"v{metadata['resourceVersion']}{deleting} {version.status.get('phase', '-')} {' '.join(told)}"
