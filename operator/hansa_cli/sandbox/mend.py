"""See whether a sandbox still runs, and start again what can be: the operator and the agents."""

import time
from http import HTTPStatus
from pathlib import Path

from hansa_cli.cluster.access import load_access
from hansa_cli.cluster.client import ApiRefused, Cluster
from hansa_cli.cluster.hansa_kinds import explain
from hansa_cli.problem import ExitCode, Problem
from hansa_cli.sandbox.cast import Cast
from hansa_cli.sandbox.closing import Gate
from hansa_cli.sandbox.environment import wait_open
from hansa_cli.sandbox.home import Home, Record
from hansa_cli.sandbox.leftovers import find, stop_found
from hansa_cli.sandbox.node import answers
from hansa_cli.sandbox.services import OPERATOR, operator_ready, start_agents, start_operator
from hansa_cli.screen import Steps

PATIENCE_SECONDS = 10.0
LOOK_SECONDS = 0.5
AFRESH = "run `hansa down`, then `hansa up`: what was on it is gone"


def mend(home: Home, record: Record, cast: Cast, steps: Steps) -> None:
    """Check every part; raises Problem when one is lost whose state died with it."""
    gate = Gate()
    with steps.step("check", f"looking at the environment in {home.root}"):
        if not answers(record.chain_url):
            raise Problem(f"the chain of {home.root} has stopped", AFRESH, code=ExitCode.UNREACHABLE)
        cluster = Cluster(load_access(Path(record.kubeconfig)))
        require_cluster(cluster, home)
        alive = {found.role for found in find(home.root, record.id)}
        well = OPERATOR in alive and operator_ready(home)
    if not well:
        with steps.step("operator", "starting the operator again; it waits for the lease of the last one to run out"):
            _stop_operator(home, record)
            start_operator(home, record, cast, gate)
    with steps.step("agents", "agents of the providers") as note:
        start_agents(home, record, cast, gate)
        wait_open(cluster, cast, gate, note.say)


def require_cluster(cluster: Cluster, home: Home, *, patience: float = PATIENCE_SECONDS) -> None:
    """Check that the API server is there, and so is what it keeps things in; one that starts has a moment."""
    until = time.monotonic() + patience
    while True:
        try:
            cluster.request("GET", "/readyz")
        except Problem as gone:
            what = f"the Kubernetes API of {home.root} has stopped"
            raise Problem(what, AFRESH, code=ExitCode.UNREACHABLE) from gone
        except ApiRefused as refused:
            if refused.status < HTTPStatus.INTERNAL_SERVER_ERROR:
                raise explain(refused) from refused
            if time.monotonic() > until:
                what = f"the Kubernetes API of {home.root} is not ready, as when its etcd has stopped"
                raise Problem(what, AFRESH, code=ExitCode.UNREACHABLE) from refused
            time.sleep(LOOK_SECONDS)
            continue
        return


def _stop_operator(home: Home, record: Record) -> None:
    """Stop an operator that runs but is not ready, so that two never share a store."""
    stop_found([found for found in find(home.root, record.id) if found.role == OPERATOR])
