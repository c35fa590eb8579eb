"""Provider: a merchant who offers GPUs."""

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

from hansa_operator.api.fields import Amount, Big, Bps, Count, EvmAddress, MatchLabels, NamedRef, ShortText, Time, Uri
from hansa_operator.api.meta import ObjectMeta, Status
from hansa_operator.api.model import Model
from hansa_operator.api.rules import exactly_one, immutable, rule, rules, within


class ProviderReason(StrEnum):
    """Name the reasons of a Provider's conditions."""

    APPROVED = "Approved"
    NOT_APPROVED = "NotApproved"
    NOT_REQUIRED = "NotRequired"
    BONDED = "Bonded"
    BOND_TOO_LOW = "BondTooLow"
    NO_OFFERS = "NoOffers"
    CHAIN_UNREACHABLE = "ChainUnreachable"
    WRONG_KEY = "WrongKey"
    HEARTBEATING = "Heartbeating"
    SUSPECT = "Suspect"
    DARK = "Dark"
    OPEN = "Open"
    DRAINING = "Draining"
    MAINTENANCE = "Maintenance"
    CORDONED = "Cordoned"
    DUPLICATE_HARDWARE = "DuplicateHardware"
    WRONG_CHAIN = "WrongChain"
    GUARANTEED = "Guaranteed"
    GUARANTEEING = "Guaranteeing"
    HUB_BOND_TOO_LOW = "HubBondTooLow"
    GUARANTEE_REFUSED = "GuaranteeRefused"


class AgentAccess(Model):
    """Reach the provider through its agent."""

    endpoint: Uri = Field(description="Where the agent listens.")


class LocalAccess(Model):
    """Run on the operator's own machine."""

    gpus: int = Field(
        json_schema_extra=within(1, 1024, "the GPUs that this machine offers"),
        description="GPUs; logical ones where the machine has none.",
    )
    gpu_model: ShortText | None = Field(default=None, description="Model that the GPUs are offered as.")


class Access(Model):
    """Say how the provider's machines are reached."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            exactly_one(
                ("nodes", "kubeconfigSecretRef", "agent", "local"),
                "set exactly one of nodes (nodes of this cluster), kubeconfigSecretRef (a cluster of the provider), "
                "agent (its agent) or local (this machine)",
            )
        )
    )

    nodes: MatchLabels | None = Field(default=None, description="Nodes of this cluster, by label.")
    kubeconfig_secret_ref: NamedRef | None = Field(default=None, description="Secret with a kubeconfig.")
    agent: AgentAccess | None = Field(default=None, description="The provider's agent.")
    local: LocalAccess | None = Field(default=None, description="The operator's own machine.")


class Offered(Model):
    """Offer a GPU model for a price."""

    gpu_model: ShortText = Field(description="GPU model, such as H200.")
    vault: EvmAddress = Field(description="Vault, and so the token, to be paid in.")
    unit_price: Amount = Field(description='Tokens per GPU-hour, such as "2.40"; holds for new jobs only.')


class MaintenanceWindow(Model):
    """Announce a time without new jobs."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            rule("self.start < self.end", "end must be after start: correct the times", field="end")
        )
    )

    start: Time = Field(description="When it starts.")
    end: Time = Field(description="When it ends.")


class ProviderSpec(Model):
    """State who the provider is, how it is reached, and what it offers."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            immutable(
                {"address": "it is the provider's identity on chain; create another Provider for another address"}
            )
        )
    )

    address: EvmAddress = Field(description="The provider's address: bond and earnings are in its name.")
    approved: bool = Field(
        default=False, description="An admin's yes; pools with admission Approval place no job without it."
    )
    access: Access = Field(description="How its machines are reached.")
    agent_key: EvmAddress | None = Field(default=None, description="Address of the agent's key, which signs receipts.")
    offers: Annotated[
        tuple[Offered, ...],
        Field(
            max_length=32,
            json_schema_extra={"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["gpuModel", "vault"]},
        ),
    ] = Field(default=(), description="What it offers.")
    maintenance: Annotated[
        tuple[MaintenanceWindow, ...], Field(max_length=16, json_schema_extra={"x-kubernetes-list-type": "atomic"})
    ] = Field(default=(), description="Announced times without new jobs.")


class InventoryItem(Model):
    """Count GPUs of one model."""

    gpu_model: ShortText = Field(description="GPU model.")
    count: Count = Field(description="How many.")
    memory_bytes: Big | None = Field(default=None, description="Memory of each.")


class ProviderBond(Model):
    """State the provider's bond."""

    amount: Amount = Field(description="Bond in tokens.")
    exposure: Amount | None = Field(default=None, description="Part of it that backs work not settled yet.")
    at_block: Big | None = Field(default=None, description="Block that was read.")


class ProviderStatus(Status):
    """Tell what the provider has, and whether jobs can be placed there."""

    inventory: Annotated[
        tuple[InventoryItem, ...],
        Field(
            max_length=32,
            json_schema_extra={"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["gpuModel"]},
        ),
    ] = Field(default=(), description="GPUs that its agent reports.")
    report_digest: ShortText | None = Field(default=None, description="Digest of the agent's hardware report.")
    last_report_time: Time | None = Field(default=None, description="When the inventory last changed.")
    bond: ProviderBond | None = Field(default=None, description="Its bond.")
    guaranteed: Amount | None = Field(
        default=None, description="What of the hub's bond stands for what it has earned and is not paid, in tokens."
    )
    reputation_bps: Bps | None = Field(default=None, description="Reputation in 1/10,000.")


class Provider(Model):
    """Offer GPUs for a price, backed by a bond."""

    PLURAL: ClassVar[str] = "providers"
    metadata: ObjectMeta
    spec: ProviderSpec
    status: ProviderStatus | None = None
