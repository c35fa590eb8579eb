"""The lives that jobs can have, as acts of customers."""

import os
import signal

from tests.integration.operator.journal import Version
from tests.integration.operator.market import wait
from tests.integration.operator.tenant import Tenant
from tests.integration.operator.things import SETTLED_SECONDS, Held, Job

LONG = "import time; time.sleep(600)"


def plain(tenant: Tenant) -> Job:
    job = tenant.run("plain", "import time; time.sleep(12)", ttlSecondsAfterFinished=1)
    job.until("Placed")
    job.look()
    job.until_gone(seconds=SETTLED_SECONDS)
    return job


def retried(tenant: Tenant) -> Job:
    code = "import os, sys, time; time.sleep(1); sys.exit(os.environ['HANSA_ATTEMPT'] == '0')"
    job = tenant.run("retried", code, scheduling={"retries": 1, "activeDeadlineSeconds": 60})
    job.until_settled()
    job.look()
    return job


def hopeless(tenant: Tenant) -> Job:
    job = tenant.run("hopeless", "import sys, time; time.sleep(1); sys.exit(3)", scheduling={"retries": 0})
    job.until_settled()
    job.look()
    return job


def overdue(tenant: Tenant) -> Job:
    job = tenant.run("overdue", LONG, scheduling={"activeDeadlineSeconds": 4, "retries": 3})
    job.until_settled()
    return job


def spent(tenant: Tenant) -> Job:
    job = tenant.run("spent", LONG, budget={"maxAmount": "0.002"}, scheduling={"retries": 3})
    job.until_settled()
    return job


def suspended(tenant: Tenant) -> Job:
    job = tenant.hold("suspended")
    job.until_begun()
    job.patch({"spec": {"suspend": True}})
    job.until("Running", "Suspended")
    job.look()
    job.let_go()
    job.patch({"spec": {"suspend": False}})
    job.until_settled()
    return job


def late(tenant: Tenant) -> Job:
    resources = {"gpus": 1, "gpuModels": ["none-has-it"]}
    job = tenant.run("late", LONG, resources=resources, scheduling={"startDeadlineSeconds": 3})
    job.until_settled()
    return job


def deleted(tenant: Tenant) -> Job:
    job = tenant.hold("deleted")
    job.until("Admitted")
    job.look()
    job.until("Running")
    job.until_begun()
    job.look()
    job.delete()
    job.until_gone()
    wait(lambda: job.charged > 0, "what ran is paid", seconds=SETTLED_SECONDS)
    return job


def twins(tenant: Tenant) -> tuple[Version, Job, Job]:
    code = "import time; time.sleep(2)"
    one = tenant.run("twin", code, idempotencyKey="monday")
    # Of two that are made in the same second either may go first.
    one.until("Placed")
    other = tenant.run("other-twin", code, idempotencyKey="monday")
    other.until("Complete", "AlreadyCompleted")
    one.until("Complete", "Succeeded")
    one.delete()
    one.until_gone(seconds=10)
    gone = one.versions[-1]
    again = tenant.run("twin", code, idempotencyKey="monday")
    again.until("Complete", "AlreadyCompleted")
    wait(lambda: tenant.market.charged(gone.status["jobID"]) > 0, "what ran is paid", seconds=SETTLED_SECONDS)
    return gone, other, again


def deleted_while_starting(tenant: Tenant) -> Job:
    """Take all that a provider has, while another waits for it, and let go before anything is started."""
    dearer = tenant.market.cast.providers[-1]
    asked = {"resources": {"gpus": dearer.gpus, "gpuModels": [dearer.gpu_model]}, "budget": {"maxAmount": "5"}}
    job = tenant.run("deleted-while-starting", LONG, **asked)
    job.until("Placed")
    behind = tenant.run("behind", LONG, **asked)
    behind.until("Placed", "Queued")
    behind.look()
    behind.delete()
    job.until("Running", "ClusterStarting")
    job.delete()
    for one in (behind, job):
        one.until_gone()
    return job


def bereaved(tenant: Tenant) -> Held:
    """Lose the Ray cluster: whoever plays this shares it with nobody."""
    job = tenant.hold("bereaved", scheduling={"retries": 1})
    job.until_begun()
    for pid in tenant.market.ray_heads(tenant.namespace):
        os.kill(pid, signal.SIGKILL)
    job.until_begun(1)
    job.let_go()
    job.until_settled()
    return job


ACTS = (deleted_while_starting, plain, suspended, retried, twins, overdue, spent, hopeless, deleted, late)
