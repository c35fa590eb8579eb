"""What a hub's IOUs say, held against the rows that credit their payee, paid or only posted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hansa_cli.verify.evidence import CreditAt, PartEvidence
from hansa_cli.verify.law import signer_of
from hansa_protocol.batch import Batch
from hansa_protocol.eip712 import Iou, settlement_domain
from hansa_protocol.identity import Address

Place = tuple[Address, Address, int]
"""Hub, vault and epoch."""


@dataclass(frozen=True, slots=True)
class Promise:
    """Hold an IOU with its payee's rows in the parts that are posted; what the parts `unread` credit nobody can say."""

    iou: Iou
    signature: bytes
    rows: tuple[CreditAt, ...] = ()
    unread: tuple[int, ...] = ()

    @property
    def paid(self) -> int:
        """Return what rows have paid, in wei: a row that was paid stays paid, also when its part becomes void."""
        return sum(one.row.amount for one in self.rows if one.place.paid)

    @property
    def unpaid(self) -> tuple[CreditAt, ...]:
        """Return the rows that are posted and not paid; a part that is void pays none."""
        return tuple(one for one in self.rows if not one.place.paid and not one.place.void)

    @property
    def credited(self) -> int:
        """Return what rows have paid or can pay, in wei."""
        return self.paid + sum(one.row.amount for one in self.unpaid)


def gather_promises(
    ious: Sequence[tuple[Iou, bytes]],
    payee: Address | None,
    parts: Sequence[PartEvidence],
    blank: Sequence[tuple[Batch, Sequence[int]]],
) -> Iterator[Promise]:
    """Yield what hubs have promised a payee of these epochs: of each the IOU that says most, as only one is claimed.

    `blank` are batches without rows, with the numbers of their parts that cannot be read.
    """
    batches = {_place(one): one for one in (*(batch for batch, _ in blank), *(part.batch for part in parts))}
    most = dict[Place, tuple[Iou, bytes]]()
    for iou, signature in sorted(ious, key=lambda one: one[0].cumulative):
        batch = batches.get(place := (iou.hub, iou.vault, iou.epoch))
        if batch is not None and iou.payee == payee and _is_signed(iou, signature, batch):
            most[place] = (iou, signature)
    for place, (iou, signature) in most.items():
        own = [part for part in parts if _place(part.batch) == place]
        rows = ((part, part.rows.credit_index(iou.payee)) for part in own)
        unread = {number for batch, numbers in blank if _place(batch) == place for number in numbers}
        unread -= {part.part.index for part in own}
        unread |= {part.part.index for part in own if part.rows.credits is None and not part.void}
        found = tuple(CreditAt(part, index) for part, index in rows if index is not None)
        yield Promise(iou, signature, found, tuple(sorted(unread)))


def _is_signed(iou: Iou, signature: bytes, batch: Batch) -> bool:
    return signer_of(iou.digest(settlement_domain(batch.chain_id, batch.settlement)), signature) == iou.hub


def _place(batch: Batch) -> Place:
    return batch.hub, batch.vault, batch.epoch
