"""What agents and the hub's gateway say to each other, as JSON: one definition for both sides."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from hansa_protocol.eip712 import Iou, Receipt
from hansa_protocol.identity import Address, parse_address
from hansa_protocol.units import UINT96_MAX

UINT32_MAX = 2**32 - 1
UINT64_MAX = 2**64 - 1


def _in_range(amount: str) -> str:
    if int(amount) > UINT96_MAX:
        raise ValueError(f"{amount} is more than an amount of 96 bits can be")
    return amount


EthAddress = Annotated[Address, AfterValidator(parse_address)]
Hex32 = Annotated[str, StringConstraints(pattern=r"^0x[0-9a-f]{64}$")]
Hex65 = Annotated[str, StringConstraints(pattern=r"^0x[0-9a-f]{130}$")]
Amount = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,28})$"), AfterValidator(_in_range)]
UInt32 = Annotated[int, Field(ge=0, le=UINT32_MAX)]
UInt64 = Annotated[int, Field(ge=0, le=UINT64_MAX)]
Short = Annotated[str, StringConstraints(max_length=253)]


def _alias(name: str) -> str:
    return {"job_id": "jobID", "submission_id": "submissionID", "chain_id": "chainID"}.get(name, to_camel(name))


class Message(BaseModel):
    """Read camelCase strictly and refuse unknown fields."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, alias_generator=_alias, validate_by_name=True, serialize_by_alias=True
    )


class Reply(Message):
    """Ignore unknown fields: a hub may be newer than an agent."""

    model_config = ConfigDict(extra="ignore")


class HubMessage(Reply):
    """Tell what agents sign for."""

    chain_id: UInt64
    settlement: EthAddress
    hub: EthAddress
    epoch_seconds: Annotated[int, Field(gt=0, le=UINT32_MAX)]
    server_time_ms: UInt64


class Gpus(Message):
    """Count equal GPUs; `memory_bytes` per GPU, 0 when unknown."""

    model: Short
    count: Annotated[int, Field(ge=1, le=100_000)]
    memory_bytes: UInt64


class Claim(Message):
    """Claim that an attempt was alive in [from_ms, to_ms) of the hub's time."""

    submission_id: Short
    from_ms: UInt64
    to_ms: UInt64


class HeartbeatMessage(Message):
    """Carry what an agent sees now."""

    inventory: Annotated[tuple[Gpus, ...], Field(max_length=64, strict=False)]
    running: Annotated[tuple[Claim, ...], Field(max_length=4096, strict=False)]


class Terms(Reply):
    """State the terms of an attempt; `unit_price` in wei per GPU-hour."""

    submission_id: Short
    job_id: Hex32
    attempt: UInt32
    vault: EthAddress
    customer: EthAddress
    unit_price: Amount
    gpus: UInt32
    ended: bool


class HeartbeatReply(Reply):
    """Answer a heartbeat."""

    server_time_ms: UInt64
    assignments: Annotated[tuple[Terms, ...], Field(strict=False)]


class ReceiptFields(Message):
    """Hold a receipt's fields, without the signature."""

    hub: EthAddress
    vault: EthAddress
    customer: EthAddress
    job_id: Hex32
    attempt: UInt32
    epoch: UInt64
    seq: UInt32
    from_ms: UInt64
    to_ms: UInt64
    gpu_milliseconds: UInt64
    provider_amount: Amount
    outcome: Annotated[int, Field(ge=0, le=3)]
    result_digest: Hex32

    @classmethod
    def of(cls, receipt: Receipt) -> "ReceiptFields":
        """Return a receipt as it is sent."""
        return cls(
            hub=receipt.hub,
            vault=receipt.vault,
            customer=receipt.customer,
            job_id="0x" + receipt.job_id.hex(),
            attempt=receipt.attempt,
            epoch=receipt.epoch,
            seq=receipt.seq,
            from_ms=receipt.from_ms,
            to_ms=receipt.to_ms,
            gpu_milliseconds=receipt.gpu_milliseconds,
            provider_amount=str(receipt.provider_amount),
            outcome=int(receipt.outcome),
            result_digest="0x" + receipt.result_digest.hex(),
        )

    def receipt(self) -> Receipt:
        """Return the receipt that was sent."""
        fields = self.model_dump(by_alias=False)
        fields["job_id"] = bytes.fromhex(self.job_id[2:])
        fields["result_digest"] = bytes.fromhex(self.result_digest[2:])
        fields["provider_amount"] = int(self.provider_amount)
        return Receipt(**fields)


class ReceiptMessage(Message):
    """Carry a signed receipt."""

    receipt: ReceiptFields
    signature: Hex65


class ReportMessage(Message):
    """Carry the runner's account of an attempt."""

    exit_code: Annotated[int, Field(ge=-(2**31), le=2**31)] | None
    reason: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{1,64}$")]
    message: Annotated[str, StringConstraints(max_length=4096)]
    start_ms: UInt64
    end_ms: UInt64
    result_digest: Hex32
    result_bytes: UInt64


class IouMessage(Reply):
    """Carry an IOU with the hub's signature."""

    hub: EthAddress
    vault: EthAddress
    epoch: UInt64
    payee: EthAddress
    seq: UInt32
    cumulative: Amount
    signature: Hex65

    @classmethod
    def of(cls, iou: Iou, signature: str) -> "IouMessage":
        """Return an IOU as it is sent."""
        return cls(
            hub=iou.hub,
            vault=iou.vault,
            epoch=iou.epoch,
            payee=iou.payee,
            seq=iou.seq,
            cumulative=str(iou.cumulative),
            signature=signature,
        )


class IousReply(Reply):
    """List the latest IOUs of a payee."""

    ious: Annotated[tuple[IouMessage, ...], Field(strict=False)]


class SizeReply(Reply):
    """Tell how much of a log the hub has."""

    size: UInt64


class DigestReply(Reply):
    """Tell the sha256 of what was kept."""

    digest: str


class Refusal(Reply):
    """Tell why a message was refused and what to do."""

    reason: str
    message: str
