"""ProviderPool: providers that serve a set of namespaces through one kind of backend."""

from enum import StrEnum
from typing import Annotated, Any, ClassVar

from pydantic import ConfigDict, Field

from hansa_operator.api.fields import Amount, Bps, Count, MatchLabels, NamedRef, ShortText
from hansa_operator.api.meta import ObjectMeta, Status
from hansa_operator.api.model import Model
from hansa_operator.api.rules import immutable, rule, rules, within


class Backend(StrEnum):
    """Say how Ray clusters are made."""

    LOCAL = "Local"
    KUBERAY = "KubeRay"


class PoolReason(StrEnum):
    """Name the reasons of a pool's conditions."""

    AVAILABLE = "Available"
    AT_ZERO = "AtZero"
    NO_ELIGIBLE_PROVIDER = "NoEligibleProvider"
    RUNTIME_MISMATCH = "RuntimeMismatch"
    SCALING_UP = "ScalingUp"
    SCALING_DOWN = "ScalingDown"
    DRAINING = "Draining"
    VERSION_SKEW = "VersionSkew"
    BACKEND_MISSING = "BackendMissing"
    INVALID_REFERENCE = "InvalidReference"


class AdmissionMode(StrEnum):
    """Say how providers come in."""

    BONDED = "Bonded"
    APPROVAL = "Approval"


class Admission(Model):
    """State what a provider must have to serve the pool."""

    mode: AdmissionMode = Field(description="Bonded: a bond is enough. Approval: spec.approved of the Provider, too.")
    min_bond: Amount | None = Field(default=None, description="Least bond in tokens.")


class Runtime(Model):
    """State what the Ray clusters run."""

    ray_version: Annotated[str, Field(max_length=32)] | None = Field(default=None, description="Version of Ray.")
    image: Annotated[str, Field(max_length=512)] | None = Field(default=None, description="Image of heads and workers.")
    pod_template: dict[str, Any] | None = Field(
        default=None,
        description="Pod template that is merged in (backend KubeRay).",
        json_schema_extra={"x-kubernetes-preserve-unknown-fields": True},
    )


_WORKERS = within(0, 10_000, "a number of workers")


class ProviderPoolSpec(Model):
    """State which providers serve whom, and within which bounds the pool scales."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            immutable({"backend": "create another pool with the new backend and move the namespaces to it"}),
            rule(
                "!has(self.minWorkers) || !has(self.maxWorkers) || self.minWorkers <= self.maxWorkers",
                "minWorkers must not exceed maxWorkers: lower it, or raise maxWorkers",
                field="minWorkers",
            ),
        )
    )

    hub_ref: NamedRef = Field(description="Hub that meters and settles.")
    backend: Backend = Field(description="Local: processes on the operator's machine. KubeRay: RayClusters.")
    provider_selector: MatchLabels | None = Field(default=None, description="Providers of the pool; absent means all.")
    allowed_namespaces: MatchLabels | None = Field(
        default=None, description="Namespaces that may use the pool, by label; absent means none."
    )
    admission: Admission | None = Field(default=None, description="What a provider must have.")
    guarantee: Amount | None = Field(
        default=None,
        description="What of the hub's bond is set aside for each provider of the pool, in tokens of its first offer's "
        "vault; absent means none. Lowering it gives nothing back: `hansa chain guarantee --revoke` does.",
    )
    runtime: Runtime | None = Field(default=None, description="What the Ray clusters run.")
    min_workers: int | None = Field(
        default=None,
        json_schema_extra=_WORKERS,
        description="Workers kept even without jobs; absent means 0. People and HPA set it.",
    )
    max_workers: int | None = Field(
        default=None, json_schema_extra=_WORKERS, description="Most workers at once; absent means 64."
    )
    max_workers_per_namespace: int | None = Field(
        default=None, json_schema_extra=_WORKERS, description="Most workers of one namespace at once; absent means 16."
    )
    idle_timeout_seconds: int | None = Field(
        default=None,
        json_schema_extra=within(1, 86_400, "seconds, at most a day"),
        description="A cluster without work is gone after at most that long; absent means 60.",
    )
    max_unit_price: Amount | None = Field(default=None, description="Highest price per GPU-hour in tokens.")
    audit_rate_bps: Bps | None = Field(default=None, description="Least share of slices re-executed, in 1/10,000.")


class Workers(Model):
    """Count the pool's workers."""

    desired: Count = Field(default=0, description="Wanted now.")
    ready: Count = Field(default=0, description="Joined.")
    draining: Count = Field(default=0, description="Going away.")


class ProviderPoolStatus(Status):
    """Tell how large the pool is and how much waits for it."""

    selector: ShortText | None = Field(default=None, description="Label selector of the workers, for the scale path.")
    workers: Workers | None = Field(default=None, description="Workers.")
    clusters: Count | None = Field(default=None, description="Ray clusters that exist.")
    eligible_providers: Count | None = Field(default=None, description="Providers that can take jobs.")
    queued_jobs: Count | None = Field(default=None, description="Jobs that wait for capacity.")


class ProviderPool(Model):
    """Give namespaces a set of providers to run on."""

    PLURAL: ClassVar[str] = "providerpools"
    metadata: ObjectMeta
    spec: ProviderPoolSpec
    status: ProviderPoolStatus | None = None
