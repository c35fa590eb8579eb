"""What a hub is challenged with, from Python to the contracts and back: proofs, answers, and what all have then."""

from dataclasses import replace

import pytest

from hansa_chain.cases import Kind, SliceProof, State, Subject
from hansa_chain.errors import Reverted
from hansa_chain.proofs import prove_charge, prove_credit, prove_leaf, prove_slice, subject_of_row, subject_of_slice
from hansa_chain.settlement import PostedPart
from hansa_protocol.batch import Batch
from hansa_protocol.eip712 import Order, Receipt
from hansa_protocol.leaf import Leaf
from hansa_protocol.signing import sign
from hansa_protocol.units import Wei
from tests.fixtures.anvil import ACCOUNTS, WHOLE
from tests.integration.chain.claiming import claim, claim_of, guarantee_of, pay
from tests.integration.chain.market import Market, Work, address

PRICE, DEBIT = 10_000, 10_300
FULL = 50 * WHOLE


@pytest.fixture
def court(market: Market) -> Market:
    """Give everybody what a market with challenges needs: balances, lines, bonds, and tokens for deposits."""
    market.bond()
    market.deposit("ada", FULL)
    signed = replace(market.line("ada", cap=FULL)[0], order_signer=address("ben"))
    market.do(
        "hub",
        market.contracts.credit_lines.open(
            signed, sign(signed.digest(market.contracts.credit_lines.domain), ACCOUNTS["ada"].key)
        ),
    )
    token, providers = market.contracts.token, market.contracts.providers
    register = providers.register(market.contracts.vault.address, Wei(WHOLE), address("south"))
    market.do("north", token.approve(providers.address, Wei(WHOLE)), register)
    cases = (market.contracts.statements, market.contracts.challenges, market.contracts.disputes)
    for name in ("ada", "north", "hub"):
        market.do(name, *(token.approve(one.address, Wei(FULL)) for one in (*cases, market.contracts.claims)))
    return market


def post(market: Market, *leaves: Leaf) -> tuple[Batch, PostedPart]:
    """Post an epoch's leaves."""
    batch = market.batch_of(leaves, epoch=leaves[0].epoch)
    market.end_epoch(batch.epoch)
    return batch, market.post(batch)


def slice_of(batch: Batch, posted: PostedPart, index: int = 0) -> SliceProof:
    """Return the proof of a slice of the only part, all of whose debits were taken."""
    part = batch.parts[0]
    return prove_slice(posted.header, part, index, [row.amount for row in part.debits])


def later(market: Market, seconds: int) -> None:
    market.anvil.advance(seconds)


def balance(market: Market, name: str) -> int:
    return market.contracts.vault.balance_of(address(name), at="latest")


def test_a_slice_that_is_charged_in_two_epochs_is_struck_and_refunded(court: Market) -> None:
    first = post(court, court.leaf(Work("ada", "north", PRICE), court.epoch()))
    second = post(court, court.leaf(Work("ada", "north", PRICE), court.epoch()))
    assert balance(court, "ada") == FULL - 2 * DEBIT
    struck = slice_of(*second)
    proof = court.contracts.challenges.prove_duplicate(struck, prove_leaf(first[1].header, first[0].parts[0], 0))
    court.do("ben", proof)
    assert balance(court, "ada") == FULL - DEBIT
    case = court.contracts.challenges.case_of(subject_of_slice(Kind.FAULT, struck), at="latest")
    assert case is not None
    assert (case.opener, case.state, case.penalty) == (address("ben"), State.LOST, DEBIT)
    court.anvil.advance_to(case.due)
    court.do("ada", court.contracts.challenges.collect(subject_of_slice(Kind.FAULT, struck)))
    assert balance(court, "ben") == DEBIT // 10
    settlement = court.contracts.settlement
    assert settlement.penalties_of(address("hub"), court.contracts.vault.address, at="latest") == 0


def ordered(court: Market) -> tuple[Order, bytes, Leaf]:
    """Return an order that ada's signer signed, its signature, and a leaf of its job."""
    order = Order(
        hub=address("hub"),
        vault=court.contracts.vault.address,
        customer=address("ada"),
        service=0,
        spec_digest=b"\1" * 32,
        max_amount=DEBIT,
        nonce=1,
        expires_at=2**40,
    )
    digest = order.digest(court.contracts.settlement.domain)
    leaf = replace(court.leaf(Work("ada", "north", PRICE), court.epoch()), job_id=digest)
    return order, sign(digest, ACCOUNTS["ben"].key), leaf


def challenge(court: Market) -> tuple[Order, bytes, SliceProof, Subject]:
    order, signature, leaf = ordered(court)
    proof = slice_of(*post(court, leaf))
    court.do("ada", court.contracts.challenges.challenge_order(proof))
    return order, signature, proof, subject_of_slice(Kind.ORDER, proof)


def test_a_hub_sees_the_challenge_and_answers_with_the_order(court: Market) -> None:
    order, signature, proof, subject = challenge(court)
    newest = court.anvil.chain.stamp().number
    (opened,) = court.contracts.challenges.opened(address("hub"), first_block=0, last_block=newest)
    assert (opened.subject, opened.opener) == (subject, address("ada"))
    court.do("hub", court.contracts.challenges.show_order(subject, proof.slice, order, signature))
    case = court.contracts.challenges.case_of(subject, at="latest")
    assert case is not None
    assert case.state is State.ANSWERED
    assert balance(court, "hub") == court.contracts.challenges.leaf_fee(at="latest")


def test_a_job_without_an_order_is_struck_after_the_deadline(court: Market) -> None:
    _, _, proof, subject = challenge(court)
    with pytest.raises(Reverted, match="TooEarly"):
        court.do("ben", court.contracts.challenges.strike(subject, proof.slice))
    later(court, 8)
    court.do("ben", court.contracts.challenges.strike(subject, proof.slice))
    fee = court.contracts.challenges.leaf_fee(at="latest")
    assert balance(court, "ada") == FULL + fee
    header = proof.header
    assert court.contracts.settlement.is_struck(header.hub, header.vault, header.epoch, 0, 0, at="latest")
    court.assert_solvent()


def test_a_provider_doubts_a_leaf_and_is_shown_its_receipt(court: Market) -> None:
    leaf = court.leaf(Work("ada", "north", PRICE), court.epoch())
    receipt = Receipt(
        hub=address("hub"),
        vault=court.contracts.vault.address,
        customer=leaf.customer,
        job_id=leaf.job_id,
        attempt=leaf.attempt,
        epoch=leaf.epoch,
        seq=3,
        from_ms=leaf.from_ms,
        to_ms=leaf.to_ms,
        gpu_milliseconds=1,
        provider_amount=PRICE,
        outcome=1,
        result_digest=leaf.result_digest,
    )
    digest = receipt.digest(court.contracts.settlement.domain)
    proof = slice_of(*post(court, replace(leaf, receipt_digest=digest)))
    subject = subject_of_slice(Kind.RECEIPT, proof)
    court.do("north", court.contracts.challenges.challenge_receipt(proof))
    shown = court.contracts.challenges.show_receipt(subject, proof.slice, receipt, sign(digest, ACCOUNTS["south"].key))
    court.do("hub", shown)
    case = court.contracts.challenges.case_of(subject, at="latest")
    assert case is not None
    assert case.state is State.ANSWERED


def demanded(court: Market) -> tuple[Batch, PostedPart, Subject]:
    epoch = court.epoch()
    works = [Work("ada", "north", PRICE, job=name) for name in "abc"]
    batch, posted = post(court, *(court.leaf(work, epoch) for work in works))
    charge, path = prove_charge(batch.parts[0], address("ada"), [row.amount for row in batch.parts[0].debits])
    court.do("ada", court.contracts.statements.demand(posted.header, charge, path))
    return batch, posted, subject_of_row(posted.header, charge)


def test_a_statement_is_shown_in_parts(court: Market) -> None:
    batch, posted, subject = demanded(court)
    statements, part = court.contracts.statements, batch.parts[0]
    court.do("hub", statements.reveal(subject, [prove_leaf(posted.header, part, 0)]))
    assert statements.shown_of(subject, at="latest").total == DEBIT
    assert statements.reveal_window_of(posted.header, address("ada"), at="latest") > posted.header.posted_at
    court.do("hub", statements.reveal(subject, [prove_leaf(posted.header, part, index) for index in (1, 2)]))
    case = statements.case_of(subject, at="latest")
    assert case is not None
    assert case.state is State.ANSWERED
    court.assert_solvent()


def test_a_hub_that_shows_nothing_gives_everything_back_and_its_guarantee_pays_the_payee(court: Market) -> None:
    court.guarantee("north", 5 * PRICE)
    batch, posted, subject = demanded(court)
    later(court, 10)
    debits = batch.parts[0].debits
    court.do("ben", court.contracts.statements.void_part(subject, posted.header, debits, debits))
    header = posted.header
    assert court.contracts.settlement.is_void(header.hub, header.vault, header.epoch, 0, at="latest")
    fee = court.contracts.statements.deposit_of(3, Wei(3 * DEBIT), at="latest")
    assert balance(court, "ada") == FULL + fee
    later(court, 5)
    claim(court, batch.epoch, 3 * PRICE)
    pay(court, batch.epoch)
    assert balance(court, "north") == 3 * PRICE + fee
    assert guarantee_of(court).amount == 2 * PRICE
    court.assert_solvent()


def test_a_row_that_was_paid_answers_a_claim(court: Market) -> None:
    court.guarantee("north", PRICE)
    batch, posted = post(court, court.leaf(Work("ada", "north", PRICE), court.epoch()))
    court.pass_window(posted)
    court.do("hub", court.contracts.settlement.finalize(posted.header, batch.parts[0].credits))
    later(court, 5)
    assert (claim(court, batch.epoch, PRICE).due, guarantee_of(court).amount) == (PRICE, 0)
    court.do("hub", court.contracts.claims.show_credit(posted.header, *prove_credit(batch.parts[0], address("north"))))
    assert claim_of(court, batch.epoch).state is State.ANSWERED
    assert guarantee_of(court).amount == PRICE


def test_a_disputed_credit_waits_and_its_provider_gives_it_back(court: Market) -> None:
    batch, posted = post(court, court.leaf(Work("ada", "north", PRICE), court.epoch()))
    proof, disputes = slice_of(batch, posted), court.contracts.disputes
    subject = subject_of_slice(Kind.DISPUTE, proof)
    court.do("ada", disputes.dispute(proof, prove_credit(batch.parts[0], address("north"))))
    assert disputes.held_of(subject, at="latest").credit == PRICE
    court.do("north", disputes.concede(subject, proof.slice))
    fee = disputes.leaf_fee(at="latest")
    assert balance(court, "ada") == FULL - DEBIT + PRICE + fee
    court.pass_window(posted)
    court.do("hub", court.contracts.settlement.finalize(posted.header, batch.parts[0].credits))
    assert balance(court, "north") == 0
    court.assert_solvent()
