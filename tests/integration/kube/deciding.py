"""Decide on jobs of a test in the operator's place: each gets the status that the test has written down for it."""

import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hansa_cli.cluster.access import load_access
from hansa_cli.cluster.client import Cluster
from hansa_cli.cluster.hansa_kinds import AIJOBS

APPLIED_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Decider:
    """Decide on the jobs of one namespace."""

    kubeconfig: Path
    namespace: str

    def decide(self, statuses: Mapping[str, Mapping[str, Any]]) -> None:
        """Give each job its status as soon as it is there."""
        cluster = Cluster(load_access(self.kubeconfig))
        for name, status in statuses.items():
            generation = self._applied(cluster, name)["metadata"]["generation"]
            path = f"{AIJOBS.path(self.namespace, name)}/status"
            body = {"status": {**status, "observedGeneration": generation}}
            cluster.request("PATCH", path, body=body, kind="application/merge-patch+json")

    @contextmanager
    def deciding(self, statuses: Mapping[str, Mapping[str, Any]]) -> Iterator[None]:
        """Decide on jobs that are applied in the block."""
        with ThreadPoolExecutor(max_workers=1) as thread:
            decided = thread.submit(self.decide, statuses)
            yield
            decided.result()

    def _applied(self, cluster: Cluster, name: str) -> Mapping[str, Any]:
        deadline = time.monotonic() + APPLIED_SECONDS
        while time.monotonic() < deadline:
            found = cluster.get(AIJOBS, self.namespace, name)
            if found is not None:
                return found
            time.sleep(0.02)
        raise AssertionError(f"nobody has applied {name} within {APPLIED_SECONDS:.0f} s")
