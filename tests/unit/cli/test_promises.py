"""What an IOU asks for: rows that are not paid are paid, and what no row reaches is claimed."""

from dataclasses import replace

from hansa_cli.verify.evidence import CreditAt, PartEvidence
from hansa_cli.verify.findings import Asking, Challenge, Finding, find_wrongs
from hansa_cli.verify.promises import Promise
from hansa_protocol.eip712 import Iou
from hansa_protocol.identity import Address
from hansa_protocol.signing import sign
from tests.unit.cli.test_claims import BATCH, COIN, DOMAIN, EPOCH, FACTS, KEY, PAYOUT, PROVIDER, VAULT
from tests.unit.cli.test_findings import HUB, LAW, LEAF, part_of

EARNED = LEAF.provider_amount
SAID = COIN.text(EARNED)


def promise(cumulative: int, *, key: bytes = KEY, payee: Address = PROVIDER, seq: int = 4) -> tuple[Iou, bytes]:
    iou = Iou(HUB, VAULT, EPOCH, payee, seq, cumulative)
    return iou, sign(iou.digest(DOMAIN), key)


def found(*ious: tuple[Iou, bytes], parts: tuple[PartEvidence, ...]) -> list[Finding]:
    kinds = (Challenge.PAYMENT, Challenge.CLAIM)
    return [one for one in find_wrongs(parts, LAW, Asking(PROVIDER, ious=ious)) if one.challenge in kinds]


def test_where_rows_have_paid_what_an_iou_says_nothing_is_to_be_done() -> None:
    assert found(promise(EARNED), parts=(part_of(LEAF, paid=True),)) == []
    paid_and_void = part_of(LEAF, paid=True, void=True)
    assert found(promise(EARNED), parts=(paid_and_void,)) == [], "a row that was paid stays paid"


def test_a_row_that_is_not_paid_is_paid_by_anybody_and_is_nothing_wrong() -> None:
    part = part_of(LEAF)
    (one,) = found(promise(EARNED), parts=(part,))
    assert (one.challenge, one.sender, one.wrong) == (Challenge.PAYMENT, None, False)
    assert one.why == f"part 0 of epoch {EPOCH} credits {PROVIDER} {SAID} and has not paid it, IOU 4 says {SAID}"
    assert isinstance(one.about, CreditAt)
    assert (one.about.row, one.about.prove()[0]) == (part.part.credits[one.about.index], one.about.row)


def test_what_rows_do_not_reach_is_claimed_after_they_are_paid() -> None:
    pay, claim = found(promise(EARNED + 1), parts=(part_of(LEAF),))
    assert (pay.challenge, claim.challenge, claim.sender) == (Challenge.PAYMENT, Challenge.CLAIM, PROVIDER)
    assert f"is credited {SAID}" in claim.why
    (rest,) = found(promise(EARNED + 1), parts=(part_of(LEAF, paid=True),))
    assert isinstance(rest.about, Promise)
    assert (rest.challenge, rest.about.paid) == (Challenge.CLAIM, EARNED)


def test_what_a_void_part_did_not_pay_is_claimed() -> None:
    (one,) = found(promise(EARNED), parts=(part_of(LEAF, void=True),))
    assert isinstance(one.about, Promise)
    assert (one.challenge, one.about.paid, one.about.credited) == (Challenge.CLAIM, 0, 0)


def test_what_cannot_be_read_is_told_and_claimed() -> None:
    part = part_of(LEAF)
    unread = replace(part, rows=replace(part.rows, credits=None))
    (one,) = found(promise(EARNED), parts=(unread,))
    assert (one.challenge, "; what part 0 credits cannot be read" in one.why) == (Challenge.CLAIM, True)
    blank = [(replace(BATCH, hub=HUB), (0, 1))]
    (one,) = find_wrongs([], LAW, Asking(PROVIDER, ious=[promise(EARNED)]), blank)
    assert (one.challenge, "; what part 0, 1 credits cannot be read" in one.why) == (Challenge.CLAIM, True)
    (one,) = find_wrongs([part], LAW, Asking(PROVIDER, ious=[promise(EARNED)]), [(part.batch, (0,))])
    assert one.challenge is Challenge.PAYMENT, "another file shows the rows"


def test_parts_that_stand_and_have_no_rows_cannot_be_read() -> None:
    (there,) = FACTS.posted
    facts = replace(FACTS, posted=(there, there, None), rows=(None, None, None), void=(False, True, False))
    assert facts.unread == (0,)


def test_of_several_ious_only_the_one_that_says_most_counts() -> None:
    ious = [promise(EARNED + 2, seq=6), promise(EARNED + 1, seq=5), promise(EARNED + 9, key=b"\2" * 32)]
    (one,) = found(*ious, parts=(part_of(LEAF, paid=True),))
    assert f"IOU 6 says {COIN.text(EARNED + 2)}" in one.why


def test_ious_of_others_and_ious_that_the_hub_did_not_sign_ask_for_nothing() -> None:
    much = EARNED + 1
    assert found(promise(much, key=b"\2" * 32), promise(much, payee=PAYOUT), parts=(part_of(LEAF),)) == []
