"""`hansa verify --ious`: rows that are posted are paid before anything is claimed, and only the rest is claimed."""

from dataclasses import replace

import pytest

from hansa_chain.proofs import prove_charge, subject_of_row
from hansa_chain.settlement import PostedPart
from hansa_cli.problem import ExitCode
from hansa_operator.core.clock import rfc3339
from hansa_protocol.batch import Batch
from hansa_protocol.eip712 import Iou
from hansa_protocol.rows import Row
from hansa_protocol.units import Wei
from tests.dishonest.catching import calls_of, catch, sending, verify
from tests.dishonest.scene import AMOUNT, CUSTOMER, FRIEND, FULL, PROVIDER, Scene
from tests.integration.chain.claiming import claim_of, guarantee_of
from tests.integration.chain.hidden import in_two_parts, of, post_all
from tests.integration.chain.market import address

GUARANTEED = 3 * AMOUNT


@pytest.fixture
def scene(scene: Scene) -> Scene:
    """Guarantee the provider more than any epoch here brings it."""
    scene.market.guarantee(PROVIDER, GUARANTEED)
    return scene


def work(scene: Scene) -> Batch:
    """Return the batch of an epoch that begins, which credits the provider."""
    epoch = scene.next_epoch()
    leaf, receipt = scene.work(scene.order().digest, epoch)
    return scene.batch(epoch, [leaf], [receipt])


def ious(scene: Scene, epoch: int, cumulative: int) -> tuple[str, ...]:
    """Return the option with which the provider holds an epoch against an IOU of the hub."""
    iou = Iou(address("hub"), scene.market.contracts.vault.address, epoch, address(PROVIDER), 1, cumulative)
    return ("--ious", str(scene.ious_file(iou)))


def balance(scene: Scene) -> int:
    return scene.market.contracts.vault.balance_of(address(PROVIDER), at="latest")


def end_posts(scene: Scene, epoch: int) -> None:
    """Move to the first second in which an epoch can be claimed, unless it is later already."""
    params, anvil = scene.market.deployment.profile.params, scene.market.anvil
    anvil.advance_to(max((epoch + 1) * params.epoch + params.post, anvil.chain.stamp().timestamp) + 1)


@pytest.mark.parametrize("shown", [True, False], ids=["a file", "the chain alone"])
def test_a_row_that_is_posted_and_not_paid_is_paid_after_its_window(scene: Scene, shown: bool) -> None:
    batch = work(scene)
    file, posted = scene.post(batch)
    files, where = ([file], ()) if shown else ([], of(batch.epoch))
    asking = (*where, *ious(scene, batch.epoch, AMOUNT))
    options = (*asking, *sending(scene, PROVIDER))
    due = posted.header.posted_at + scene.market.deployment.profile.params.window + 1
    early = verify(scene, files, *options)
    assert (early.code, early.sent, early.again) == (ExitCode.OK, (), due), early.printed
    assert f"UNPAID part 0 of epoch {batch.epoch} credits {address(PROVIDER)} 10 HANSA" in early.printed
    scene.market.anvil.advance_to(due)
    asked = verify(scene, files, *asking, "--account", address(PROVIDER))
    assert (asked.code, "a row that is only posted can still become void" in asked.printed) == (ExitCode.FAILED, True)
    assert "do finalizeRow, anybody can send it, until " in asked.printed
    assert "; no deposit" in asked.printed
    paid = verify(scene, files, *options)
    assert (paid.code, paid.calls) == (ExitCode.OK, ["finalizeRow"]), paid.printed
    assert (balance(scene), guarantee_of(scene.market).amount) == (AMOUNT, GUARANTEED)
    again = verify(scene, files, *options)
    assert (again.code, again.sent, "UNPAID" in again.printed) == (ExitCode.OK, (), False), again.printed


def test_what_a_row_does_not_reach_is_claimed_after_it_and_leaves_the_rest_guaranteed(scene: Scene) -> None:
    batch, more = work(scene), AMOUNT // 4
    file, posted = scene.post(batch)
    asking = ious(scene, batch.epoch, AMOUNT + more)
    options = (*asking, *sending(scene, PROVIDER))
    early = verify(scene, [file], *options)
    assert (early.code, early.sent) == (ExitCode.FAILED, ()), early.printed
    assert early.again == posted.header.posted_at + scene.market.deployment.profile.params.window + 1
    end_posts(scene, batch.epoch)
    run = verify(scene, [file], *options)
    assert run.calls == ["finalizeRow", "claim"], run.printed
    assert (claim_of(scene.market, batch.epoch).due, guarantee_of(scene.market).amount) == (more, GUARANTEED - more)
    assert calls_of(catch(scene, [file], {PROVIDER: asking})) == ["payClaim"]
    fee = scene.market.contracts.claims.leaf_fee(at="latest")
    assert balance(scene) == AMOUNT + more + fee


def test_a_part_that_became_void_before_is_claimed_and_what_other_rows_paid_is_not(scene: Scene) -> None:
    batch = in_two_parts(scene, scene.next_epoch())
    first, second = post_all(scene, batch)
    make_void(scene, batch, second)
    settlement = scene.market.contracts.settlement
    scene.market.do("hub", settlement.finalize(first.header, batch.parts[0].credits))
    assert (balance(scene), settlement.is_void(batch.hub, batch.vault, batch.epoch, 1, at="latest")) == (AMOUNT, True)
    end_posts(scene, batch.epoch)
    run = verify(scene, [], *of(batch.epoch), *ious(scene, batch.epoch, 2 * AMOUNT), *sending(scene, PROVIDER))
    assert run.calls == ["claim"], run.printed
    assert f"is credited 10 HANSA in epoch {batch.epoch}, IOU 1 says 20 HANSA" in run.printed
    assert (claim_of(scene.market, batch.epoch).due, guarantee_of(scene.market).amount) == (AMOUNT, 2 * AMOUNT)


def test_a_row_that_was_paid_before_its_part_became_void_is_no_claim(scene: Scene) -> None:
    batch, before = work(scene), scene.worth(PROVIDER)
    (debit,), (credit,) = batch.parts[0].debits, batch.parts[0].credits
    rows = sorted((credit, Row(address(FRIEND), Wei(AMOUNT))), key=lambda row: bytes.fromhex(row.account[2:]))
    file, _ = scene.post(batch, (replace(debit, amount=Wei(debit.amount + 2 * AMOUNT)),), tuple(rows))
    runs = catch(scene, [file], {CUSTOMER: (), PROVIDER: ious(scene, batch.epoch, AMOUNT)})
    sent = [(name, call) for name, run in runs for call in run.calls]
    assert sent == [
        (CUSTOMER, "demand"),
        (PROVIDER, "finalizeRow"),
        (CUSTOMER, "voidPart"),
        (CUSTOMER, "collect"),
    ], runs[-1][1].printed
    assert (scene.worth(PROVIDER), guarantee_of(scene.market).amount) == (before + AMOUNT, GUARANTEED)


def test_the_last_second_that_is_told_is_before_the_hub_has_the_guarantee_back(scene: Scene) -> None:
    settlement, vault = scene.market.contracts.settlement, scene.market.contracts.vault.address
    epoch = scene.next_epoch() + 2
    scene.market.anvil.advance(7)
    scene.market.do("hub", settlement.request_revoke(vault, address(PROVIDER), Wei(AMOUNT)))
    leaves = guarantee_of(scene.market).available_at
    end_posts(scene, epoch)
    params = scene.market.deployment.profile.params
    closes = (epoch + 1) * params.epoch + params.post + params.window
    assert scene.market.anvil.chain.stamp().timestamp < leaves - 1 < closes
    told = verify(scene, [], *of(epoch), *ious(scene, epoch, AMOUNT), "--account", address(PROVIDER))
    assert f"do claim, {address(PROVIDER)} alone can send it, until {rfc3339((leaves - 1) * 1000)}" in told.printed


def make_void(scene: Scene, batch: Batch, posted: PostedPart) -> None:
    """Demand the slices of a part as its customer; the hub is silent."""
    market, debits = scene.market, batch.parts[posted.header.part].debits
    statements = market.contracts.statements
    charge, path = prove_charge(batch.parts[posted.header.part], address(CUSTOMER), [row.amount for row in debits])
    approval = market.contracts.token.approve(statements.address, Wei(FULL))
    market.do(CUSTOMER, approval, statements.demand(posted.header, charge, path))
    subject = subject_of_row(posted.header, charge)
    case = statements.case_of(subject, at="latest")
    assert case is not None
    market.anvil.advance_to(case.due + 1)
    market.do(CUSTOMER, statements.void_part(subject, posted.header, debits, debits))
