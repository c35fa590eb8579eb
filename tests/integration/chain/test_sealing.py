"""What is sealed can be defended: nobody wins a challenge against it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from hansa_operator.core.order.signed_order import SignedOrder
from hansa_operator.ports.kube import ObjectRef
from hansa_operator.ports.ledger import ReceiptRecord
from hansa_operator.reconcile.kinds.sealing import reconcile_epochs
from hansa_operator.reconcile.world import World
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


@asynccontextmanager
async def sealing(scene: Scene, folder: Path, *ordered: SignedOrder) -> AsyncIterator[World]:
    """Open a hub at the moment when it seals the epoch in which these jobs ran."""
    market, epoch = scene.market, scene.next_epoch()

    def now_ms() -> int:
        return market.anvil.chain.stamp().timestamp * 1000

    async with open_world(market, folder, clock=now_ms) as world:
        for one in ordered:
            await run(Defence(scene, world), one, epoch)
        market.anvil.advance_to((epoch + 1) * market.epoch_seconds + world.times.sealing_seconds)
        yield world


def signed_by_another(ordered: SignedOrder) -> SignedOrder:
    return replace(ordered, signature=sign(ordered.digest, ACCOUNTS["hub"].key))


async def test_only_work_that_the_lines_signer_of_the_epoch_has_ordered_is_sealed(scene: Scene, tmp_path: Path) -> None:
    vault, by_another, ordered = scene.market.contracts.vault.address, signed_by_another(scene.order()), scene.order()
    async with sealing(scene, tmp_path, by_another, ordered) as world:
        await reconcile_epochs(world, ObjectRef("Epochs", "", vault))
        (seal,) = world.books.seals(vault)
        batch = decode_batch(await world.store.blobs.get(seal.batch_digest))
        assert [leaf.job_id for leaf in batch.leaves] == [ordered.digest]


async def test_a_job_whose_work_is_not_sealed_is_looked_at_so_that_it_says_why(scene: Scene, tmp_path: Path) -> None:
    vault = scene.market.contracts.vault.address
    async with sealing(scene, tmp_path, signed_by_another(scene.order())) as world:
        before = world.queue.depth
        await reconcile_epochs(world, ObjectRef("Epochs", "", vault))
        assert list(world.books.seals(vault)) == []
        assert world.queue.depth == before + 1
