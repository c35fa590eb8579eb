"""A customer whose credit line asks for orders, and what becomes of jobs with and without one."""

import json
import secrets
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hansa_cli.cluster.hansa_kinds import GROUP_VERSION
from hansa_protocol.signing import address_of
from tests.integration.operator.tenant import Tenant
from tests.integration.operator.things import Held, Job

HANSA = Path(sys.executable).with_name("hansa")
LINE = "ordered"
LIVES_SECONDS = (30, 60, 240)
"""Of orders that end while their jobs run."""


@dataclass(frozen=True)
class Buyer(Tenant):
    """Act as a customer whose line names an order signer, as whom it acts too; with the keys of both."""

    key: bytes
    signer: bytes

    @classmethod
    def beside(cls, tenant: Tenant) -> "Buyer":
        """Make a customer in a tenant's namespace with a line of its own, which is in force when this returns."""
        market, namespace = tenant.market, tenant.namespace
        made = cls(market, namespace, key=secrets.token_bytes(32), signer=secrets.token_bytes(32))
        market.found(made.key, "5")
        signed = market.authorization(namespace, made.key, order_signer=address_of(made.signer))
        made.lend(LINE, signed).until("Ready")
        return made

    def spec(self, program: str, **changes: Any) -> dict[str, Any]:
        """Return the spec of a job on the line."""
        return {
            "poolRef": {"name": self.market.cast.pool},
            "creditLineRef": {"name": LINE},
            "workload": {"entrypoint": ["python", "-c", program]},
            "resources": {"gpus": 1},
            "budget": {"maxAmount": "0.5"},
            "scheduling": {"activeDeadlineSeconds": 300, "retries": 1},
            **changes,
        }

    def order(self, spec: dict[str, Any], *options: str) -> dict[str, Any]:
        """Return the order that `hansa order sign` makes, as a person has it made."""
        manifest = {"apiVersion": GROUP_VERSION, "kind": "AIJob", "metadata": {"name": "any"}, "spec": spec}
        environment = {"KUBECONFIG": str(self.market.home.kubeconfig), "HANSA_ORDER_KEY": self.signer.hex()}
        argv = [HANSA, "order", "sign", "-f", "-", "-n", self.namespace, "--order-only", "-o", "json", *options]
        done = subprocess.run(
            argv, input=json.dumps(manifest), env=environment, capture_output=True, text=True, timeout=60, check=True
        )
        made: dict[str, Any] = json.loads(done.stdout)
        return made


def unordered(buyer: Buyer) -> Job:
    job = buyer.apply("unordered", **buyer.spec(""))
    job.until("Stalled", "OrderMissing")
    return job


def tampered(buyer: Buyer) -> Job:
    spec = buyer.spec("print('signed')")
    order = buyer.order(spec)
    job = buyer.apply("tampered", **buyer.spec("print('something else')", order=order))
    job.until("Stalled", "OrderInvalid")
    return job


def applied_twice(buyer: Buyer) -> tuple[Job, Job]:
    spec = buyer.spec("import time; time.sleep(8)")
    order = buyer.order(spec, "--max-amount", "0.75")
    one, other = (buyer.apply(name, **spec, order=order) for name in ("one", "other"))
    for job in (one, other):
        job.until("Complete")
        job.until_settled()
    ran, refrained = (one, other) if one.reason("Complete") == "Succeeded" else (other, one)
    return ran, refrained


def expired(buyer: Buyer) -> Job:
    """Let an order end while its job runs; on a busy machine one may end before, and the next lives longer.

    A job before it has brought the Ray cluster up.
    """
    Job(buyer.market, buyer.namespace, "one").until("Complete")
    for number, life in enumerate(LIVES_SECONDS):
        spec, until = buyer.spec("import time; time.sleep(600)"), int(time.time()) + life
        job = buyer.apply(f"expired-{number}", **spec, order=buyer.order(spec, "--expires-at", str(until)))
        if _starts_in_time(job):
            break
    job.until("Failed", "OrderExpired", seconds=life + 30)
    job.until_settled()
    return job


def _starts_in_time(job: Job) -> bool:
    def decided() -> bool:
        return job.was("Running", "Started") or any(job.was(kind, "OrderExpired") for kind in ("Stalled", "Failed"))

    job.wait(decided, "started, or too late")
    return job.was("Running", "Started")


ACTS = (unordered, tampered, applied_twice, expired)


@dataclass(frozen=True)
class Outliving:
    """Hold an ordered job that outlives the operator, and with what the same is asked for once more."""

    buyer: Buyer
    job: Held
    spec: dict[str, Any]

    @classmethod
    def apply(cls, buyer: Buyer) -> "Outliving":
        """Apply the job, which runs until it is let go."""
        job = Held(buyer.market, buyer.namespace, "outliving")
        spec = buyer.spec(job.program)
        ordered = {**spec, "order": buyer.order(spec)}
        buyer.apply(job.name, **ordered)
        return cls(buyer, job, ordered)

    def apply_again(self) -> Job:
        """Ask for the same under another name."""
        return self.buyer.apply("again", **self.spec)
