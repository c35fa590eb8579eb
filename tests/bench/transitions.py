"""Count the status writes that jobs get, and the transitions that they stand for."""

import json
import subprocess
import threading
from types import TracebackType
from typing import Any

from tests.bench.sandbox import Sandbox

State = tuple[Any, ...]


def state_of(status: dict[str, Any]) -> State:
    """Return what makes a status another state: the phase, the conditions, the attempts, where the latest one is."""
    conditions, attempt = status.get("conditions", []), status.get("currentAttempt", {})
    held = sorted((item["type"], item["status"], item.get("reason", "")) for item in conditions)
    return (status.get("phase"), tuple(held), status.get("attempts"), attempt.get("index"), attempt.get("provider"))


def without_usage(status: dict[str, Any]) -> dict[str, Any]:
    """Return what a status says beside the usage: when a part of a job is sealed, that names and repeats it too."""
    kept = {key: value for key, value in status.items() if key not in ("usage", "lastSettlementRef")}
    told = [item if item["type"] != "Settled" else {**item, "message": ""} for item in status.get("conditions", [])]
    return {**kept, "conditions": told}


class StatusWatch:
    """Watch a namespace's jobs while the block runs; a write of nothing but usage is counted apart."""

    def __init__(self, bench: Sandbox, namespace: str) -> None:
        self.writes = 0
        self.usage_writes = 0
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
        self._seen[uid] = status
        if status == before:
            return
        if without_usage(status) == without_usage(before):
            self.usage_writes += 1
            return
        self.writes += 1
        self.transitions += state_of(status) != state_of(before)

    def writes_per_transition(self) -> float:
        """Return the ratio, without writes of usage alone; raises SystemExit where nothing was seen."""
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
