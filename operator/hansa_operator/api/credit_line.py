"""CreditLine: a customer's signed permission to spend from its balance on the jobs of one namespace."""

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

from hansa_operator.api.fields import Amount, Big, EvmAddress, NamedRef, ShortText, Signature
from hansa_operator.api.meta import ObjectMeta, Status
from hansa_operator.api.model import Model
from hansa_operator.api.rules import immutable, rules

_SIGNED = "it is what the customer signed; create another CreditLine with a new signature"


class CreditLineReason(StrEnum):
    """Name the reasons of a CreditLine's conditions."""

    ACTIVE = "Active"
    NOTICE_PENDING = "NoticePending"
    OPENING = "Opening"
    EXPIRED = "Expired"
    REVOKED = "Revoked"
    PAUSED = "Paused"
    BALANCE_TOO_LOW = "BalanceTooLow"
    SIGNATURE_INVALID = "SignatureInvalid"
    TENANT_MISMATCH = "TenantMismatch"
    DUPLICATE_LINE = "DuplicateLine"
    WRONG_HUB = "WrongHub"
    WRONG_VAULT = "WrongVault"
    WAITING_FOR_REFERENCE = "WaitingForReference"
    REFERENCE_NOT_FOUND = "ReferenceNotFound"
    AMOUNT_INVALID = "AmountInvalid"
    CHAIN_UNREACHABLE = "ChainUnreachable"


class Authorization(Model):
    """Hold the line that the customer signed (EIP-712), with its signature."""

    customer: EvmAddress = Field(description="Who pays, and who signed.")
    settlement: EvmAddress = Field(description="Settlement contract that may take from the line.")
    vault: EvmAddress = Field(description="Vault that holds the customer's balance.")
    cap_per_epoch: Amount = Field(description="Most that one epoch may take, in tokens.")
    expires_at: Big = Field(description="Unix seconds when the line ends.")
    order_signer: EvmAddress | None = Field(
        default=None, description="Who may sign orders; absent means none is needed."
    )
    tenant: Annotated[str, Field(min_length=1, max_length=63)] = Field(
        description="Namespace that may spend; signed, so that a copied line cannot be spent by others."
    )
    nonce: Big = Field(description="Number of this line between customer and vault, counted on chain.")
    valid_until: Big = Field(description="Unix seconds until which the line may be opened with this signature.")
    signature: Signature = Field(description="The customer's signature over the fields above.")


class CreditLineSpec(Model):
    """State the signed line, and whether it may be used now."""

    model_config = ConfigDict(json_schema_extra=rules(immutable({"authorization": _SIGNED})))

    hub_ref: NamedRef = Field(description="Hub that the line is for.")
    authorization: Authorization = Field(description="What the customer signed.")
    paused: bool = Field(default=False, description="True admits no new jobs on this line.")


class LineBalance(Model):
    """State what the customer has in the vault."""

    amount: Amount = Field(description="Balance in tokens.")
    pending_withdrawal: Amount | None = Field(default=None, description="Part of it that is being withdrawn.")
    at_block: Big | None = Field(default=None, description="Block that was read.")


class CreditLineStatus(Status):
    """Tell whether the line is in force, and what is behind it."""

    digest: ShortText | None = Field(default=None, description="EIP-712 digest of the line.")
    tx_hash: ShortText | None = Field(default=None, description="Transaction that opened it.")
    effective_epoch: Big | None = Field(default=None, description="First epoch in which it is in force.")
    balance: LineBalance | None = Field(default=None, description="The customer's balance.")


class CreditLine(Model):
    """Let the jobs of a namespace be paid from a customer's balance, up to a cap an epoch."""

    PLURAL: ClassVar[str] = "creditlines"
    metadata: ObjectMeta
    spec: CreditLineSpec
    status: CreditLineStatus | None = None
