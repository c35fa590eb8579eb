"""The operator answers the challenges against its hub in time, out of its store, and says which it cannot answer."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from hansa_chain.cases import Kind, State, Subject, cases_of
from hansa_chain.claims import Claim
from hansa_chain.proofs import prove_charge, prove_credit, prove_slice, subject_of_row, subject_of_slice
from hansa_chain.settlement import PostedPart
from hansa_operator.core.clock import rfc3339
from hansa_operator.core.settlement.answers import MOST_LEAVES
from hansa_operator.core.settlement.hub import CasesView
from hansa_protocol.batch import Batch
from hansa_protocol.eip712 import Iou
from hansa_protocol.signing import sign
from hansa_protocol.units import Wei
from tests.dishonest.scene import AMOUNT, CUSTOMER, FULL, PROVIDER, Scene
from tests.fixtures.anvil import ACCOUNTS
from tests.integration.chain.defence import Defence, defend
from tests.integration.chain.hidden import post_all
from tests.integration.chain.market import Work, address

LEAF_FEE = 10**15


@pytest.fixture
def scene(scene: Scene) -> Scene:
    """Give a test a scene whose parties may be charged the deposits of all cases."""
    c, token = scene.market.contracts, scene.market.contracts.token
    for name in (CUSTOMER, PROVIDER):
        approvals = (
            token.approve(one.address, Wei(FULL)) for one in (c.challenges, c.statements, c.disputes, c.claims)
        )
        scene.market.do(name, *approvals)
    return scene


@pytest.fixture
async def hub(scene: Scene, tmp_path: Path) -> AsyncIterator[Defence]:
    async with defend(scene, tmp_path) as defence:
        yield defence


async def posted(hub: Defence, jobs: list[bytes], amount: int = AMOUNT) -> tuple[Batch, PostedPart]:
    """Seal and post an honest batch with a slice of each job."""
    epoch = hub.scene.next_epoch()
    works = [hub.scene.work(job, epoch, amount) for job in sorted(jobs)]
    batch = hub.scene.batch(epoch, [leaf for leaf, _ in works], [receipt for _, receipt in works])
    await hub.seal(batch)
    return batch, hub.scene.post(batch)[1]


def gained(hub: Defence) -> int:
    """Return what the hub has in the vault: it began with nothing there."""
    return hub.scene.market.contracts.vault.balance_of(address("hub"), at="latest")


def state(hub: Defence, subject: Subject) -> State:
    case = cases_of(hub.scene.market.contracts, subject.kind).case_of(subject, at="latest")
    assert case is not None
    return case.state


def challenge(hub: Defence, kind: Kind, batch: Batch, part: PostedPart, index: int = 0) -> Subject:
    """Challenge a slice as the customer or the provider."""
    proof = prove_slice(part.header, batch.parts[0], index, [row.amount for row in batch.parts[0].debits])
    contracts = hub.scene.market.contracts
    match kind:
        case Kind.ORDER:
            hub.scene.market.do(CUSTOMER, contracts.challenges.challenge_order(proof))
        case Kind.DISPUTE:
            credit = prove_credit(batch.parts[0], address(PROVIDER))
            hub.scene.market.do(CUSTOMER, contracts.disputes.dispute(proof, credit))
        case _:
            hub.scene.market.do(PROVIDER, contracts.challenges.challenge_receipt(proof))
    return subject_of_slice(kind, proof)


async def test_an_order_is_shown_and_earns_the_deposit(hub: Defence) -> None:
    signed = hub.scene.order()
    await hub.admit(signed)
    subject = challenge(hub, Kind.ORDER, *await posted(hub, [signed.digest]))
    await hub.look()
    assert state(hub, subject) is State.ANSWERED
    assert gained(hub) == LEAF_FEE
    await hub.look()
    assert hub.world.desk.cases is not None
    assert (hub.world.desk.cases.open, hub.world.desk.cases.unanswered) == (0, ())


async def test_a_receipt_is_shown_from_the_batch_file(hub: Defence) -> None:
    subject = challenge(hub, Kind.RECEIPT, *await posted(hub, [b"\1" * 32]))
    await hub.look()
    assert state(hub, subject) is State.ANSWERED
    assert gained(hub) == LEAF_FEE


async def test_a_statement_is_shown_in_parts_across_a_restart(scene: Scene, tmp_path: Path) -> None:
    jobs = [number.to_bytes(32, "big") for number in range(1, MOST_LEAVES + 3)]
    async with defend(scene, tmp_path) as hub:
        batch, part = await posted(hub, jobs, amount=20 * LEAF_FEE)
        charge, path = prove_charge(batch.parts[0], address(CUSTOMER), [row.amount for row in batch.parts[0].debits])
        scene.market.do(CUSTOMER, scene.market.contracts.statements.demand(part.header, charge, path))
        subject = subject_of_row(part.header, charge)
        await hub.look()
        assert scene.market.contracts.statements.shown_of(subject, at="latest").leaves == MOST_LEAVES
        assert state(hub, subject) is State.OPEN
    async with defend(scene, tmp_path) as hub:
        await hub.look()
        assert state(hub, subject) is State.ANSWERED
        assert gained(hub) == len(jobs) * LEAF_FEE


def claim(hub: Defence, batch: Batch, amount: int = AMOUNT) -> None:
    """Claim the epoch of a batch as the provider, as soon as that can be, all of it guaranteed."""
    market = hub.scene.market
    market.guarantee(PROVIDER, amount)
    market.anvil.advance_to((batch.epoch + 1) * market.epoch_seconds + market.deployment.profile.params.post + 1)
    iou = Iou(address("hub"), batch.vault, batch.epoch, address(PROVIDER), 1, amount)
    signature = sign(iou.digest(market.contracts.settlement.domain), ACCOUNTS["hub"].key)
    market.do(PROVIDER, market.contracts.claims.claim(iou, signature, Wei(amount)))


def claimed(hub: Defence, batch: Batch) -> Claim:
    claims = hub.scene.market.contracts.claims
    found = claims.claim_of(address("hub"), batch.vault, batch.epoch, address(PROVIDER), at="latest")
    assert found is not None
    return found


async def test_a_claim_is_answered_with_the_row_that_was_paid_and_the_guarantee_is_whole_again(hub: Defence) -> None:
    batch, part = await posted(hub, [b"\1" * 32])
    market, settlement = hub.scene.market, hub.scene.market.contracts.settlement
    market.pass_window(part)
    market.do("hub", settlement.finalize(part.header, batch.parts[0].credits))
    claim(hub, batch)
    await hub.look()
    assert claimed(hub, batch).state is State.ANSWERED
    given = settlement.guarantee_of(address("hub"), batch.vault, address(PROVIDER), at="latest")
    assert (given.amount, gained(hub)) == (AMOUNT, LEAF_FEE)


async def test_of_a_claim_for_more_than_the_batch_credits_the_hub_shows_what_it_paid_and_tells_the_rest(
    hub: Defence,
) -> None:
    batch, part = await posted(hub, [b"\1" * 32])
    hub.scene.market.pass_window(part)
    hub.scene.market.do("hub", hub.scene.market.contracts.settlement.finalize(part.header, batch.parts[0].credits))
    claim(hub, batch, AMOUNT + 7)
    await hub.look()
    await hub.look()
    assert claimed(hub, batch).due == 7
    until = rfc3339(claimed(hub, batch).until * 1000)
    assert hub.world.desk.cases is not None
    (told,) = hub.world.desk.cases.unanswered
    assert f"due {until}: the batch credits 7 wei less than the IOU says" in told


async def test_a_claim_waits_until_its_row_is_paid(hub: Defence) -> None:
    batch, part = await posted(hub, [b"\1" * 32])
    market = hub.scene.market
    claim(hub, batch)
    await hub.look()
    assert hub.world.desk.cases is not None
    assert (hub.world.desk.cases.open, hub.world.desk.cases.unanswered) == (1, ())
    market.do("hub", market.contracts.settlement.finalize(part.header, batch.parts[0].credits))
    await hub.look()
    assert claimed(hub, batch).state is State.ANSWERED


async def test_a_later_row_is_shown_after_an_earlier_one_so_that_both_count(hub: Defence) -> None:
    market, settlement = hub.scene.market, hub.scene.market.contracts.settlement
    market.lend("ben")
    works = [Work(customer, PROVIDER, AMOUNT, job=customer) for customer in (CUSTOMER, "ben")]
    batch = market.batch(works, epoch=hub.scene.next_epoch(), max_rows=2)
    await hub.seal(batch)
    first, second = post_all(hub.scene, batch)
    claim(hub, batch, 2 * AMOUNT)
    market.do("hub", settlement.finalize_row(second.header, *prove_credit(batch.parts[1], address(PROVIDER))))
    await hub.look()
    assert claimed(hub, batch).missing == 2 * AMOUNT
    market.do("hub", settlement.finalize(first.header, batch.parts[0].credits))
    await hub.look()
    await hub.look()
    assert claimed(hub, batch).state is State.ANSWERED
    assert market.contracts.vault.balance_of(address(PROVIDER), at="latest") == 2 * AMOUNT


async def test_a_dispute_that_nobody_decides_is_ended_by_the_hub_as_posted(hub: Defence) -> None:
    batch, part = await posted(hub, [b"\1" * 32])
    market, contracts = hub.scene.market, hub.scene.market.contracts
    subject = challenge(hub, Kind.DISPUTE, batch, part)
    await hub.look()
    assert (state(hub, subject), hub.world.desk.cases) == (State.OPEN, CasesView(1))
    case = contracts.disputes.case_of(subject, at="latest")
    assert case is not None
    market.anvil.advance_to(case.due + 1)
    await hub.look()
    assert state(hub, subject) is State.ANSWERED
    market.pass_window(part)
    market.do("hub", contracts.settlement.finalize(part.header, batch.parts[0].credits))
    assert contracts.vault.balance_of(address(PROVIDER), at="latest") == AMOUNT + case.deposit
    await hub.look()
    assert hub.world.desk.cases == CasesView()


async def test_what_cannot_be_answered_is_told_and_keeps_nobody_else_waiting(hub: Defence) -> None:
    ordered = hub.scene.order()
    await hub.admit(ordered)
    invented = b"\0" * 31 + b"\1"
    batch, part = await posted(hub, [invented, ordered.digest])
    subjects = [challenge(hub, Kind.ORDER, batch, part, index) for index in (0, 1)]
    await hub.look()
    assert [state(hub, subject) for subject in subjects] == [State.OPEN, State.ANSWERED]
    view = hub.world.desk.cases
    assert view is not None
    (told,) = view.unanswered
    assert "the ledger has no order of its job" in told
    hub.scene.market.anvil.advance(hub.scene.market.deployment.profile.params.answer + 1)
    await hub.look()
    assert hub.world.desk.cases is not None
    assert "its time is over" in hub.world.desk.cases.unanswered[0]


async def test_an_answer_that_the_contract_refuses_is_told(hub: Defence) -> None:
    """The ledger has an order, but for less than was charged: the contract takes it for no answer."""
    signed = hub.scene.order(most=1)
    await hub.admit(signed)
    challenge(hub, Kind.ORDER, *await posted(hub, [signed.digest]))
    await hub.look()
    await hub.look()
    assert hub.world.desk.cases is not None
    assert "OrderExceeded" in hub.world.desk.cases.unanswered[0]


async def test_a_batch_that_the_store_has_lost_is_told(hub: Defence) -> None:
    batch, part = await posted(hub, [b"\1" * 32])
    (seal,) = hub.world.books.seals(batch.vault)
    await hub.world.store.ledger.seals.put(seal.key, replace(seal, batch_digest="00" * 32))
    challenge(hub, Kind.RECEIPT, batch, part)
    await hub.look()
    assert hub.world.desk.cases is not None
    assert "no batch of its epoch that was posted" in hub.world.desk.cases.unanswered[0]


async def test_an_answer_that_is_under_way_is_not_sent_again_after_a_restart(scene: Scene, tmp_path: Path) -> None:
    chain = scene.market.anvil.chain

    def under_way() -> int:
        pending, latest = (chain.transaction_count(address("hub"), at=at) for at in ("pending", "latest"))
        return pending - latest

    async with defend(scene, tmp_path) as hub:
        subject = challenge(hub, Kind.RECEIPT, *await posted(hub, [b"\1" * 32]))
        chain.request("evm_setAutomine", False)
        await hub.send()
        await hub.send()
        assert under_way() == 1
    async with defend(scene, tmp_path) as hub:
        await hub.send()
        assert under_way() == 1
        scene.market.anvil.mine()
        assert state(hub, subject) is State.ANSWERED
