"""What arrives from providers, and what they are told: the port between the gateway and the operator's rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from hansa_protocol.eip712 import Iou, Receipt


@dataclass(frozen=True, slots=True)
class HubInfo:
    """Tell an agent what it signs for: the EIP-712 domain of the settlement, the hub's address, and the epoch grid."""

    chain_id: int
    settlement: str
    hub: str
    epoch_seconds: int


@dataclass(frozen=True, slots=True)
class GpuInventory:
    """Count equal GPUs of a provider; `memory_bytes` is per GPU, 0 when unknown (logical GPUs)."""

    model: str
    count: int
    memory_bytes: int


@dataclass(frozen=True, slots=True)
class RunningClaim:
    """Claim that an attempt's runner was alive in [from_ms, to_ms), in the hub's unix ms."""

    submission_id: str
    from_ms: int
    to_ms: int


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """Carry what one provider's agent sees now."""

    inventory: tuple[GpuInventory, ...]
    running: tuple[RunningClaim, ...]


@dataclass(frozen=True, slots=True)
class Assignment:
    """Give an agent the terms of an attempt that the hub placed on its provider. `gpus` counts all workers."""

    submission_id: str
    job_id: str
    attempt: int
    vault: str
    customer: str
    unit_price: int
    gpus: int
    ended: bool


@dataclass(frozen=True, slots=True)
class RunReport:
    """Carry the runner's account of an attempt; `reason` CamelCase, `message` an excerpt for people."""

    exit_code: int | None
    reason: str
    message: str
    start_ms: int
    end_ms: int
    result_digest: str
    result_bytes: int


@dataclass(frozen=True, slots=True)
class SignedIou:
    """Pair an IOU with the hub's signature (0x hex)."""

    iou: Iou
    signature: str


class IntakeRefused(Exception):
    """Raised when a message is refused; `status` for HTTP, `reason` CamelCase, the message says what to do."""

    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason


class Intake(Protocol):
    """Take messages whose transport signature the gateway has checked; `sender` is the recovered address.

    Every call is idempotent and durable when it returns; each raises IntakeRefused when the sender has no right to it.
    """

    def hub(self) -> HubInfo:
        """Return what agents sign for."""

    async def heartbeat(self, sender: str, beat: Heartbeat) -> Sequence[Assignment]:
        """Witness a heartbeat and return the provider's open attempts."""

    async def receipt(self, sender: str, receipt: Receipt, signature: bytes) -> None:
        """Keep a receipt if it supersedes the known one; older ones are acknowledged and dropped."""

    async def log(self, sender: str, job_id: str, attempt: int, offset: int, data: bytes) -> int:
        """Append to an attempt's log and return its size."""

    async def report(self, sender: str, job_id: str, attempt: int, report: RunReport) -> None:
        """Keep the runner's report."""

    async def result(self, sender: str, job_id: str, attempt: int, data: bytes) -> str:
        """Keep the zip of an attempt's outputs and return its sha256."""

    async def ious(self, sender: str) -> Sequence[SignedIou]:
        """Return the latest IOUs that the hub signed for this payee."""

    async def read_log(self, job_id: str, attempt: int, key: str, offset: int, limit: int) -> tuple[bytes, bool]:
        """Return bytes for a reader who holds the log's key, and whether the log is complete."""

    async def read_result(self, job_id: str, attempt: int, key: str) -> bytes:
        """Return the zip of the outputs for a reader who holds its key."""

    async def read_batch(self, digest: str, key: str) -> bytes:
        """Return a batch file for a reader who holds its key."""
