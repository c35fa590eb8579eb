"""When an attempt is waited for: until it runs, or cannot any more."""

from typing import Any

import pytest

from hansa_cli.following import awaits_attempt
from tests.job_status import job_status

STARTS, RUNS = ("Running", "False", "ClusterStarting"), ("Running", "True", "Started")
STARTED = {"startTime": "2026-01-01T00:00:00Z"}
STALLED, OVER = ("Stalled", "True", "NoPool"), ("Complete", "True", "Succeeded")


@pytest.mark.parametrize(
    ("begun", "condition", "latest", "waits"),
    [
        pytest.param(0, ("Placed", "False", "Queued"), {}, True, id="queued"),
        pytest.param(1, STARTS, {}, True, id="while its cluster starts"),
        pytest.param(1, RUNS, {}, False, id="once it runs"),
        pytest.param(1, ("Running", "Unknown", "Unobservable"), STARTED, False, id="when it ran and cannot be seen"),
        pytest.param(1, ("Running", "False", "Stopping"), STARTED, False, id="while it stops"),
        pytest.param(1, STARTS, {"outcome": "Lost"}, False, id="when it ended before it ran"),
        pytest.param(2, STARTS, {}, False, id="when another has begun"),
        pytest.param(0, STALLED, {}, False, id="when the job is refused"),
        pytest.param(1, OVER, {}, False, id="when the job is over"),
    ],
)
def test_an_attempt_is_waited_for(
    begun: int, condition: tuple[str, str, str], latest: dict[str, str], waits: bool
) -> None:
    current: dict[str, Any] = {"index": begun - 1, **latest}
    job = {"metadata": {"name": "train"}, "status": job_status(condition, attempts=begun, currentAttempt=current)}
    assert awaits_attempt(job, 0) is waits
