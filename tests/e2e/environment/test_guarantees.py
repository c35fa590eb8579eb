"""A hub sets aside what its pool promises to each provider, and everybody can see it on chain."""

import json
import subprocess

import pytest

from hansa_cli.sandbox.home import Home
from tests.e2e.conftest import Terminal
from tests.e2e.environment.conftest import Environment

PROVIDERS = ("lubeck", "bergen")
WAIT_SECONDS = 60


@pytest.fixture(scope="module")
def terminal(environment: Environment) -> Terminal:
    """Give a terminal in which the environment's cluster is the current one."""
    home = environment.terminal.home
    return Terminal(home, {"KUBECONFIG": str(Home(home).kubeconfig)})


def kubectl(terminal: Terminal, *arguments: str) -> str:
    ran = subprocess.run(
        ["kubectl", *arguments],
        env=terminal.environment,
        capture_output=True,
        text=True,
        timeout=WAIT_SECONDS + 10,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_a_pools_providers_are_guaranteed_what_it_promises_and_more_when_it_promises_more(terminal: Terminal) -> None:
    for promised in ("20", "25.5"):
        kubectl(terminal, "patch", "pool", "demo", "--type=merge", "-p", json.dumps({"spec": {"guarantee": promised}}))
        for name in PROVIDERS:
            until = f"--for=jsonpath={{.status.guaranteed}}={promised}"
            kubectl(terminal, "wait", until, f"--timeout={WAIT_SECONDS}s", f"provider/{name}")
            payee = kubectl(terminal, "get", "provider", name, "-o", "jsonpath={.spec.address}")
            told = " ".join(terminal.run("chain", "guarantee", "--payee", payee, "--hub", hub(terminal)).stdout.split())
            assert f"guarantees {payee} {promised} HANSA." in told
    assert "25.5" in terminal.run("pool").stdout


def hub(terminal: Terminal) -> str:
    return kubectl(terminal, "get", "hub", "-o", "jsonpath={.items[0].spec.address}")
