"""When an attempt is waited for: until it runs, or cannot any more."""

from typing import Any

import pytest

from hansa_cli.following import awaits_attempt
from tests.job_status import job_status

STARTS, RUNS = ("Running", "False", "ClusterStarting"), ("Running", "True", "Started")
STALLED, OVER = ("Stalled", "True", "NoPool"), ("Complete", "True", "Succeeded")


@pytest.mark.parametrize(
    ("begun", "condition", "outcome", "waits"),
    [
        pytest.param(0, ("Placed", "False", "Queued"), None, True, id="queued"),
        pytest.param(1, STARTS, None, True, id="while its cluster starts"),
        pytest.param(1, RUNS, None, False, id="once it runs"),
        pytest.param(1, STARTS, "Lost", False, id="when it ended before it ran"),
        pytest.param(2, STARTS, None, False, id="when another has begun"),
        pytest.param(0, STALLED, None, False, id="when the job is refused"),
        pytest.param(1, OVER, None, False, id="when the job is over"),
    ],
)
def test_an_attempt_is_waited_for(
    begun: int, condition: tuple[str, str, str], outcome: str | None, waits: bool
) -> None:
    latest: dict[str, Any] = {"index": begun - 1, "outcome": outcome}
    job = {"metadata": {"name": "train"}, "status": job_status(condition, attempts=begun, currentAttempt=latest)}
    assert awaits_attempt(job, 0) is waits
