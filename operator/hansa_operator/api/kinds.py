"""The registry of all kinds: how each is served and shown."""

from dataclasses import dataclass
from types import MappingProxyType

from hansa_operator.api.aijob import AIJob
from hansa_operator.api.aiservice import AIService
from hansa_operator.api.credit_line import CreditLine
from hansa_operator.api.hub import Hub
from hansa_operator.api.model import Model
from hansa_operator.api.provider import Provider
from hansa_operator.api.provider_pool import ProviderPool
from hansa_operator.api.settlement import Settlement


@dataclass(frozen=True, slots=True)
class Column:
    """Describe a column that `kubectl get` prints; `wide` ones only with -o wide."""

    name: str
    path: str
    type: str = "string"
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """Describe how a kind is served: its names, its scope, its model and its columns."""

    name: str
    plural: str
    singular: str
    short_names: tuple[str, ...]
    namespaced: bool
    model: type[Model]
    columns: tuple[Column, ...]
    scalable: bool = False


def _condition(kind: str, field: str = "status") -> str:
    return f'.status.conditions[?(@.type=="{kind}")].{field}'


_AGE = Column("Age", ".metadata.creationTimestamp", "date")
_READY = (Column("Ready", _condition("Ready")), Column("Reason", _condition("Ready", "reason")))

_ALL = (
    Kind(
        "AIJob",
        "aijobs",
        "aijob",
        ("aij",),
        True,
        AIJob,
        (
            Column("Phase", ".status.phase"),
            Column("Reason", ".status.reason"),
            Column("Provider", ".status.currentAttempt.provider"),
            Column("Attempts", ".status.attempts", "integer"),
            Column("Cost", ".status.usage.amount"),
            Column("Token", ".status.quote.token"),
            Column("Settled", _condition("Settled", "reason")),
            Column("Pool", ".spec.poolRef.name", wide=True),
            Column("Budget", ".spec.budget.maxAmount", wide=True),
            Column("Job-ID", ".status.jobID", wide=True),
            _AGE,
        ),
    ),
    Kind(
        "AIService",
        "aiservices",
        "aiservice",
        ("ais",),
        False,
        AIService,
        (
            Column("Version", ".spec.version"),
            Column("Royalty", ".spec.royaltyBps", "integer"),
            Column("Service-ID", ".status.serviceID", "integer"),
            *_READY,
            Column("Publisher", ".spec.publisher", wide=True),
            _AGE,
        ),
    ),
    Kind(
        "CreditLine",
        "creditlines",
        "creditline",
        ("cl",),
        True,
        CreditLine,
        (
            Column("Customer", ".spec.authorization.customer"),
            Column("Cap", ".spec.authorization.capPerEpoch"),
            Column("Balance", ".status.balance.amount"),
            *_READY,
            _AGE,
        ),
    ),
    Kind(
        "Hub",
        "hubs",
        "hub",
        (),
        False,
        Hub,
        (
            Column("Chain", ".spec.chainID", "integer"),
            Column("Address", ".spec.address"),
            Column("Epoch", ".status.lastPostedEpoch", "integer"),
            *_READY,
            Column("Gas", ".status.gasBalance", wide=True),
            _AGE,
        ),
    ),
    Kind(
        "Provider",
        "providers",
        "provider",
        ("prov",),
        False,
        Provider,
        (
            Column("Approved", ".spec.approved", "boolean"),
            Column("GPU", ".status.inventory[0].gpuModel"),
            Column("Count", ".status.inventory[0].count", "integer"),
            Column("Price", ".spec.offers[0].unitPrice"),
            *_READY,
            Column("Bond", ".status.bond.amount", wide=True),
            Column("Guaranteed", ".status.guaranteed", wide=True),
            Column("Address", ".spec.address", wide=True),
            _AGE,
        ),
    ),
    Kind(
        "ProviderPool",
        "providerpools",
        "providerpool",
        ("pool",),
        False,
        ProviderPool,
        (
            Column("Backend", ".spec.backend"),
            Column("Workers", ".status.workers.ready", "integer"),
            Column("Desired", ".status.workers.desired", "integer"),
            Column("Queued", ".status.queuedJobs", "integer"),
            *_READY,
            Column("Providers", ".status.eligibleProviders", "integer", wide=True),
            _AGE,
        ),
        scalable=True,
    ),
    Kind(
        "Settlement",
        "settlements",
        "settlement",
        ("settle",),
        False,
        Settlement,
        (
            Column("Hub", ".spec.hubRef.name"),
            Column("Epoch", ".spec.epoch", "integer"),
            Column("Slices", ".spec.slices", "integer"),
            Column("Phase", ".status.phase"),
            Column("Posted", _condition("Posted", "reason")),
            Column("Finalized", _condition("Finalized", "reason")),
            _AGE,
        ),
    ),
)
KINDS = MappingProxyType({kind.name: kind for kind in _ALL})
"""All kinds by name."""
