"""What is away for a while: chain, API server, agent and operator, and the jobs that run meanwhile."""

import signal
from dataclasses import dataclass

from hansa_cli.cluster.client import Resource
from hansa_cli.sandbox.manifests import SYSTEM
from tests.integration.operator.market import OPERATOR, Market
from tests.integration.operator.orders import Buyer, Outliving
from tests.integration.operator.tenant import Tenant
from tests.integration.operator.things import PATIENCE_SECONDS, Held, Job

AWAY_SECONDS = 6.0
LEASES = Resource("coordination.k8s.io/v1", "leases", "Lease", namespaced=True)


@dataclass(frozen=True, slots=True)
class Endured:
    """Report what a job went through; `heads` counts Ray heads before and after the operator ended by SIGTERM."""

    job: Held
    ordered: Job
    again: Job
    settlements: tuple[str, str]
    end_seconds: float
    lease_holder: str
    heads: tuple[int, int]


def next_settlement(market: Market) -> str:
    """Wait for a settlement that is not there yet; returns its name at the moment when it appears."""
    known = set(market.journal.all("Settlement"))
    came = market.journal.until(lambda: set(market.journal.all("Settlement")) != known, seconds=PATIENCE_SECONDS)
    assert came, f"no settlement came after {sorted(known)}"
    return next(name for _, name in set(market.journal.all("Settlement")) - known)


def steadfast(tenant: Tenant) -> Endured:
    """Run a job and an ordered one while each part of the market is away for a while, one after the other."""
    market, job = tenant.market, tenant.hold("steadfast")
    ordered = Outliving.apply(Buyer.beside(tenant))
    job.until_begun()
    ordered.job.until_begun()
    market.pause("chain", AWAY_SECONDS)
    market.pause("kube-apiserver", AWAY_SECONDS)
    market.kill("agent-lubeck")
    market.start_agents()
    first = next_settlement(market)
    market.kill(OPERATOR)
    again = ordered.apply_again()
    market.start_operator()
    again.until("Placed", "Queued")
    second = next_settlement(market)
    before = len(market.ray_heads(tenant.namespace))
    end_seconds = market.kill(OPERATOR, signal.SIGTERM)
    lease = market.cluster.get(LEASES, SYSTEM, f"hansa-{market.cast.hub}") or {}
    heads = (before, len(market.ray_heads(tenant.namespace)))
    # They end while no operator is there to see it.
    for held in (job, ordered.job):
        held.let_go()
    market.start_operator()
    again.until("Complete")
    for held in (job, ordered.job):
        held.until_settled()
    holder = lease["spec"].get("holderIdentity", "")
    return Endured(job, ordered.job, again, (first, second), end_seconds, holder, heads)
