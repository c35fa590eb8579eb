"""What `hansa logs` says where there is no log to show."""

import socket
from typing import Any

import pytest

from hansa_cli.gateway import read_stream
from hansa_cli.job_log import explain_silence, log_uri
from hansa_cli.problem import ExitCode, Problem
from tests.job_status import job_status

URI = {"logs": {"uri": "http://hub/v1/logs/0xab/0?key=K"}, "attempts": 1}


def job(*conditions: tuple[str, str, str], **fields: Any) -> dict[str, Any]:
    """Return a job with these conditions and status fields."""
    return {"metadata": {"name": "train"}, "status": job_status(*conditions, **fields)}


@pytest.mark.parametrize(
    ("seen", "attempt", "what"),
    [
        pytest.param(
            job(("Stalled", "True", "ImageUnsupported")),
            None,
            "it never ran: ImageUnsupported: why ImageUnsupported",
            id="a job that cannot run",
        ),
        pytest.param(
            job(("Failed", "True", "DeadlineExceeded")),
            None,
            "it never ran: DeadlineExceeded: why DeadlineExceeded",
            id="a job that ended before it began",
        ),
        pytest.param(job(("Placed", "False", "Queued")), None, "no log yet: Queued: why Queued", id="one that waits"),
        pytest.param(
            job(**URI), 7, "attempt 7 is not there: train has had attempt 0 alone", id="an attempt after the last"
        ),
        pytest.param(
            job(**URI | {"attempts": 3}), 3, "attempt 3 is not there: train has had 3, from 0 to 2", id="of several"
        ),
    ],
)
def test_a_log_that_is_not_there_is_told_with_the_reason(seen: dict[str, Any], attempt: int | None, what: str) -> None:
    with pytest.raises(Problem, match=what) as raised:
        log_uri(seen, attempt)
    assert raised.value.code is ExitCode.NOT_FOUND


def test_a_known_attempt_is_read_from_the_gateway() -> None:
    assert log_uri(job(**URI), 0) == URI["logs"]["uri"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("attempt", "told"),
    [
        (None, "train has printed nothing: check that its host is up"),
        (0, "train has printed nothing: its sha256 is another"),
        (2, "train has printed nothing"),
    ],
    ids=["the last attempt", "an earlier one", "one that is not remembered"],
)
def test_an_attempt_that_printed_nothing_is_told_with_how_it_ended(attempt: int | None, told: str) -> None:
    earlier = {"index": 0, "message": "its sha256 is another"}
    last = {"index": 1, "message": "check that its host is up"}
    assert explain_silence(job(recentAttempts=[earlier], currentAttempt=last), attempt) == told


def test_a_gateway_that_has_stopped_is_told_in_words() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        where = f"127.0.0.1:{held.getsockname()[1]}"
        with pytest.raises(Problem, match=f"the gateway at {where} has stopped: nobody listens there") as raised:
            list(read_stream(f"http://{where}/v1/logs/0xab/0"))
    assert raised.value.code is ExitCode.UNREACHABLE
