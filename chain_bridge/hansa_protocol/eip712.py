"""What is signed: lines, orders, receipts, IOUs and requests, as EIP-712 typed data."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from operator import attrgetter
from typing import Any, ClassVar

from hansa_protocol.identity import Address, keccak
from hansa_protocol.words import Encoder, encode_words, encoders


@dataclass(frozen=True, slots=True)
class Domain:
    """Say which contract on which chain a signature is for."""

    name: str
    version: str
    chain_id: int
    verifying_contract: Address

    def separator(self) -> bytes:
        """Return the domain separator, 32 bytes."""
        return _separator(self)


def settlement_domain(chain_id: int, settlement: Address) -> Domain:
    """Return the domain of receipts, IOUs, orders and requests."""
    return Domain("Hansa Settlement", "1", chain_id, settlement)


def credit_lines_domain(chain_id: int, credit_lines: Address) -> Domain:
    """Return the domain of credit lines."""
    return Domain("Hansa CreditLines", "1", chain_id, credit_lines)


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name)


class _Schema:
    """Hold a message type's text, its hash, and how its fields become words."""

    __slots__ = ("_table", "_values", "text", "type_hash")

    def __init__(self, text: str) -> None:
        self.text = text
        self.type_hash = keccak(text.encode())
        self._table: tuple[tuple[str, Encoder], ...] = encoders(text[text.index("(") + 1 : -1])
        self._values: Callable[[Any], tuple[Any, ...]] = attrgetter(*(_snake(name) for name, _ in self._table))

    def struct_hash(self, message: object) -> bytes:
        return keccak(self.type_hash + encode_words(self._table, self._values(message)))

    def digest(self, message: object, domain: Domain) -> bytes:
        return keccak(b"\x19\x01" + domain.separator() + self.struct_hash(message))


@dataclass(frozen=True, slots=True)
class Line:
    """Let a hub charge a customer up to `cap_per_epoch` wei each epoch; signed by the customer.

    `expires_at` and `valid_until` are unix seconds; `tenant` is the namespace that may use the line.
    """

    customer: Address
    settlement: Address
    hub: Address
    vault: Address
    tenant: str
    cap_per_epoch: int
    expires_at: int
    order_signer: Address
    nonce: int
    valid_until: int

    schema: ClassVar = _Schema(
        "Line(address customer,address settlement,address hub,address vault,string tenant,uint96 capPerEpoch,"
        "uint64 expiresAt,address orderSigner,uint256 nonce,uint64 validUntil)"
    )

    def digest(self, domain: Domain) -> bytes:
        """Return the 32 bytes that the customer signs, in the domain of CreditLines."""
        return self.schema.digest(self, domain)


@dataclass(frozen=True, slots=True)
class Order:
    """Let a hub charge a customer up to `max_amount` wei for one job; signed by the line's order signer.

    `service` is the version that the job uses, 0 without any; `spec_digest` has 32 bytes; `expires_at` is unix seconds.
    """

    hub: Address
    vault: Address
    customer: Address
    service: int
    spec_digest: bytes
    max_amount: int
    nonce: int
    expires_at: int

    schema: ClassVar = _Schema(
        "Order(address hub,address vault,address customer,uint64 service,bytes32 specDigest,uint96 maxAmount,"
        "uint256 nonce,uint64 expiresAt)"
    )

    def digest(self, domain: Domain) -> bytes:
        """Return the 32 bytes that the order signer signs, in the domain of Settlement: the id of the job."""
        return self.schema.digest(self, domain)


class ReceiptOutcome(IntEnum):
    """Tell how far the attempt was when its agent signed."""

    RUNNING = 0
    SUCCEEDED = 1
    FAILED = 2
    STOPPED = 3


@dataclass(frozen=True, slots=True)
class Receipt:
    """State what an attempt used in an epoch, cumulative; a higher `seq` supersedes.

    Signed by the provider's receipt key. Times are unix ms, `provider_amount` wei; id and digest have 32 bytes.
    """

    hub: Address
    vault: Address
    customer: Address
    job_id: bytes
    attempt: int
    epoch: int
    seq: int
    from_ms: int
    to_ms: int
    gpu_milliseconds: int
    provider_amount: int
    outcome: int
    result_digest: bytes

    schema: ClassVar = _Schema(
        "Receipt(address hub,address vault,address customer,bytes32 jobId,uint32 attempt,uint64 epoch,uint32 seq,"
        "uint64 fromMs,uint64 toMs,uint64 gpuMilliseconds,uint96 providerAmount,uint8 outcome,bytes32 resultDigest)"
    )

    def digest(self, domain: Domain) -> bytes:
        """Return the 32 bytes that the receipt key signs, in the domain of Settlement."""
        return self.schema.digest(self, domain)


@dataclass(frozen=True, slots=True)
class Iou:
    """State what a hub owes a payee for an epoch so far, in wei; of several a payee claims one. Signed by the hub."""

    hub: Address
    vault: Address
    epoch: int
    payee: Address
    seq: int
    cumulative: int

    schema: ClassVar = _Schema("Iou(address hub,address vault,uint64 epoch,address payee,uint32 seq,uint96 cumulative)")

    def digest(self, domain: Domain) -> bytes:
        """Return the 32 bytes that the hub signs, in the domain of Settlement."""
        return self.schema.digest(self, domain)


@dataclass(frozen=True, slots=True)
class Request:
    """Bind an HTTP request to its sender; `path` includes the query, `body_digest` is sha256 of the body."""

    method: str
    path: str
    time_ms: int
    body_digest: bytes

    schema: ClassVar = _Schema("Request(string method,string path,uint64 timeMs,bytes32 bodyDigest)")

    def digest(self, domain: Domain) -> bytes:
        """Return the 32 bytes that the sender signs, in the domain of Settlement."""
        return self.schema.digest(self, domain)


_DOMAIN_TYPE = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"


@lru_cache(maxsize=256)
def _separator(domain: Domain) -> bytes:
    table = encoders(_DOMAIN_TYPE[_DOMAIN_TYPE.index("(") + 1 : -1])
    values = (domain.name, domain.version, domain.chain_id, domain.verifying_contract)
    return keccak(keccak(_DOMAIN_TYPE.encode()) + encode_words(table, values))
