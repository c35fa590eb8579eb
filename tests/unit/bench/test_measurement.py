"""What benchmarks report is true to what was measured."""

import json
from pathlib import Path

import pytest

from tests.bench.measurement import Measurement, percentile, report
from tests.bench.sandbox import Sandbox
from tests.bench.transitions import StatusWatch


@pytest.mark.parametrize(
    ("share", "expected"), [(0.5, 10), (0.95, 19), (1.0, 20), (0.0, 1)], ids=["p50", "p95", "highest", "lowest"]
)
def test_a_percentile_is_one_of_the_values(share: float, expected: float) -> None:
    assert percentile([float(value) for value in range(20, 0, -1)], share) == expected


def test_a_report_is_a_list_with_targets_and_verdicts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = Measurement("ready", 24.5, "s", 25)
    told = Measurement("from zero", 9.0, "s")
    assert report("start", [kept, told], tmp_path) == 0
    assert json.loads((tmp_path / "start.json").read_text()) == [
        {"name": "ready", "value": 24.5, "unit": "s", "target": 25, "ok": True},
        {"name": "from zero", "value": 9.0, "unit": "s", "target": None, "ok": True},
    ]
    assert "from zero" in capsys.readouterr().out


def test_a_missed_target_fails_the_benchmark(tmp_path: Path) -> None:
    assert report("start", [Measurement("ready", 25.1, "s", 25)], tmp_path) == 1


def watched(folder: Path, *statuses: dict[str, object]) -> StatusWatch:
    """Return a watch that saw one job with these statuses."""
    watch = StatusWatch(Sandbox(folder), "default")
    for status in statuses:
        watch.observe({"metadata": {"uid": "one"}, "status": status})
    return watch


def test_a_write_that_changes_no_state_counts_against_the_transitions(tmp_path: Path) -> None:
    queued, running = {"phase": "Queued"}, {"phase": "Running"}
    watch = watched(tmp_path, {}, queued, queued, running, running | {"note": "x"})
    assert (watch.writes, watch.transitions) == (3, 2)
    assert watch.writes_per_transition() == 1.5


def test_a_write_of_usage_alone_is_no_transition_and_has_its_own_number(tmp_path: Path) -> None:
    running = {"phase": "Running"}
    watch = watched(tmp_path, running, running | {"usage": {"amount": "1"}}, running | {"usage": {"amount": "2"}})
    assert (watch.writes, watch.transitions, watch.usage_writes) == (1, 1, 2)


def test_a_seal_of_a_part_of_a_job_is_a_write_of_usage_and_one_of_the_rest_a_transition(tmp_path: Path) -> None:
    def sealed(amount: str, reason: str, message: str) -> dict[str, object]:
        settled = {"type": "Settled", "status": "False", "reason": reason, "message": message}
        return {"usage": {"sealedAmount": amount}, "lastSettlementRef": {"name": amount}, "conditions": [settled]}

    statuses = (sealed("0", "Pending", "390 to be sealed"), sealed("1", "Pending", "80 to be sealed"))
    watch = watched(tmp_path, *statuses, sealed("2", "Sealed", "all is sealed"))
    assert (watch.writes, watch.transitions, watch.usage_writes) == (2, 2, 1)


@pytest.mark.parametrize(
    ("changed", "transitions"),
    [
        pytest.param({"index": 0, "provider": "lubeck", "startTime": "now"}, 1, id="what is learnt of it is none"),
        pytest.param({"index": 1, "provider": "lubeck"}, 2, id="the next one is"),
        pytest.param({"index": 0, "provider": "bergen"}, 2, id="another provider is"),
    ],
)
def test_another_attempt_is_a_transition(changed: dict[str, object], transitions: int, tmp_path: Path) -> None:
    first = {"currentAttempt": {"index": 0, "provider": "lubeck"}}
    assert watched(tmp_path, first, {"currentAttempt": changed}).transitions == transitions
