"""What `hansa get` tells about a job."""

from datetime import UTC, datetime
from typing import Any

import pytest

from hansa_cli.job_view import age, gpu_seconds, is_settled, job_row, quote_line, reason_of

NOW = datetime(2026, 5, 1, 12, 0, 0, tzinfo=UTC)


def job(*conditions: tuple[str, str, str], **status: Any) -> dict[str, Any]:
    """Return a job with these conditions."""
    listed = [{"type": kind, "status": state, "reason": reason, "message": "why"} for kind, state, reason in conditions]
    metadata = {"name": "digits", "namespace": "lab", "creationTimestamp": "2026-05-01T11:59:30Z"}
    return {"metadata": metadata, "status": {"conditions": listed, **status}}


def test_a_job_without_a_status_is_pending() -> None:
    row = job_row({"metadata": {"name": "new"}}, NOW)
    assert row == ("new", "Pending", "-", "0", "0.000", "-", "-", "-", "-")


def test_an_amount_is_cut_in_a_list_and_exact_where_one_asks_for_a_job() -> None:
    done = job(usage={"amount": "0.016954123456789"}, quote={"token": "HUSD"})
    assert job_row(done, NOW)[5] == "0.016954… HUSD"
    assert job_row(done, NOW, exact=True)[5] == "0.016954123456789 HUSD"


def test_a_settled_job_shows_what_it_cost_in_its_token() -> None:
    usage = {"gpuMilliseconds": 12_345, "amount": "0.5", "settledAmount": "0.5"}
    done = job(
        ("Complete", "True", "Succeeded"),
        ("Settled", "True", "Finalized"),
        phase="Complete",
        attempts=1,
        quote={"token": "HUSD"},
        currentAttempt={"provider": "lubeck"},
        usage=usage,
    )
    expected = ("digits", "Complete", "lubeck", "1", "12.345", "0.5 HUSD", "0.5 HUSD", "30s", "Succeeded")
    assert job_row(done, NOW) == expected
    assert is_settled(done)


@pytest.mark.parametrize(
    ("conditions", "reason"),
    [
        pytest.param(
            (("Admitted", "False", "BudgetExceeded"), ("Stalled", "True", "BudgetExceeded")),
            "BudgetExceeded",
            id="a refusal",
        ),
        pytest.param((("Placed", "False", "Queued"), ("Admitted", "True", "QuotaReserved")), "Queued", id="the queue"),
        pytest.param((("Running", "True", "Started"), ("Placed", "True", "Bound")), "Started", id="the run"),
        pytest.param((("Running", "False", "Succeeded"), ("Complete", "True", "Succeeded")), "Succeeded", id="the end"),
        pytest.param(
            (("Reconciling", "True", "WaitingForReference"),), "WaitingForReference", id="a missing reference"
        ),
    ],
)
def test_the_reason_shown_is_the_one_that_matters_now(
    conditions: tuple[tuple[str, str, str], ...], reason: str
) -> None:
    assert reason_of(job(*conditions))[0] == reason


def test_a_job_that_ended_but_is_not_paid_is_not_settled() -> None:
    assert not is_settled(job(("Complete", "True", "Succeeded"), ("Settled", "False", "Sealed")))


@pytest.mark.parametrize(
    ("timestamp", "shown"),
    [
        ("2026-05-01T11:59:01Z", "59s"),
        ("2026-05-01T11:57:00Z", "3m"),
        ("2026-05-01T09:00:00Z", "3h"),
        ("2026-04-01T12:00:00Z", "30d"),
        ("2026-05-01T12:00:09Z", "0s"),
        (None, "-"),
    ],
)
def test_ages_read_as_in_kubectl(timestamp: str | None, shown: str) -> None:
    assert age(timestamp, NOW) == shown


def test_gpu_seconds_keep_every_millisecond() -> None:
    assert gpu_seconds(61_005) == "61.005"


def test_a_quote_is_told_with_its_split() -> None:
    split = {"provider": "0.9", "publisher": "0.05", "protocol": "0.05"}
    quoted = job(quote={"provider": "lubeck", "token": "HUSD", "amount": "1", "split": split})
    assert quote_line(quoted) == "at most 1 HUSD on lubeck (provider 0.9, publisher 0.05, protocol 0.05)"
    assert quote_line(job()) == ""
