"""What is wrong with batches that no file shows: slices that the hub revealed count, and epochs that it missed."""

from dataclasses import replace

from hansa_chain.proofs import prove_leaves
from hansa_cli.verify.evidence import LeafAt, PartEvidence
from hansa_cli.verify.findings import Asking, Challenge, find_wrongs
from hansa_protocol.leaf import Leaf
from hansa_protocol.parts import net_part
from tests.unit.cli.test_claims import BATCH, CUSTOMER, EPOCH, PROVIDER
from tests.unit.cli.test_findings import HUB, LAW, LEAF, OTHER, found, part_of
from tests.unit.cli.test_promises import promise


def unshown(*leaves: Leaf, revealed: tuple[int, ...] = (), epoch: int = EPOCH) -> PartEvidence:
    """Return a posted part of which no file has the slices, and the hub has revealed some."""
    part = part_of(*leaves, epoch=epoch)
    shown = {one.index: one for one in prove_leaves(part.posted.header, part.part, revealed)}
    return replace(part, part=replace(net_part(0, (), BATCH.tariff), debits=part.part.debits), revealed=shown)


def test_of_a_part_that_no_file_shows_a_customer_demands_its_statement_until_enough_is_revealed() -> None:
    assert found(unshown(LEAF, OTHER), account=CUSTOMER) == [(Challenge.STATEMENT, CUSTOMER)]
    orders = {leaf.job_id: leaf.cumulative for leaf in (LEAF, OTHER)}
    (half,) = find_wrongs([unshown(LEAF, OTHER, revealed=(1,))], LAW, Asking(CUSTOMER, orders))
    assert half.challenge is Challenge.STATEMENT
    assert f"has revealed {LAW.coin.text(LAW.debit_of(OTHER))} of it" in half.why
    assert found(unshown(LEAF, OTHER, revealed=(0, 1)), account=CUSTOMER, orders=orders) == []


def test_revealed_slices_are_judged_as_those_of_a_file() -> None:
    shown = unshown(LEAF, revealed=(0,))
    assert found(shown, account=CUSTOMER, orders={}) == [(Challenge.ORDER, CUSTOMER)]
    again = unshown(replace(LEAF, epoch=EPOCH + 1), revealed=(0,), epoch=EPOCH + 1)
    (one,) = find_wrongs([again, part_of(LEAF)], LAW, Asking())
    assert isinstance(one.about, LeafAt)
    assert (one.challenge, one.about.prove()) == (Challenge.DUPLICATE, again.revealed[0])
    proof = one.about.prove_charge()
    assert proof is not None
    assert proof.leaf_proof == again.revealed[0].proof


def test_a_slice_of_another_epoch_is_a_fault_and_as_old_as_the_part_it_is_in() -> None:
    foreign = replace(LEAF, epoch=EPOCH - 1)
    assert found(unshown(foreign, revealed=(0,))) == [(Challenge.FAULT, None)]
    younger, older = unshown(foreign, revealed=(0,)), part_of(replace(LEAF, epoch=EPOCH - 1), epoch=EPOCH - 1)
    (twice, *_) = find_wrongs([younger, older], LAW, Asking())
    assert isinstance(twice.about, LeafAt)
    assert (twice.challenge, twice.about.place) == (Challenge.DUPLICATE, younger)


def test_a_receipt_that_no_file_has_is_asked_for_by_its_provider_alone() -> None:
    law = replace(LAW, receipts={})
    assert found(unshown(LEAF, revealed=(0,)), law=law) == []
    assert found(unshown(LEAF, revealed=(0,)), law=law, account=PROVIDER) == [(Challenge.RECEIPT, PROVIDER)]


def test_of_an_epoch_that_was_missed_a_payee_claims_by_its_iou() -> None:
    much = promise(1)
    (one,) = find_wrongs([], LAW, Asking(PROVIDER, ious=[much]), [(replace(BATCH, hub=HUB), ())])
    assert (one.challenge, one.sender) == (Challenge.CLAIM, PROVIDER)
    assert find_wrongs([], LAW, Asking(PROVIDER, ious=[much])) == []
