"""A development environment for benchmarks: brought up by the installed `hansa`, driven by kubectl, taken down."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hansa_cli.sandbox.home import Home, load_record
from hansa_cli.sandbox.leftovers import pids_of, ray_processes_of

BIN = Path(sys.executable).parent
REPOSITORY = Path(__file__).parents[2]
LOOK_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Sandbox:
    """Run commands against the environment of one home."""

    home: Path

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment of a shell that uses the sandbox."""
        path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
        mine = {"PATH": path, "HANSA_HOME": str(self.home), "KUBECONFIG": str(Home(self.home).kubeconfig)}
        return {**os.environ, **mine}

    def run(self, *argv: str, given: str | None = None) -> str:
        """Run a command to its end, and return what it printed."""
        done = subprocess.run(argv, env=self.environment, input=given, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"bench: {' '.join(argv)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def kubectl(self, *arguments: str, given: str | None = None) -> str:
        """Run kubectl."""
        return self.run("kubectl", *arguments, given=given)

    def wait_complete(self, namespace: str, name: str, seconds: int = 120) -> dict[str, Any]:
        """Wait for a job's success; return the job."""
        self.kubectl("-n", namespace, "wait", "--for=condition=Complete", f"aijob/{name}", f"--timeout={seconds}s")
        job: dict[str, Any] = json.loads(self.kubectl("-n", namespace, "get", "aijob", name, "-o", "json"))
        return job

    def operator_rss_bytes(self) -> int:
        """Return the most memory that the operator's process has had resident so far."""
        record = load_record(Home(self.home))
        assert record is not None, "the sandbox is up"
        (pid,) = pids_of(self.home, record.id, "operator")
        status = Path(f"/proc/{pid}/status").read_text()
        kibibytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))
        return int(kibibytes) * 1024

    def wait_zero(self, seconds: float = 180) -> None:
        """Wait until no Ray process works in this home."""
        until = time.monotonic() + seconds
        while ray_processes_of(self.home):
            if time.monotonic() > until:
                raise SystemExit("bench: the pool did not come to zero")
            time.sleep(LOOK_SECONDS)


@contextmanager
def sandbox(home: Path) -> Iterator[tuple[Sandbox, float]]:
    """Bring an environment up, yield it with the seconds that took, and take it down whatever happens."""
    bench = Sandbox(home)
    bench.run("hansa", "down")
    started = time.monotonic()
    try:
        bench.run("hansa", "up")
        yield bench, time.monotonic() - started
    finally:
        bench.run("hansa", "down")
