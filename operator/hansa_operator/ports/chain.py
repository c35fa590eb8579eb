"""The chain as the operator needs it: frozen reads, and transactions that are recorded before they are sent."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from hansa_protocol.batch import Batch
from hansa_protocol.eip712 import Line


@dataclass(frozen=True, slots=True)
class ChainTimes:
    """Give the settlement contract's constants: seconds, and basis points."""

    epoch_seconds: int
    post_seconds: int
    window_seconds: int
    sealing_seconds: int
    finality_seconds: int
    fee_bps: int


@dataclass(frozen=True, slots=True)
class ChainStamp:
    """Name the block that a group of reads was made at; `timestamp` in unix seconds."""

    number: int
    timestamp: int


@dataclass(frozen=True, slots=True)
class CreditState:
    """Report a customer's line towards this hub at a finalized block. Amounts in wei.

    `cap` and `until_epoch` are those in force in the epoch that was asked for, 0 without any; `next_cap` comes into
    force with `next_from_epoch` (0: no change is waiting; a cap of 0 ends the line). `next_nonce` is the one that the
    customer's next line must have. `reserved_elsewhere` is what the lines of other hubs may take before this hub is
    paid. `order_signer` is whose orders the line in force asks for ("": for none).
    """

    stamp: ChainStamp
    cap: int
    until_epoch: int
    next_cap: int
    next_from_epoch: int
    next_nonce: int
    balance: int
    pending_withdrawal: int
    reserved_elsewhere: int
    order_signer: str = ""

    @property
    def free_balance(self) -> int:
        """Return what of the balance this hub can count on, before what it has not settled itself."""
        return max(0, self.balance - self.pending_withdrawal - self.reserved_elsewhere)


@dataclass(frozen=True, slots=True)
class ProviderState:
    """Report a provider's bond that is not leaving (wei) and its receipt key in force ("": not registered).

    `guaranteed` is what of this hub's bond stands for it and is not asked back, `revoking` what is (wei).
    """

    stamp: ChainStamp
    bond: int
    receipt_key: str
    guaranteed: int = 0
    revoking: int = 0


@dataclass(frozen=True, slots=True)
class ServiceState:
    """Report a published service version; the digest is 0x hex.

    Not `payable` when the contracts take no credit to its payout: one row of it would block a whole epoch.
    """

    service_id: int
    payout: str
    royalty_bps: int
    content_digest: str
    payable: bool = True


@dataclass(frozen=True, slots=True)
class HubState:
    """Report this hub in one vault: last posted epoch at the latest block (None: never posted), bond, gas money. Wei.

    `lag_blocks` is how far the newest final block is behind the newest one.
    """

    stamp: ChainStamp
    last_epoch: int | None
    bond: int
    free_bond: int
    gas_balance: int
    lag_blocks: int


@dataclass(frozen=True, slots=True)
class PartState:
    """Report one part of an epoch: posted and paid, each at the latest and at the finalized block.

    `posted_at` in unix seconds and `shortfall` in wei are of the latest block, None and 0 before the post.
    """

    latest: ChainStamp
    finalized: ChainStamp
    posted_latest: bool
    posted_finalized: bool
    posted_at: int | None
    shortfall: int
    paid_latest: bool
    paid_finalized: bool


class TxState(StrEnum):
    """Tell where a transaction is; `UNKNOWN` when the node does not know it (yet, or any more)."""

    UNKNOWN = "Unknown"
    PENDING = "Pending"
    MINED = "Mined"
    FINALIZED = "Finalized"
    REVERTED = "Reverted"


@dataclass(frozen=True, slots=True)
class TxView:
    """Report a transaction; `message` says why it reverted and what to do."""

    state: TxState
    block: int | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class SentTx:
    """Identify a transaction that is signed and about to be sent, or was sent."""

    tx_hash: str
    nonce: int


Intend = Callable[[SentTx], Awaitable[None]]
"""Called with what is about to be sent, after it was simulated: record it durably there, so that a restart knows."""


class ChainUnreachable(Exception):
    """Raised when the node does not answer, or somebody else was faster: temporary, look again."""


class ChainRefused(Exception):
    """Raised when chain or node refuse for good; `reason` is the contract's error or InsufficientGas, CamelCase."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class Chain(Protocol):
    """Read and write the contracts for one hub. Reads raise ChainUnreachable; writes also ChainRefused.

    A write with the nonce of an earlier try in `replaces` takes its place: at most one of the two happens.
    """

    async def times(self) -> ChainTimes:
        """Return the settlement's constants."""

    async def stamp(self) -> ChainStamp:
        """Return the latest block."""

    async def credit(self, customer: str, vault: str, epoch: int) -> CreditState:
        """Return a customer's line and balance."""

    async def provider(self, address: str, vault: str, epoch: int) -> ProviderState:
        """Return a provider's bond in a vault, the key of its receipts in an epoch, and what this hub guarantees it."""

    async def service(self, publisher: str, name: str, version: str) -> ServiceState | None:
        """Return a published service version, or None when the chain knows none."""

    async def hub(self, vault: str) -> HubState:
        """Return this hub's own standing."""

    async def part(self, batch: Batch, part: int) -> PartState:
        """Return how far a part of a batch is."""

    async def open_line(self, line: Line, signature: bytes, intend: Intend, replaces: int | None = None) -> SentTx:
        """Relay a customer's signed line."""

    async def guarantee(
        self, payee: str, vault: str, total: int, intend: Intend, replaces: int | None = None
    ) -> SentTx:
        """Raise what of the hub's bond is set aside for a payee to a total (wei)."""

    async def post(
        self,
        batch: Batch,
        part: int,
        file_digest: str,
        intend: Intend,
        *,
        replaces: int | None = None,
        paying: Batch | None = None,
    ) -> SentTx:
        """Send a part of a batch whose file has this sha256 (hex).

        The same transaction pays the credits of `paying`, a posted batch of one part: both happen, or neither.
        """

    async def finalize(self, batch: Batch, part: int, intend: Intend, replaces: int | None = None) -> SentTx:
        """Pay a posted part's credits after its window."""

    async def transaction(self, tx_hash: str) -> TxView:
        """Return where a transaction is."""
