"""Measure how fast a person gets going: the environment, a job's first line, the whole demonstration.

The first demonstration of a new clone with empty caches takes minutes and needs the network: `--warm` leaves it out.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.measurement import Measurement, percentile, report
from tests.bench.sandbox import REPOSITORY, Sandbox, sandbox
from tests.bench.transitions import StatusWatch

JOBS = 20
NAMESPACE = "lab-riga"
PROGRAM = "import time; print('began', time.time_ns() // 1_000_000, flush=True)"


def manifest(name: str) -> str:
    """Return a job that says when its code began, and ends."""
    spec = {
        "poolRef": {"name": "demo"},
        "creditLineRef": {"name": "credit"},
        "workload": {"entrypoint": ["python", "-c", PROGRAM]},
        "resources": {"gpus": 1},
        "budget": {"maxAmount": "0.25"},
        "scheduling": {"activeDeadlineSeconds": 60},
    }
    job = {"apiVersion": "hansa.dev/v1alpha1", "kind": "AIJob", "metadata": {"name": name}, "spec": spec}
    return json.dumps(job)


def time_to_code(bench: Sandbox, name: str) -> float:
    """Apply a job, wait for its end, and return the seconds from the apply to its first line."""
    applied_ms = time.time_ns() // 1_000_000
    bench.kubectl("-n", NAMESPACE, "apply", "--server-side", "-f", "-", given=manifest(name))
    bench.wait_complete(NAMESPACE, name)
    log = bench.run("hansa", "logs", "-n", NAMESPACE, name)
    began_ms = next(int(line.split()[1]) for line in log.splitlines() if line.startswith("began "))
    return (began_ms - applied_ms) / 1000


def measure_environment(home: Path) -> list[Measurement]:
    """Measure the environment's start, jobs on it, and what the operator holds and writes meanwhile."""
    with sandbox(home) as (bench, up_seconds):
        bench.wait_zero()
        from_zero = time_to_code(bench, "bench-zero")
        with StatusWatch(bench, NAMESPACE) as watch:
            warm = [time_to_code(bench, f"bench-{number}") for number in range(JOBS)]
        return [
            Measurement("environment ready, warm", up_seconds, "s", 25),
            Measurement("apply to user code, from zero", from_zero, "s"),
            Measurement("apply to user code, warm, p50", percentile(warm, 0.5), "s"),
            Measurement("apply to user code, warm, p95", percentile(warm, 0.95), "s"),
            Measurement("status writes per transition", watch.writes_per_transition(), "writes", 1),
            Measurement("status writes of usage alone", watch.usage_writes, "writes"),
            Measurement("operator's resident memory, at most", bench.operator_rss_bytes() / 10**6, "MB", 160),
        ]


def measure_demo() -> list[Measurement]:
    """Measure `make demo` on a machine where everything is set up: the six jobs, and the dishonest hub."""
    started = time.monotonic()
    subprocess.run(["make", "demo"], cwd=REPOSITORY, check=True)
    return [Measurement("make demo, warm", time.monotonic() - started, "s", 180)]


def measure_cold() -> list[Measurement]:
    """Measure `make demo` in a new clone, with every cache of this project's set-up empty."""
    with tempfile.TemporaryDirectory(prefix="hansa-cold-") as place:
        clone = Path(place) / "hansa"
        subprocess.run(["git", "clone", "--quiet", REPOSITORY, clone], check=True)
        caches = {"XDG_CACHE_HOME": "cache", "UV_CACHE_DIR": "uv", "GOMODCACHE": "mod", "npm_config_cache": "npm"}
        env = {**os.environ, **{name: str(Path(place) / folder) for name, folder in caches.items()}}
        started = time.monotonic()
        subprocess.run(["make", "demo"], cwd=clone, env=env, check=True)
        return [Measurement("make demo on a new machine", (time.monotonic() - started) / 60, "min", 15)]


def main(arguments: list[str]) -> int:
    """Run the benchmark; return 0 when every promise is kept."""
    cold = [] if "--warm" in arguments else measure_cold()
    with tempfile.TemporaryDirectory(prefix="hansa-bench-") as place:
        environment = measure_environment(Path(place) / "environment")
    demo = measure_demo()
    return report("start", [*cold, *demo, *environment])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
