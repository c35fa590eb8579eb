"""What the operator writes into statuses: each write says something, and what people see of it is whole."""

import re

import pytest

from hansa_cli.cluster.hansa_kinds import AIJOBS
from tests.integration.operator.market import Market
from tests.integration.operator.scene import Scene
from tests.integration.operator.writes import Writes

PHASES = ("Pending", "Queued", "Starting", "Running", "Suspended", "Stalled", "Succeeded", "Failed")
FILLED = {
    "Starting": ("PROVIDER", "ATTEMPTS", "TOKEN", "SETTLED"),
    "Running": ("PROVIDER", "ATTEMPTS", "TOKEN", "SETTLED"),
    "Succeeded": ("PROVIDER", "ATTEMPTS", "COST", "TOKEN", "SETTLED"),
    "Failed": ("PROVIDER", "ATTEMPTS", "COST", "TOKEN", "SETTLED"),
}
"""What must be told of a job in a phase, besides what always is."""

ODD = re.compile(r"None\b|\bnull\b|<nil>|<none>|<unknown>|<invalid>|map\[|[{}\[\]]|Traceback|\bdatetime\b")


@pytest.mark.parametrize("phase", PHASES)
def test_kubectl_tells_of_a_job_in_each_phase(quiet: Scene, market: Market, phase: str) -> None:
    quiet.wait()
    rows = [row for row in market.looks if row["PHASE"] == phase]
    assert rows, f"no job was looked at in phase {phase}: {[(row['NAME'], row['PHASE']) for row in market.looks]}"
    for row in rows:
        told = ("NAME", "PHASE", "POOL", "BUDGET", "JOB-ID", "AGE", *FILLED.get(phase, ()))
        assert [column for column in told if not row[column]] == []
        assert [cell for cell in row.values() if ODD.search(cell)] == []


def test_kubectl_describes_a_job_without_traces_of_a_program(quiet: Scene, market: Market) -> None:
    quiet.wait()
    for job in market.cluster.list_all(AIJOBS):
        namespace, name = job["metadata"]["namespace"], job["metadata"]["name"]
        text = market.kubectl("describe", "aijob", name, "-n", namespace)
        status = text[text.index("\nStatus:") : text.index("\nEvents:")]
        assert ODD.search(status) is None, status


def test_every_write_of_a_jobs_status_changes_it(quiet: Scene, writes: Writes) -> None:
    quiet.wait()
    assert writes.changes == writes.count > 0
