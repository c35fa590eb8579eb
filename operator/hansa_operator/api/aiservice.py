"""AIService: a published, versioned product that customers use by name, and that earns its publisher a royalty."""

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

from hansa_operator.api.aijob_parts import Resources
from hansa_operator.api.fields import Big, Bps, Digest, EvmAddress
from hansa_operator.api.meta import ObjectMeta, Status
from hansa_operator.api.model import Model
from hansa_operator.api.rules import immutable, not_empty, rules
from hansa_operator.api.workload import Workload

_ANEW = "publish another version as an AIService with another name"


class ServiceReason(StrEnum):
    """Name the reasons of an AIService's conditions."""

    PUBLISHED = "Published"
    NOT_PUBLISHED = "NotPublished"
    CONTENT_MISMATCH = "ContentMismatch"
    PAYOUT_REFUSED = "PayoutRefused"
    CHAIN_UNREACHABLE = "ChainUnreachable"


class AIServiceSpec(Model):
    """State one version of a product. What its publisher signed on chain cannot be changed."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            immutable(
                dict.fromkeys(("version", "publisher", "payout", "royaltyBps", "workload", "contentDigest"), _ANEW)
            )
        )
    )

    version: Annotated[str, Field(max_length=64)] = Field(
        json_schema_extra=not_empty("name the version, such as 1.2.0"), description="Version, such as 1.2.0."
    )
    publisher: EvmAddress = Field(description="Address that published this version on chain.")
    payout: EvmAddress = Field(description="Address that royalties are credited to.")
    royalty_bps: Bps = Field(description="Royalty in 1/10,000 of the provider's amount, on top of it.")
    workload: Workload = Field(description="What runs; a job may add arguments.")
    resources: Resources | None = Field(default=None, description="What a worker should have.")
    content_digest: Digest = Field(description="Digest of the content as published on chain.")


class AIServiceStatus(Status):
    """Tell under which id the version is known on chain."""

    service_id: Big | None = Field(
        default=None, description="Id of this version on chain; absent until it is published."
    )


class AIService(Model):
    """Publish a reusable product: code, entrypoint, royalty."""

    PLURAL: ClassVar[str] = "aiservices"
    metadata: ObjectMeta
    spec: AIServiceSpec
    status: AIServiceStatus | None = None
