"""Cases against this hub, as the chain has them: what is open, until when, and the calls that answer."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from hansa_operator.ports.chain import Intend, SentTx
from hansa_protocol.batch import Batch
from hansa_protocol.eip712 import Order
from hansa_protocol.evidence import SignedReceipt


class CaseKind(StrEnum):
    """Name what the hub is asked for."""

    ORDER = "order"
    RECEIPT = "receipt"
    STATEMENT = "statement"
    DISPUTE = "dispute"
    CLAIM = "claim"


@dataclass(frozen=True, slots=True)
class OpenCase:
    """State a case that is open; it can be answered until `due` (unix seconds, included), a dispute ends after that.

    `key` names it for ever. `index` is that of the slice, or of the debit row. `missing` is what of a statement's row
    or of a claim is not shown yet, in wei, `next_index` and `next_part` the least that can still be shown of them.
    `account` is who is charged, who is named as provider, or who claims.
    """

    key: str
    kind: CaseKind
    vault: str
    epoch: int
    part: int
    index: int
    account: str
    due: int
    missing: int = 0
    next_index: int = 0
    next_part: int = 0


@dataclass(frozen=True, slots=True)
class OpenCases:
    """Hold what is open at the newest block, and that block's time (unix seconds)."""

    timestamp: int
    cases: tuple[OpenCase, ...] = ()


@dataclass(frozen=True, slots=True)
class PayeeRows:
    """Say in which parts of a batch a payee's row is paid, and in which it never will be, because they are void."""

    paid: frozenset[int] = frozenset()
    lost: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class ShowOrder:
    """Show the order of the slice's job."""

    order: Order
    signature: bytes


@dataclass(frozen=True, slots=True)
class ShowReceipt:
    """Show the receipt that the slice names."""

    signed: SignedReceipt


@dataclass(frozen=True, slots=True)
class Reveal:
    """Show these slices of the row."""

    indexes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ShowCredit:
    """Show the payee's row in a part."""

    part: int


@dataclass(frozen=True, slots=True)
class Expire:
    """Pay a disputed slice as posted."""


Show = ShowOrder | ShowReceipt | Reveal | ShowCredit | Expire


class Cases(Protocol):
    """Read and answer the cases against one hub. Reads raise ChainUnreachable; writes also ChainRefused."""

    async def open(self) -> OpenCases:
        """Return what is open."""

    async def rows_of(self, batch: Batch, payee: str) -> PayeeRows:
        """Return how a payee's credit rows stand in the parts of a batch."""

    async def answer(
        self, case: OpenCase, batch: Batch, show: Show, intend: Intend, replaces: int | None = None
    ) -> SentTx:
        """Answer a case with what a batch and the ledger have."""
