"""A customer with a namespace of its own, and what it applies there."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hansa_cli.cluster.hansa_kinds import GROUP_VERSION
from hansa_cli.sandbox.manifests import CREDIT_LINE
from tests.integration.operator.market import Market, wait
from tests.integration.operator.things import SETTLED_SECONDS, CreditLine, Held, Job


@dataclass(frozen=True)
class Tenant:
    """Act as one customer."""

    market: Market
    namespace: str

    @property
    def role(self) -> str:
        """Return the name of its key."""
        return f"customer-{self.namespace}"

    @property
    def paid(self) -> int:
        """Return what was taken from its balance so far (wei)."""
        return self.market.deposited(self.namespace) - self.market.balance(self.role)

    def until_settled(self, folder: Path) -> None:
        """Wait until nothing of all its jobs is open or unpaid; the ledger is copied to a folder for that."""

        def settled() -> bool:
            return not self.market.unsettled(self.namespace, folder / "ledger")

        wait(settled, f"every job of {self.namespace} is paid", seconds=SETTLED_SECONDS)

    def run(self, name: str, code: str, **spec: Any) -> Job:
        """Apply a job that runs some Python; `spec` takes the place of the usual one, key by key."""
        return self.apply(name, workload={"entrypoint": ["python", "-c", code]}, **spec)

    def hold(self, name: str, **spec: Any) -> Held:
        """Apply a job that runs until it is let go."""
        job = Held(self.market, self.namespace, name)
        self.run(name, job.program, **spec)
        return job

    def apply(self, name: str, **spec: Any) -> Job:
        """Apply a job; `spec` takes the place of the usual one, key by key."""
        usual = {
            "poolRef": {"name": self.market.cast.pool},
            "creditLineRef": {"name": CREDIT_LINE},
            "resources": {"gpus": 1},
            "budget": {"maxAmount": "0.5"},
            "scheduling": {"activeDeadlineSeconds": 300},
        }
        self._apply("AIJob", name, {**usual, **spec})
        return Job(self.market, self.namespace, name)

    def lend(self, name: str, authorization: Mapping[str, Any]) -> CreditLine:
        """Apply a credit line."""
        spec = {"hubRef": {"name": self.market.cast.hub}, "authorization": dict(authorization)}
        self._apply("CreditLine", name, spec)
        return CreditLine(self.market, self.namespace, name)

    def _apply(self, kind: str, name: str, spec: Mapping[str, Any]) -> None:
        metadata = {"name": name, "namespace": self.namespace}
        self.market.cluster.apply({"apiVersion": GROUP_VERSION, "kind": kind, "metadata": metadata, "spec": spec})
