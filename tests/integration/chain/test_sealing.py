"""What is sealed can be defended: nobody wins a challenge against it."""

from dataclasses import replace
from pathlib import Path

from hansa_operator.core.order.signed_order import SignedOrder
from hansa_operator.ports.kube import ObjectRef
from hansa_operator.ports.ledger import ReceiptRecord
from hansa_operator.reconcile.kinds.sealing import reconcile_epochs
from hansa_protocol.batch import decode_batch
from hansa_protocol.signing import sign
from tests.dishonest.scene import PROVIDER, RECEIPT_KEY, Scene
from tests.fixtures.anvil import ACCOUNTS
from tests.integration.chain.defence import Defence
from tests.integration.chain.hub_world import open_world
from tests.integration.chain.market import address
from tests.metered import build_attempt

RAN_MS = 5_000


async def run(hub: Defence, ordered: SignedOrder, epoch: int) -> None:
    """Keep a job that ran for a while in an epoch, as admission, placement and metering do."""
    await hub.admit(ordered)
    begin = epoch * hub.scene.market.epoch_seconds * 1000
    parties = {"provider_address": address(PROVIDER), "receipt_key": address(RECEIPT_KEY)}
    attempt = build_attempt(job_id=ordered.job_id, submission_id=ordered.job_id, placed_ms=begin, **parties)
    await hub.world.books.put_attempt(attempt)
    receipt = ReceiptRecord(
        job_id=ordered.job_id,
        attempt=0,
        epoch=epoch,
        seq=0,
        from_ms=begin,
        to_ms=begin + RAN_MS,
        gpu_milliseconds=RAN_MS,
        provider_amount=RAN_MS * attempt.unit_price // 3_600_000,
        outcome=1,
        result_digest="0x" + "00" * 32,
        signature="0x" + "11" * 65,
        digest="0x" + "22" * 32,
        accepted_ms=begin + RAN_MS,
        billable_gpu_milliseconds=RAN_MS,
    )
    await hub.world.books.put_receipt(receipt)


async def test_only_work_that_the_lines_signer_of_the_epoch_has_ordered_is_sealed(scene: Scene, tmp_path: Path) -> None:
    market, epoch = scene.market, scene.next_epoch()

    def now_ms() -> int:
        return market.anvil.chain.stamp().timestamp * 1000

    by_another = scene.order()
    ordered = scene.order()
    async with open_world(market, tmp_path, clock=now_ms) as world:
        hub, vault = Defence(scene, world), market.contracts.vault.address
        await run(hub, replace(by_another, signature=sign(by_another.digest, ACCOUNTS["hub"].key)), epoch)
        await run(hub, ordered, epoch)
        market.anvil.advance_to((epoch + 1) * market.epoch_seconds + world.times.sealing_seconds)
        await reconcile_epochs(world, ObjectRef("Epochs", "", vault))
        (seal,) = world.books.seals(vault)
        batch = decode_batch(await world.store.blobs.get(seal.batch_digest))
        assert [leaf.job_id for leaf in batch.leaves] == [ordered.digest]


async def test_a_job_whose_work_is_not_sealed_is_looked_at_so_that_it_says_why(scene: Scene, tmp_path: Path) -> None:
    market, epoch = scene.market, scene.next_epoch()

    def now_ms() -> int:
        return market.anvil.chain.stamp().timestamp * 1000

    ordered = scene.order()
    async with open_world(market, tmp_path, clock=now_ms) as world:
        hub, vault = Defence(scene, world), market.contracts.vault.address
        await run(hub, replace(ordered, signature=sign(ordered.digest, ACCOUNTS["hub"].key)), epoch)
        market.anvil.advance_to((epoch + 1) * market.epoch_seconds + world.times.sealing_seconds)
        before = world.queue.depth
        await reconcile_epochs(world, ObjectRef("Epochs", "", vault))
        assert list(world.books.seals(vault)) == []
        assert world.queue.depth == before + 1
