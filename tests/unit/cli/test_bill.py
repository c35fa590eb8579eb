"""A bill: what each party of a batch pays and gets, and the IOUs that the batch must keep."""

from dataclasses import replace

from hansa_cli.verify.bill import Bill, bill_checks, bill_of
from hansa_protocol.eip712 import Iou
from hansa_protocol.identity import Address
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


def test_an_iou_that_the_hub_did_not_sign_proves_nothing() -> None:
    assert false_claims(PROVIDER, promise(1, key=OTHER_KEY)) == ["the batch keeps the hub's IOU number 4"]


def test_an_iou_for_somebody_else_is_not_counted() -> None:
    assert list(bill_checks(bill(PROVIDER), OF_HUB, [promise(99_999, payee=PAYOUT)]))[1:] == []
