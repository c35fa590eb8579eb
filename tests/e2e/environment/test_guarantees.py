"""A hub sets aside what its pool promises to each provider, and everybody can see it on chain."""

import json

from tests.e2e.conftest import Terminal
from tests.e2e.environment.conftest import kubectl

PROVIDERS = ("lubeck", "bergen")
WAIT_SECONDS = 60


def test_a_pools_providers_are_guaranteed_what_it_promises_and_more_when_it_promises_more(inside: Terminal) -> None:
    for promised in ("20", "25.5"):
        kubectl(inside, "patch", "pool", "demo", "--type=merge", "-p", json.dumps({"spec": {"guarantee": promised}}))
        for name in PROVIDERS:
            until = f"--for=jsonpath={{.status.guaranteed}}={promised}"
            kubectl(inside, "wait", until, f"--timeout={WAIT_SECONDS}s", f"provider/{name}")
            payee = kubectl(inside, "get", "provider", name, "-o", "jsonpath={.spec.address}")
            told = " ".join(inside.run("chain", "guarantee", "--payee", payee, "--hub", hub(inside)).stdout.split())
            assert f"guarantees {payee} {promised} HANSA." in told
    assert "25.5" in inside.run("pool").stdout


def hub(inside: Terminal) -> str:
    return kubectl(inside, "get", "hub", "-o", "jsonpath={.items[0].spec.address}")
