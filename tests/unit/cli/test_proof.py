"""The demonstration's claims: true on good evidence, false on every single thing that is wrong."""

from dataclasses import replace
from typing import Any

import pytest

from hansa_cli.demo.books import books_of
from hansa_cli.demo.proof import JobEvidence, job_checks, money_checks
from hansa_cli.demo.report import list_evidence
from hansa_cli.demo.script import ACTS, Act, End
from hansa_cli.sheet import Holding, Sheet
from hansa_protocol.units import Wei, format_amount
from tests.unit.cli.test_books import CUSTOMER, HUB, PRICE, PROVIDER, PUBLISHER, TREASURY, VAULT, slices

PAID = tuple(slices([5_000, 20_000]))
BOOKS = books_of(PAID)
PRICES = (PRICE, PRICE)


def act_of(name: str) -> Act:
    return next(act for act in ACTS if act.name == name)


def job(*conditions: tuple[str, str, str], **status: Any) -> dict[str, Any]:
    listed = [{"type": kind, "status": state, "reason": reason, "message": ""} for kind, state, reason in conditions]
    return {"metadata": {"name": "x"}, "status": {"conditions": listed, **status}}


def finished(**usage: str) -> dict[str, Any]:
    paid = format_amount(Wei(BOOKS.debit), 6)
    amounts = {"amount": paid, "sealedAmount": paid, "settledAmount": paid, **usage}
    return job(("Complete", "True", "Succeeded"), ("Settled", "True", "Finalized"), usage=amounts, attempts=1)


GOOD = JobEvidence(
    act_of("digits"),
    finished(),
    gone=False,
    slices=PAID,
    books=BOOKS,
    prices=PRICES,
    outputs={"metrics.json": 10},
    providers=("lubeck",),
    told="accuracy 0.98",
)
PRICED = "digits pays its provider's price for time that its provider signed for"


def false_claims(evidence: JobEvidence) -> list[str]:
    return [check.claim for check in job_checks(evidence, decimals=6) if not check.true]


def test_good_evidence_makes_every_claim_true() -> None:
    assert false_claims(GOOD) == []


@pytest.mark.parametrize(
    ("evidence", "claim"),
    [
        (replace(GOOD, job=job(("Failed", "True", "RetriesExhausted"))), "digits succeeded and is settled"),
        (replace(GOOD, outputs={}), "digits left outputs"),
        (replace(GOOD, job=finished(settledAmount="0")), "digits's status says what the chain took"),
        (replace(GOOD, slices=PAID[1:], prices=PRICES[1:]), "digits's slices are complete and charge no time twice"),
        (replace(GOOD, prices=(PRICE, 2 * PRICE)), PRICED),
        (replace(GOOD, books=replace(BOOKS, signed=BOOKS.provider - 1)), PRICED),
        (replace(GOOD, slices=(replace(PAID[0], receipt=None), PAID[1])), PRICED),
        (replace(GOOD, books=replace(BOOKS, publisher=0)), "digits paid its publisher"),
    ],
    ids=[
        "a failed job",
        "no outputs",
        "a status that differs",
        "a missing slice",
        "another price",
        "more than is signed",
        "no receipt",
        "no royalty",
    ],
)
def test_each_fault_makes_its_claim_false(evidence: JobEvidence, claim: str) -> None:
    assert claim in false_claims(evidence)


def test_a_refused_job_must_have_cost_nothing() -> None:
    refused = job(("Admitted", "False", "BudgetExceeded"), ("Stalled", "True", "BudgetExceeded"))
    evidence = JobEvidence(act_of("over-budget"), refused, gone=False)
    assert false_claims(evidence) == []
    assert false_claims(replace(evidence, slices=PAID, prices=PRICES)) == ["over-budget cost nothing"]


@pytest.mark.parametrize(("life_ms", "true"), [((0, 25_000), True), ((0, 24_999), False), ((1, 25_000), False)])
def test_a_cancelled_job_must_not_pay_for_more_than_it_ran(life_ms: tuple[int, int], true: bool) -> None:
    act = act_of("cancelled")
    assert act.end is End.DELETED
    evidence = JobEvidence(act, job(), gone=True, life_ms=life_ms, slices=PAID, books=BOOKS, prices=PRICES)
    assert ("cancelled pays only for what ran" not in false_claims(evidence)) is true


def sheet(*, customer: int, provider: int, publisher: int, treasury: int, escrow: int = 0) -> Sheet:
    balances = {CUSTOMER: customer, PROVIDER: provider, PUBLISHER: publisher, HUB: 0, TREASURY: treasury}
    holdings = tuple(Holding(address[:4], "party", address, 0, amount) for address, amount in balances.items())
    custody = (Holding("escrow", "contract", VAULT, 0, 500 + escrow),)
    held = sum(balances.values()) + 500 + escrow
    return Sheet(1, "HANSA", 6, TREASURY, holdings, custody, held)


OPENING = sheet(customer=10**9, provider=0, publisher=0, treasury=0)
CLOSING = sheet(
    customer=10**9 - BOOKS.debit, provider=BOOKS.provider, publisher=BOOKS.publisher, treasury=BOOKS.protocol
)


def false_money(closing: Sheet) -> list[str]:
    return [check.claim for check in money_checks(OPENING, closing, PAID) if not check.true]


def test_balances_that_moved_by_their_slices_are_true() -> None:
    assert false_money(CLOSING) == []


def test_a_missing_wei_is_found() -> None:
    assert false_money(replace(CLOSING, held=CLOSING.held - 1)) == ["vault tokens = sum of balances at the end"]


def test_a_wei_at_the_wrong_party_is_found() -> None:
    wrong = sheet(
        customer=10**9 - BOOKS.debit,
        provider=BOOKS.provider - 1,
        publisher=BOOKS.publisher + 1,
        treasury=BOOKS.protocol,
    )
    assert len(false_money(wrong)) == 2


def test_money_left_in_escrow_is_found() -> None:
    short = sheet(
        customer=10**9 - BOOKS.debit,
        provider=BOOKS.provider,
        publisher=BOOKS.publisher,
        treasury=0,
        escrow=BOOKS.protocol,
    )
    assert "escrow is empty and all bonds are whole" in false_money(short)


def test_the_table_sums_every_column() -> None:
    listing = list_evidence([GOOD, GOOD], CLOSING)
    assert listing.rows[0][:4] == ("digits", "accuracy 0.98", "lubeck", "1")
    assert listing.total[5] == format_amount(Wei(2 * BOOKS.debit), 6)
