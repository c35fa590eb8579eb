"""The parts of an AIJob's spec."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from hansa_operator.api.fields import (
    Amount,
    Big,
    Digest,
    EvmAddress,
    Name,
    NamedRef,
    PositiveAmount,
    Quantity,
    ShortText,
    Signature,
    Uri,
)
from hansa_operator.api.model import Model
from hansa_operator.api.rules import within
from hansa_operator.api.workload import ArgumentList

_MONTH = within(1, 2_592_000, "seconds, at most 30 days; leave it out for no deadline")


class ServiceRef(Model):
    """Use a published product instead of one's own code."""

    name: Name = Field(description="Name of an AIService; `kubectl get aiservices` lists them.")
    digest: Digest | None = Field(
        default=None, description="Content digest that the service must have; the job stalls on any other."
    )
    args: ArgumentList = Field(default=(), description="Arguments added to the service's entrypoint.")


class Resources(Model):
    """State what each worker has."""

    gpus: int = Field(
        json_schema_extra=within(1, 16, "the GPUs of each worker; parallelism is the number of workers"),
        description="GPUs of each worker; billed while it is reserved for the job.",
    )
    gpu_models: Annotated[tuple[ShortText, ...], Field(max_length=16)] = Field(
        default=(), description="GPU models that will do, such as H200; absent means any."
    )
    gpu_memory: Quantity | None = Field(default=None, description="Least memory of each GPU, such as 80Gi.")
    cpu: Quantity | None = Field(default=None, description="CPUs of each worker, such as 4.")
    memory: Quantity | None = Field(default=None, description="Memory of each worker, such as 32Gi.")


class Trust(StrEnum):
    """Say what a provider must be."""

    BONDED = "Bonded"
    ATTESTED = "Attested"
    LISTED = "Listed"


class Placement(Model):
    """Narrow down where the job may run."""

    provider_selector: Annotated[dict[str, ShortText], Field(max_length=16)] | None = Field(
        default=None, description="Labels that the Provider must have."
    )
    trust: Trust | None = Field(
        default=None,
        description="Bonded: has a bond. Attested: shows a hardware attestation. Listed: on the tenant's list.",
    )
    regions: Annotated[tuple[ShortText, ...], Field(max_length=16)] = Field(
        default=(), description="Regions that will do; absent means any."
    )


class Budget(Model):
    """Bound what the job may cost."""

    max_amount: PositiveAmount = Field(
        description='Most that all attempts together may cost, in tokens, such as "12.50".'
    )
    max_unit_price: Amount | None = Field(
        default=None, description="Highest price per GPU-hour in tokens that a provider may ask."
    )


class Scheduling(Model):
    """Say how the job queues, is retried, and when it is given up."""

    queue: ShortText | None = Field(default=None, description="Queue within the pool.")
    priority: int | None = Field(
        default=None,
        json_schema_extra=within(-1000, 1000, "higher goes first within the namespace"),
        description="Higher goes first within the namespace. May be changed.",
    )
    retries: int | None = Field(
        default=None,
        json_schema_extra=within(0, 10, "how often a failed or lost attempt is tried again"),
        description="How often a failed or lost attempt is tried again; absent means 0.",
    )
    start_deadline_seconds: int | None = Field(
        default=None, json_schema_extra=_MONTH, description="Fail when no attempt was placed by then."
    )
    active_deadline_seconds: int | None = Field(
        default=None, json_schema_extra=_MONTH, description="Stop and fail when it ran that long; bounds the quote."
    )


class Outputs(Model):
    """Say where the outputs go; absent means the hub's store."""

    uri: Uri | None = Field(default=None, description="Where the outputs are copied, such as s3://bucket/prefix.")
    secret_ref: NamedRef | None = Field(default=None, description="Secret with the credentials for `uri`.")
    max_bytes: int | None = Field(
        default=None,
        json_schema_extra=within(1, 2**40, "bytes, at most 1 TiB"),
        description="Most bytes that the outputs may have.",
    )


class VerificationMode(StrEnum):
    """Say whether the job may be drawn for re-execution."""

    SAMPLED = "Sampled"
    NONE = "None"


class Verification(Model):
    """Say how the work is checked."""

    mode: VerificationMode = Field(
        description="Sampled: may be run again by an auditor. None: only where the pool allows it."
    )
    verifier: ShortText | None = Field(default=None, description="How results are compared, such as digest.")


class Order(Model):
    """Hold the order of this job with its signature; `hansa order sign` makes one."""

    hub: EvmAddress = Field(description="Hub that may charge for the job.")
    vault: EvmAddress = Field(description="Vault that the customer pays from.")
    customer: EvmAddress = Field(description="Who pays.")
    service: Big = Field(description="Id on chain of the product that the job uses, 0 without one.")
    spec_version: Annotated[int, Field(ge=1, le=2**31 - 1)] = Field(
        description="Version of the list of fields that specDigest covers."
    )
    spec_digest: Digest = Field(description="Digest of what the job runs and may cost, all resolved.")
    max_amount: Amount = Field(description="Most that the job may cost, in tokens; at least the budget.")
    nonce: Big = Field(description="Any number; it makes orders of the same work different ones.")
    expires_at: Big = Field(description="Unix seconds from which on nothing of the job runs or is charged.")
    signature: Signature = Field(description="The order signer's signature over this order.")
