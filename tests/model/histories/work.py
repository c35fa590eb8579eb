"""Leaves: honest work with its order and receipt, and everything that a hub could get wrong about it."""

from dataclasses import replace

from hansa_protocol.eip712 import Order, Receipt, settlement_domain
from hansa_protocol.identity import ZERO_ADDRESS, Address, keccak
from hansa_protocol.leaf import Leaf, leaf_split
from hansa_protocol.signing import sign
from hansa_protocol.units import Split
from tests.model.deployment import CHAIN_ID, PARAMS, PEOPLE
from tests.model.histories.scene import Scene

_RESULT = keccak(b"result")


def split_of(scene: Scene, leaf: Leaf) -> Split:
    """Return what a leaf costs, and who gets how much of it."""
    return leaf_split(leaf, scene.world.services.royalty_bps_of(leaf.service), PARAMS.fee_bps)


def debit_of(scene: Scene, leaf: Leaf) -> int:
    """Return what a leaf costs."""
    return split_of(scene, leaf).debit


def draw_leaf(scene: Scene, customer: str, hub: Address, vault: Address, epoch: int) -> Leaf:
    """Return a slice of new or continued work, with a receipt that is known; seldom with a fault."""
    before = [
        leaf
        for batch in scene.batches
        for leaf in batch.leaves
        if leaf.customer == PEOPLE[customer].address and (batch.header.hub, batch.header.vault) == (hub, vault)
    ]
    fresh = not before or scene.often(0.6)
    leaf = _first(scene, customer, hub, vault, epoch) if fresh else _next(scene, scene.one_of(before), epoch)
    if scene.often(0.15):
        leaf = _spoiled(scene, leaf)
    return _with_receipt(scene, leaf, hub, vault)


def _first(scene: Scene, customer: str, hub: Address, vault: Address, epoch: int) -> Leaf:
    begin = epoch * PARAMS.epoch * 1000
    leaf = Leaf(
        epoch=epoch,
        job_id=keccak(scene.chance.randbytes(8)),
        seq=0,
        attempt=0,
        from_ms=begin,
        to_ms=begin + scene.chance.randint(0, 20_000),
        cumulative=0,
        customer=PEOPLE[customer].address,
        provider=_draw_provider(scene, vault),
        service=scene.one_of((0, 0, 1, 2, 3, 99)),
        provider_amount=scene.amount(15, 21),
        audit_amount=scene.amount(14, 18) if scene.often(0.1) else 0,
        result_digest=_RESULT,
        receipt_digest=_RESULT,
    )
    leaf = replace(leaf, cumulative=min(debit_of(scene, leaf), 2**96 - 1))
    return _with_order(scene, leaf, customer, hub, vault) if scene.often(0.6) else leaf


def _draw_provider(scene: Scene, vault: Address) -> Address:
    if scene.often(0.03):
        return scene.one_of((ZERO_ADDRESS, vault))
    return PEOPLE[scene.one_of(("north", "north", "south", "eve", "ada"))].address


def _next(scene: Scene, before: Leaf, epoch: int) -> Leaf:
    """Return the slice that follows one: the same job, later, with the sum of both."""
    begin = max(before.to_ms, epoch * PARAMS.epoch * 1000)
    leaf = replace(
        before,
        epoch=epoch,
        seq=before.seq + 1,
        attempt=before.attempt + scene.often(0.2),
        from_ms=begin,
        to_ms=begin + scene.chance.randint(0, 20_000),
        provider_amount=scene.amount(15, 21),
    )
    return replace(leaf, cumulative=min(before.cumulative + debit_of(scene, leaf), 2**96 - 1))


def _spoiled(scene: Scene, leaf: Leaf) -> Leaf:
    """Return a leaf that contradicts itself or one before it."""
    return scene.one_of(
        (
            replace(leaf, epoch=leaf.epoch + 1),
            replace(leaf, from_ms=leaf.to_ms + 1),
            replace(leaf, cumulative=leaf.cumulative // 2),
            replace(leaf, cumulative=min(leaf.cumulative + 1, 2**96 - 1)),
            replace(leaf, seq=max(0, leaf.seq - 1)),
            replace(leaf, from_ms=max(0, leaf.from_ms - 5_000)),
        )
    )


def _with_order(scene: Scene, leaf: Leaf, customer: str, hub: Address, vault: Address) -> Leaf:
    """Return the leaf as of a job that was ordered, mostly for enough; its order is known afterwards."""
    order = Order(
        hub=hub,
        vault=vault,
        customer=leaf.customer,
        service=leaf.service if scene.often(0.95) else 7,
        spec_digest=_RESULT,
        max_amount=min(leaf.cumulative * scene.one_of((1, 1, 3)) - scene.often(0.1), 2**96 - 1)
        if leaf.cumulative
        else 0,
        nonce=scene.chance.getrandbits(64),
        expires_at=leaf.to_ms // 1000 + scene.one_of((100, 100, 100, 1, 0)),
    )
    signer = PEOPLE.get(f"{customer}-orders", PEOPLE[customer])
    digest = order.digest(settlement_domain(CHAIN_ID, scene.place("Settlement")))
    signature = sign(digest, signer.key if scene.often(0.9) else PEOPLE["eve"].key)
    scene.orders[digest] = order, signature
    return replace(leaf, job_id=digest)


def _with_receipt(scene: Scene, leaf: Leaf, hub: Address, vault: Address) -> Leaf:
    """Return the leaf with the digest of a receipt, mostly of this work; the receipt is known afterwards."""
    receipt = Receipt(
        hub=hub,
        vault=vault,
        customer=leaf.customer,
        job_id=leaf.job_id,
        attempt=leaf.attempt + scene.often(0.03),
        epoch=leaf.epoch - scene.often(0.1),
        seq=leaf.seq,
        from_ms=leaf.from_ms,
        to_ms=max(0, leaf.to_ms - scene.often(0.03)),
        gpu_milliseconds=1,
        provider_amount=max(0, leaf.provider_amount - scene.often(0.03)),
        outcome=1,
        result_digest=leaf.result_digest,
    )
    known = {PEOPLE[name].address: PEOPLE[f"{name}-receipts"] for name in ("north", "south")}
    signer = known.get(leaf.provider, PEOPLE["eve"]) if scene.often(0.9) else PEOPLE["new-receipts"]
    digest = receipt.digest(settlement_domain(CHAIN_ID, scene.place("Settlement")))
    scene.receipts[digest] = receipt, sign(digest, signer.key)
    return replace(leaf, receipt_digest=digest if scene.often(0.97) else _RESULT)
