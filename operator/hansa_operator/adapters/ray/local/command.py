"""What `ray start` is told: command lines and the environment, by an allow-list."""

import os
from collections.abc import Mapping
from pathlib import Path

from hansa_operator.adapters.free_ports import free_ports
from hansa_operator.adapters.ray.local.processes import MARK, Mark
from hansa_operator.ports.ray import WorkerGroup

OBJECT_STORE_BYTES = 80_000_000
LOOPBACK = "127.0.0.1"
TOKEN = "token"  # noqa: S105 - the file's name
_KEPT = (
    "LANG",
    "LC_ALL",
    "TZ",
    "SSL_CERT_FILE",
    "LD_LIBRARY_PATH",
    "CUDA_HOME",
    "CUDA_VISIBLE_DEVICES",
    "NVIDIA_VISIBLE_DEVICES",
)
_RAY = {
    "RAY_AUTH_MODE": "token",
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_enable_open_telemetry": "0",
    # What computes on busy cores is late, not gone.
    "RAY_agent_register_timeout_ms": "120000",
    "RAY_DASHBOARD_STARTUP_TIMEOUT_S": "120",
    # Nobody looks at Ray's own statistics: gathering them is most of what an idle node computes.
    "REPORTER_UPDATE_INTERVAL_MS": "60000",
    "METRICS_RECORD_INTERVAL_S": "60",
}


def head_argv(ray: Path, folder: Path, mark: Mark) -> tuple[str, ...]:
    """Return the head's command line: the Jobs API on loopback, no capacity of its own."""
    return (
        *_start(ray, folder),
        "--head",
        f"--port={mark.gcs_port}",
        f"--dashboard-host={LOOPBACK}",
        f"--dashboard-port={mark.dashboard_port}",
        "--include-dashboard=true",
        # No autoscaler: the operator scales. The Ray client is not used, but would take a fixed port otherwise.
        "--no-monitor",
        f"--ray-client-server-port={free_ports(1)[0]}",
        "--num-cpus=0",
        "--num-gpus=0",
    )


def worker_argv(ray: Path, folder: Path, mark: Mark, gpus: int) -> tuple[str, ...]:
    """Return a worker's command line; its custom resource lets a job's driver be pinned to it."""
    resource = WorkerGroup(gpus, 1).resource
    return (
        *_start(ray, folder),
        f"--address={LOOPBACK}:{mark.gcs_port}",
        "--num-cpus=1",
        f"--num-gpus={gpus}",
        f'--resources={{"{resource}":1}}',
    )


def environment(mark: Mark, *, folder: Path, home: Path, ray: Path) -> Mapping[str, str]:
    """Return the whole environment of a cluster's processes: nothing of the operator's but what jobs may know."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return kept | {
        **_RAY,
        "RAY_AUTH_TOKEN_PATH": str(folder / TOKEN),
        "PATH": os.pathsep.join((str(ray.parent), "/usr/local/bin", "/usr/bin", "/bin")),
        "HOME": str(home / "home" / mark.namespace),
        "HANSA_SPOOL": str(home / "spool"),
        # What is left in it when processes are killed goes with the cluster.
        "TMPDIR": str(folder),
        MARK: str(mark),
    }


def _start(ray: Path, folder: Path) -> tuple[str, ...]:
    agent, metrics, objects, nodes, grpc, environments = free_ports(6)
    return (
        str(ray),
        "start",
        "--block",
        f"--node-ip-address={LOOPBACK}",
        f"--temp-dir={folder}",
        f"--object-store-memory={OBJECT_STORE_BYTES}",
        f"--dashboard-agent-listen-port={agent}",
        f"--dashboard-agent-grpc-port={grpc}",
        f"--metrics-export-port={metrics}",
        f"--object-manager-port={objects}",
        f"--node-manager-port={nodes}",
        f"--runtime-env-agent-port={environments}",
        # 0: the system chooses, so that clusters side by side never meet.
        "--min-worker-port=0",
        "--max-worker-port=0",
        "--include-log-monitor=false",
        "--disable-usage-stats",
        "--log-color=false",
    )
