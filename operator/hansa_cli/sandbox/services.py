"""The processes that make a sandbox a market: the operator, and an agent for each provider."""

import http.client
import json
import sys
from dataclasses import dataclass

from hansa_cli.sandbox.cast import Cast, Merchant
from hansa_cli.sandbox.closing import Gate
from hansa_cli.sandbox.home import Home, Record
from hansa_cli.sandbox.leftovers import find
from hansa_cli.sandbox.manifests import SYSTEM
from hansa_cli.sandbox.programs import Program, start_program, wait_for

READY_SECONDS = 120.0
OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Listening:
    """Say on which ports of the loopback interface the operator listens."""

    gateway: int
    health: int


def start_operator(home: Home, record: Record, cast: Cast, gate: Gate) -> None:
    """Start the operator and wait until it is ready."""
    home.ports.unlink(missing_ok=True)
    running = start_program(home, record.id, gate, _operator(home, record, cast))
    wait_for(running, lambda: operator_ready(home), gate, seconds=READY_SECONDS)


def start_agents(home: Home, record: Record, cast: Cast, gate: Gate) -> None:
    """Start the agents of all providers that have none running."""
    known = {found.role for found in find(home.root, record.id)}
    for merchant in cast.providers:
        if agent_role(merchant) not in known:
            start_program(home, record.id, gate, _agent(home, record, merchant))


def agent_role(merchant: Merchant) -> str:
    """Return the role of a provider's agent."""
    return f"agent-{merchant.name}"


def _operator(home: Home, record: Record, cast: Cast) -> Program:
    kopf = ("-m", "kopf", "run", "--standalone", "--all-namespaces", "-m", "hansa_operator.main")
    environment = {
        "KUBECONFIG": str(home.operator_kubeconfig),
        "HANSA_HUB": cast.hub,
        "HANSA_NAMESPACE": SYSTEM,
        "HANSA_STORE": str(home.store),
        "HANSA_DEPLOYMENT": str(home.deployment),
        "HANSA_LOCAL_HOME": str(home.local),
        "HANSA_GATEWAY_PORT": str(record.gateway_port),
        "HANSA_GATEWAY_URL": record.gateway_url,
        "HANSA_HEALTH_PORT": "0",
        "HANSA_PORTS_FILE": str(home.ports),
        "HANSA_LOG_FORMAT": "json",
    }
    return Program(OPERATOR, (sys.executable, *kopf), environment)


def _agent(home: Home, record: Record, merchant: Merchant) -> Program:
    environment = {
        "HANSA_GATEWAY_URL": record.gateway_url,
        "HANSA_PROVIDER": merchant.name,
        "HANSA_SPOOL": str(home.spool(merchant.name)),
        "HANSA_KEY_FILE": str(home.keys / f"receipt-{merchant.name}"),
        "HANSA_INVENTORY": f"logical:{merchant.gpu_model}x{merchant.gpus}",
    }
    return Program(agent_role(merchant), (sys.executable, "-m", "hansa_jobs.agent"), environment)


def listening(home: Home) -> Listening | None:
    """Return where the operator listens, or None before it does."""
    try:
        content = json.loads(home.ports.read_text())
        return Listening(gateway=int(content["gateway"]), health=int(content["health"]))
    except (OSError, ValueError, KeyError):
        return None


def operator_ready(home: Home) -> bool:
    """Return whether the operator says that it is ready."""
    ports = listening(home)
    return ports is not None and _get(ports.health, "/readyz") == http.client.OK


def _get(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
