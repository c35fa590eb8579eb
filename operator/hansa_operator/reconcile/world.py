"""What reconciling works with: the ports, what was seen, what is promised. Made once, by the composition root."""

import asyncio
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from hansa_operator.api.hub import Hub, VaultRef
from hansa_operator.core.job.queue import Waiting
from hansa_operator.core.metering.obstacle import Obstacle
from hansa_operator.core.settlement.hub import CasesView
from hansa_operator.core.settlement.together import Payable
from hansa_operator.ports.cases import Cases
from hansa_operator.ports.chain import Chain, ChainTimes
from hansa_operator.ports.kube import Kube, ObjectRef
from hansa_operator.ports.ray import ClusterKey, RayBackend
from hansa_operator.ports.store import Store
from hansa_operator.reconcile.known.board import Board
from hansa_operator.reconcile.known.books import Books
from hansa_operator.reconcile.known.cache import Cache
from hansa_operator.reconcile.known.credit_reads import CreditReads
from hansa_operator.reconcile.known.totals import Totals
from hansa_protocol.eip712 import Domain, settlement_domain
from hansa_protocol.identity import Address, job_id, keccak, respell_address
from hansa_protocol.units import UnixMs, epoch_at

CLUSTER = "RayCluster"
SEAL = "Seal"
CASES = "Cases"
"""Kinds of keys that stand for no object of the API server: a Ray cluster (namespace, provider), a vault's epochs, all
cases against the hub."""


class Queue(Protocol):
    """Take keys to reconcile."""

    def add(self, key: ObjectRef) -> None:
        """Reconcile a key now."""

    def add_at(self, key: ObjectRef, at_ms: int) -> None:
        """Reconcile a key at a moment (unix ms)."""


class Counters(Protocol):
    """Count what a person watches."""

    def status_written(self, kind: str) -> None:
        """Count a status write."""

    def slices_sealed(self, count: int) -> None:
        """Count slices that were sealed."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Say which hub this operator is; vaults by checksummed address."""

    name: str
    chain_id: int
    address: Address
    settlement: Address
    credit_lines: Address
    vaults: Mapping[str, VaultRef]

    @classmethod
    def of(cls, hub: Hub) -> "Identity":
        """Return the identity that a Hub states."""
        spec = hub.spec
        return cls(
            name=hub.metadata.name,
            chain_id=spec.chain_id,
            address=respell_address(spec.address),
            settlement=respell_address(spec.contracts.settlement),
            credit_lines=respell_address(spec.contracts.credit_lines),
            vaults={respell_address(vault.address): vault for vault in spec.vaults},
        )

    def vault(self, address: str) -> str | None:
        """Return the vault of this hub that an address in any spelling names, or None."""
        return next((vault for vault in self.vaults if vault.lower() == address.lower()), None)

    @property
    def domain(self) -> Domain:
        """Return the EIP-712 domain of orders."""
        return settlement_domain(self.chain_id, self.settlement)

    def job_id(self, uid: str) -> str:
        """Return the id of a job without a signed order, 0x hex."""
        return "0x" + job_id(self.chain_id, self.settlement, self.address, uid).hex()


@dataclass(frozen=True, slots=True)
class Secrets:
    """Derive what only the hub knows from its key. Never shown."""

    hub_key: bytes = field(repr=False)

    def of_epoch(self, vault: str, epoch: int) -> bytes:
        """Return the secret that breaks ties after an epoch was sealed; its hash is in that epoch's post."""
        return hmac.digest(self.hub_key, f"hansa epoch {vault} {epoch}".encode(), "sha256")

    def hash_of_epoch(self, vault: str, epoch: int) -> bytes:
        """Return what commits to an epoch's secret."""
        return keccak(self.of_epoch(vault, epoch))


@dataclass(slots=True)
class Desk:
    """Remember what no record holds: reservations of credit, places in the queue, when clusters fell idle.

    `payable` has, by vault and settlement, what can be paid with the vault's next post; `obstacles`, by job, what kept
    its work out of the last batch.
    """

    reservations: dict[str, tuple[str, str, int]] = field(default_factory=dict)
    waiting: dict[str, Waiting] = field(default_factory=dict)
    idle_since_ms: dict[ClusterKey, int] = field(default_factory=dict)
    pool_written_ms: dict[str, int] = field(default_factory=dict)
    refusals: dict[str, tuple[str, str]] = field(default_factory=dict)
    payable: dict[str, dict[str, Payable]] = field(default_factory=dict)
    obstacles: dict[str, Obstacle] = field(default_factory=dict)
    cases: CasesView | None = None
    placing: asyncio.Lock = field(default_factory=asyncio.Lock)

    def reserved(self, customer: str, vault: str) -> dict[str, int]:
        """Return what each job of a customer has reserved per epoch in a vault (wei)."""
        held = self.reservations.items()
        return {job: wei for job, (who, where, wei) in held if (who, where) == (customer, vault)}


@dataclass(slots=True)
class World:
    """Bundle everything that reconciling needs; `cases` is None where nobody said where challenges are."""

    hub: Identity
    times: ChainTimes
    secrets: Secrets
    gateway_url: str
    backend: str
    kube: Kube
    chain: Chain
    ray: RayBackend
    store: Store
    books: Books
    cache: Cache
    board: Board
    totals: Totals
    credits: CreditReads
    desk: Desk
    queue: Queue
    counters: Counters
    clock: Callable[[], int]
    started_ms: int
    cases: Cases | None = None

    def epoch(self) -> int:
        """Return the epoch that it is now."""
        return epoch_at(UnixMs(self.clock()), self.times.epoch_seconds)
