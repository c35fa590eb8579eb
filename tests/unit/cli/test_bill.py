"""A bill: what each party of a batch pays and gets, and the IOUs that the batch must keep."""

from dataclasses import replace

from hansa_chain.posted_rows import PostedRows
from hansa_chain.proofs import prove_leaves
from hansa_chain.revealed import Revealed
from hansa_cli.verify.bill import Bill, bill_checks, bill_of
from hansa_cli.verify.posts import tell_rows
from hansa_protocol.eip712 import Iou
from hansa_protocol.identity import Address
from hansa_protocol.parts import net_part
from hansa_protocol.signing import address_of, sign
from tests.unit.cli.test_claims import (
    BATCH,
    CUSTOMER,
    DOMAIN,
    EPOCH,
    FACTS,
    KEY,
    OTHER_KEY,
    PAYOUT,
    PROVIDER,
    TREASURY,
    VAULT,
)

HUB = address_of(KEY)
OF_HUB = replace(BATCH, hub=HUB)


def bill(account: Address) -> Bill:
    return bill_of(OF_HUB, FACTS, account)


def false_claims(account: Address, *ious: tuple[Iou, bytes]) -> list[str]:
    return [check.claim for check in bill_checks(bill(account), OF_HUB, ious) if not check.true]


def promise(cumulative: int, *, key: bytes = KEY, payee: Address = PROVIDER) -> tuple[Iou, bytes]:
    iou = Iou(HUB, VAULT, EPOCH, payee, 4, cumulative)
    return iou, sign(iou.digest(DOMAIN), key)


def test_each_party_sees_its_part_and_nobody_elses() -> None:
    assert [line.amount for line in bill(CUSTOMER).lines] == [-10_815, -10_815]
    assert [line.amount for line in bill(PROVIDER).lines] == [10_000, 10_000]
    assert [line.amount for line in bill(PAYOUT).lines] == [500, 500]
    assert bill(TREASURY).lines == ()


def test_rows_are_the_sum_of_slices() -> None:
    for account in (CUSTOMER, PROVIDER, PAYOUT, TREASURY):
        assert false_claims(account) == []
    assert (bill(CUSTOMER).charged, bill(CUSTOMER).taken, bill(PROVIDER).credited) == (21_630, 21_630, 20_000)


def test_who_is_customer_and_provider_sees_both() -> None:
    both = replace(BATCH.parts[0].leaves[0], provider=CUSTOMER)
    batch = replace(BATCH, parts=(replace(BATCH.parts[0], leaves=(both,)),))
    assert [line.role for line in bill_of(batch, FACTS, CUSTOMER).lines] == ["customer", "provider"]


def test_a_row_that_was_shaved_is_found() -> None:
    part = OF_HUB.parts[0]
    rows = tuple(replace(row, amount=row.amount - 1) for row in part.credits)
    shaved = replace(OF_HUB, parts=(replace(part, credits=rows),))
    checks = list(bill_checks(bill_of(shaved, FACTS, PROVIDER), shaved, ()))
    assert [check.true for check in checks] == [False]


def test_an_iou_that_the_batch_does_not_keep_is_found() -> None:
    assert false_claims(PROVIDER, promise(20_000)) == []
    assert false_claims(PROVIDER, promise(20_001)) == ["the batch keeps the hub's IOU number 4"]


def test_a_row_that_was_paid_keeps_an_iou_also_when_its_part_is_void() -> None:
    for paid, due in ((False, 0), (True, 20_000)):
        void = bill_of(OF_HUB, replace(FACTS, void=(True,), row_paid=(paid,)), PROVIDER)
        assert (void.credited, void.due) == (20_000, due)
        told = [check.true for check in bill_checks(void, OF_HUB, [promise(20_000)])]
        assert told == [True, paid]


def test_an_iou_that_the_hub_did_not_sign_proves_nothing() -> None:
    assert false_claims(PROVIDER, promise(1, key=OTHER_KEY)) == ["the batch keeps the hub's IOU number 4"]


def test_an_iou_for_somebody_else_is_not_counted() -> None:
    assert list(bill_checks(bill(PROVIDER), OF_HUB, [promise(99_999, payee=PAYOUT)]))[1:] == []


def test_where_no_file_shows_what_was_posted_a_bill_has_the_slices_that_the_hub_revealed() -> None:
    (part,), (there,) = BATCH.parts, FACTS.posted
    assert there is not None
    shown = Revealed({one.index: one for one in prove_leaves(there.header, part, [1])})
    facts = replace(FACTS, revealed=(shown,), rows=(PostedRows(part.debits, (), part.credits),))
    bare = replace(OF_HUB, parts=(net_part(0, (), OF_HUB.tariff),))
    found = bill_of(bare, facts, CUSTOMER)
    assert [(line.leaf, line.amount) for line in found.lines] == [(part.leaves[1], -10_815)]
    assert (found.charged, bill_of(bare, facts, PROVIDER).credited) == (21_630, 20_000)
    assert len(bill_of(OF_HUB, facts, CUSTOMER).lines) == 2, "a file that was posted has all"


def test_what_cannot_be_read_is_told_as_that() -> None:
    rows = PostedRows(BATCH.parts[0].debits, (), None)
    told = " ".join(tell_rows(bill(PROVIDER), replace(FACTS, rows=(rows,))))
    assert "What it is credited cannot be read." in told
    assert "is credited 20 T." in " ".join(tell_rows(bill(PROVIDER), replace(FACTS, rows=(replace(rows, credits=()),))))
