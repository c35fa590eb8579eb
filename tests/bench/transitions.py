"""Count the status writes that jobs get, and the transitions that they stand for."""

import json
import subprocess
import threading
from types import TracebackType
from typing import Any

from tests.bench.sandbox import Sandbox

State = tuple[Any, ...]


def state_of(status: dict[str, Any]) -> State:
    """Return what makes a status another state: the phase, the conditions, the attempt."""
    conditions = status.get("conditions", [])
    held = sorted((item["type"], item["status"], item.get("reason", "")) for item in conditions)
    return (status.get("phase"), tuple(held), status.get("attempts"), json.dumps(status.get("usage"), sort_keys=True))


class StatusWatch:
    """Watch a namespace's jobs while the block runs."""

    def __init__(self, bench: Sandbox, namespace: str) -> None:
        self.writes = 0
        self.transitions = 0
        self._seen: dict[str, dict[str, Any]] = {}
        self._argv = ["kubectl", "-n", namespace, "get", "aijobs", "--watch", "-o", "json"]
        self._environment = bench.environment

    def __enter__(self) -> "StatusWatch":
        self._process = subprocess.Popen(self._argv, env=self._environment, stdout=subprocess.PIPE, text=True)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._process.terminate()
        self._process.wait()
        self._reader.join()

    def observe(self, job: dict[str, Any]) -> None:
        """Count one version of a job."""
        status, uid = job.get("status", {}), job["metadata"]["uid"]
        before = self._seen.get(uid, {})
        if status != before:
            self.writes += 1
            self.transitions += state_of(status) != state_of(before)
        self._seen[uid] = status

    def writes_per_transition(self) -> float:
        """Return the ratio; raises SystemExit where nothing was seen."""
        if not self.transitions:
            raise SystemExit("bench: the watch saw no transition")
        return self.writes / self.transitions

    def _read(self) -> None:
        decoder, text = json.JSONDecoder(), ""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            text += line
            if line.startswith("}"):
                self.observe(decoder.raw_decode(text)[0])
                text = ""
