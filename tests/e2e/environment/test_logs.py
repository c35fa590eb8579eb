"""A log is followed: waited for before the job runs, line by line while it does, and on into the next attempt."""

from pathlib import Path

import pytest

from tests.e2e.conftest import Terminal, read_until

FAILS_ONCE = """
apiVersion: v1
kind: ConfigMap
metadata: {{name: gated}}
data:
  gated.py: |
    import os, pathlib, time
    print("attempt", os.environ["HANSA_ATTEMPT"], "waits for the gate", flush=True)
    while not pathlib.Path("{gate}").exists():
        time.sleep(0.05)
    print("the gate is open", flush=True)
    raise SystemExit(os.environ["HANSA_ATTEMPT"] == "0")
---
apiVersion: hansa.dev/v1alpha1
kind: AIJob
metadata: {{name: gated}}
spec:
  poolRef: {{name: demo}}
  creditLineRef: {{name: credit}}
  workload:
    entrypoint: [python, gated.py]
    source: {{configMapRef: {{name: gated}}}}
  resources: {{gpus: 1}}
  budget: {{maxAmount: "0.25"}}
  scheduling: {{retries: 1, activeDeadlineSeconds: 120}}
"""


@pytest.mark.timeout(180)
def test_lines_are_seen_while_the_job_still_runs_and_the_next_attempts_follow(inside: Terminal, tmp_path: Path) -> None:
    gate, manifest = tmp_path / "gate", tmp_path / "job.yaml"
    manifest.write_text(FAILS_ONCE.format(gate=gate))
    applied = inside.run("submit", "-f", str(manifest), "-n", "lab-riga")
    assert applied.returncode == 0, applied.stderr
    following = inside.start("logs", "gated", "-n", "lab-riga", "--follow")
    read_until(following, "attempt 0 waits for the gate", seconds=90)
    gate.touch()
    rest, _ = following.communicate(timeout=90)
    assert following.returncode == 0, rest
    waiting = "... gated: waiting for attempt"
    *lines, end = [line for line in rest.splitlines() if not line.startswith(waiting)]
    told = ["the gate is open", "attempt 1 of gated:", "attempt 1 waits for the gate", "the gate is open"]
    assert lines == told
    assert end.startswith("gated: Succeeded: attempt 1 succeeded on provider ")
