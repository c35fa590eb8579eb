"""One account's part of a batch: its slices, what it was charged and paid, and what the hub had promised it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest

from hansa_cli.coin import Coin
from hansa_cli.verify.check import Check
from hansa_cli.verify.facts import Facts
from hansa_cli.verify.law import signer_of
from hansa_protocol.batch import Batch
from hansa_protocol.eip712 import Iou, settlement_domain
from hansa_protocol.identity import Address
from hansa_protocol.leaf import Leaf
from hansa_protocol.parts import Tariff
from hansa_protocol.rows import Row


@dataclass(frozen=True, slots=True)
class BillLine:
    """Show one slice from an account's side: `amount` is what it pays (negative) or gets, in wei."""

    leaf: Leaf
    role: str
    amount: int


@dataclass(frozen=True, slots=True)
class Bill:
    """Hold an account's slices and rows in a batch, in wei of `coin`.

    `taken` is what of `charged` its balance paid, `due` what of `credited` is paid or in parts that are not void.
    """

    account: Address
    coin: Coin
    lines: tuple[BillLine, ...]
    charged: int
    taken: int
    credited: int
    due: int

    @property
    def sum_of_slices(self) -> int:
        """Return what its slices come to."""
        return sum(line.amount for line in self.lines)


def bill_of(batch: Batch, facts: Facts, account: Address) -> Bill:
    """Return an account's bill: slices as the file has them, rows as they were posted where that can be read.

    Where a part is not what the file says, its slices are those that the hub has revealed on chain, if it has any.
    """
    both = list(zip_longest(batch.parts, facts.rows))
    paid_rows = [part.credits if rows is None or rows.credits is None else rows.credits for part, rows in both]
    standing = zip_longest(paid_rows, facts.void, facts.row_paid)
    lines = (line for leaf, tariff in _slices(batch, facts) for line in _lines(leaf, tariff, account))
    return Bill(
        account=account,
        coin=facts.coin,
        lines=tuple(lines),
        charged=_sum(account, (rows.debits if rows else part.debits for part, rows in both)),
        taken=sum(taken.get(account, 0) for taken in facts.taken),
        credited=_sum(account, paid_rows),
        due=_sum(account, (rows for rows, void, paid in standing if paid or not void)),
    )


def _slices(batch: Batch, facts: Facts) -> Iterator[tuple[Leaf, Tariff]]:
    """Yield slices with the rates that they are charged at."""
    for part, posted in zip_longest(batch.parts, facts.posted):
        shown = facts.reveals(part.index).leaves
        if shown and posted is not None and posted.header.jobs_root != part.jobs_root:
            yield from ((shown[index].leaf, facts.tariff) for index in sorted(shown))
        else:
            yield from ((leaf, batch.tariff) for leaf in part.leaves)


def _sum(account: Address, lists: Iterable[Iterable[Row]]) -> int:
    return sum(row.amount for rows in lists for row in rows if row.account == account)


def _lines(leaf: Leaf, tariff: Tariff, account: Address) -> Iterator[BillLine]:
    split, terms = tariff.split_of(leaf), tariff.services.get(leaf.service)
    if leaf.customer == account:
        yield BillLine(leaf, "customer", -split.debit)
    if leaf.provider == account:
        yield BillLine(leaf, "provider", split.provider)
    if terms is not None and terms.payout == account and split.royalty:
        yield BillLine(leaf, "publisher", split.royalty)


def bill_checks(bill: Bill, batch: Batch, ious: Iterable[tuple[Iou, bytes]]) -> Iterator[Check]:
    """Yield the claims of a bill: rows are the sum of slices, and no IOU over this epoch promised more."""
    rows = bill.credited - bill.charged
    seen = f"slices {bill.coin.text(bill.sum_of_slices)}, rows {bill.coin.text(rows)}"
    yield Check(f"{bill.account}'s rows are the sum of its slices", bill.sum_of_slices == rows, seen)
    yield from promise_checks(bill, batch, ious)


def promise_checks(bill: Bill, batch: Batch, ious: Iterable[tuple[Iou, bytes]]) -> Iterator[Check]:
    """Yield the claims of the hub's IOUs over this epoch."""
    domain = settlement_domain(batch.chain_id, batch.settlement)
    for iou, signature in ious:
        if (iou.hub, iou.vault, iou.epoch, iou.payee) == (batch.hub, batch.vault, batch.epoch, bill.account):
            binding = signer_of(iou.digest(domain), signature) == batch.hub
            seen = f"credited {bill.coin.text(bill.due)}, promised {bill.coin.text(iou.cumulative)}"
            claim = f"the batch keeps the hub's IOU number {iou.seq}"
            yield Check(claim, binding and bill.due >= iou.cumulative, seen if binding else "not the hub's signature")
