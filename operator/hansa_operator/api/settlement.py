"""Settlement: one epoch's payments in one vault, from the sealed batch to final balances. No slices or names in it."""

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

from hansa_operator.api.fields import Amount, Big, Count, Digest, EvmAddress, NamedRef, Sha256, ShortText, Time, Uri
from hansa_operator.api.meta import ObjectMeta, Status
from hansa_operator.api.model import Model
from hansa_operator.api.rules import rule, rules

_LIST = {"x-kubernetes-list-type": "atomic"}


class SettlementReason(StrEnum):
    """Name the reasons of a Settlement's conditions."""

    BROADCAST = "Broadcast"
    MINED = "Mined"
    FINALIZED = "Finalized"
    REORGED = "Reorged"
    DEADLINE_MISSED = "DeadlineMissed"
    WINDOW_OPEN = "WindowOpen"
    WINDOW_CLOSED = "WindowClosed"
    CREDITS_APPLIED = "CreditsApplied"
    PARTIALLY_APPLIED = "PartiallyApplied"
    INSUFFICIENT_GAS = "InsufficientGas"
    BOND_TOO_LOW = "BondTooLow"
    RPC_DISAGREEMENT = "RPCDisagreement"
    BATCH_FILE_MISSING = "BatchFileMissing"


class Totals(Model):
    """State a part's sums in tokens."""

    debits: Amount = Field(description="Taken from customers.")
    credits: Amount = Field(description="Given to providers and publishers.")


class SettlementPart(Model):
    """State one part of the batch: one transaction."""

    jobs_root: Digest = Field(description="Merkle root of the slices.")
    debit_root: Digest = Field(description="Merkle root of the debit rows.")
    credit_root: Digest = Field(description="Merkle root of the credit rows.")
    totals: Totals = Field(description="Sums.")


class BatchFile(Model):
    """Point at the batch file."""

    uri: Uri = Field(description="Where it is.")
    sha256: Sha256 = Field(description="SHA-256 of the file, as posted on chain.")
    size_bytes: Big = Field(description="Its size.")


class SettlementSpec(Model):
    """State the batch that was sealed. Nothing of it ever changes."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            rule(
                "self == oldSelf",
                "a Settlement cannot be changed: it says what was sealed and is posted on chain; leave it as it is",
            )
        )
    )

    hub_ref: NamedRef = Field(description="Hub that settles.")
    chain_id: Annotated[int, Field(ge=1, le=2**53)] = Field(description="Chain id.")
    contract: EvmAddress = Field(description="Settlement contract.")
    vault: EvmAddress = Field(description="Vault, and so the token.")
    epoch: Big = Field(description="Epoch.")
    slices: Count = Field(description="Number of slices in the batch.")
    parts: Annotated[tuple[SettlementPart, ...], Field(min_length=1, max_length=32, json_schema_extra=_LIST)] = Field(
        description="Parts, in order; each is one transaction."
    )
    batch: BatchFile = Field(description="The file that holds all slices and rows.")


class TransactionStatus(Model):
    """Follow one transaction."""

    hash: ShortText | None = Field(default=None, description="Transaction hash.")
    nonce: Big | None = Field(default=None, description="The sender's nonce.")
    block: Big | None = Field(default=None, description="Block that it is in.")
    sent_at: Time | None = Field(default=None, description="When it was first sent.")
    attempts: Count | None = Field(default=None, description="How often it was sent, with rising fees.")


class PartStatus(Model):
    """Follow one part."""

    post: TransactionStatus | None = Field(default=None, description="Transaction that posts it.")
    finalize: TransactionStatus | None = Field(default=None, description="Transaction that credits it.")
    shortfall: Amount | None = Field(default=None, description="What customers lacked, paid from the hub's bond.")
    window_ends_at: Time | None = Field(default=None, description="When the challenge window ends.")


class Audits(Model):
    """Count re-executions."""

    drawn: Count = Field(default=0, description="Drawn.")
    passed: Count = Field(default=0, description="With the same result.")
    failed: Count = Field(default=0, description="With another result.")


class Disputes(Model):
    """Count disputes."""

    open: Count = Field(default=0, description="Not decided yet.")
    resolved: Count = Field(default=0, description="Decided.")
    recent: Annotated[tuple[ShortText, ...], Field(max_length=8, json_schema_extra=_LIST)] = Field(
        default=(), description="Ids of the newest."
    )


class SettlementStatus(Status):
    """Tell how far the money is."""

    phase: ShortText | None = Field(default=None, description="One word for people; programs use conditions.")
    parts: Annotated[tuple[PartStatus, ...], Field(max_length=32, json_schema_extra=_LIST)] = Field(
        default=(), description="Parts, in the order of spec.parts."
    )
    audits: Audits | None = Field(default=None, description="Re-executions.")
    disputes: Disputes | None = Field(default=None, description="Disputes.")


class Settlement(Model):
    """Record one epoch's payments in one vault; the operator creates it, and nobody changes it."""

    PLURAL: ClassVar[str] = "settlements"
    metadata: ObjectMeta
    spec: SettlementSpec
    status: SettlementStatus | None = None
