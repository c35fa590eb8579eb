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


def test_a_write_that_changes_no_state_counts_against_the_transitions(tmp_path: Path) -> None:
    def job(**status: object) -> dict[str, object]:
        return {"metadata": {"uid": "one"}, "status": status}

    watch = StatusWatch(Sandbox(tmp_path), "default")
    for seen in (job(), job(phase="Queued"), job(phase="Queued"), job(phase="Running"), job(phase="Running", note="x")):
        watch.observe(seen)
    assert (watch.writes, watch.transitions) == (3, 2)
    assert watch.writes_per_transition() == 1.5
