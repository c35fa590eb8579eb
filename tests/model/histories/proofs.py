"""Proofs of what is in a batch, mostly right."""

from collections.abc import Sequence
from dataclasses import replace

from hansa_chain.cases import Charge, LeafProof, Slice, SliceProof
from hansa_protocol.identity import Address, keccak
from hansa_protocol.leaf import leaf_hash
from hansa_protocol.merkle import MerkleTree
from hansa_protocol.rows import Row, credit_tree, debit_tree
from hansa_protocol.units import Wei
from tests.model.deployment import PARAMS
from tests.model.histories.scene import Batch, Scene
from tests.model.subject import Hold


def draw_batch(scene: Scene) -> Batch | None:
    """Return a posted part, mostly one whose window is open; seldom an old one, and often none instead.

    Seldom its window's last second is waited for, or the one after it.
    """
    if not scene.batches:
        return None
    fresh = [batch for batch in scene.batches if scene.at <= batch.header.posted_at + PARAMS.window]
    if not fresh and scene.often(0.8):
        return None
    batch = scene.one_of(fresh if fresh and scene.often(0.9) else scene.batches)
    if scene.often(0.2):
        scene.wait_until(batch.header.posted_at + PARAMS.window + scene.often(0.5))
    return batch


def prove_leaf(batch: Batch, index: int) -> LeafProof:
    """Return a leaf with its place."""
    tree = MerkleTree([leaf_hash(leaf) for leaf in batch.leaves])
    return LeafProof(batch.header, batch.leaves[index], index, tree.proof(index))


def prove_charge(batch: Batch, customer: Address) -> tuple[Charge, tuple[bytes, ...]] | None:
    """Return a customer's debit row with its proof, or None when the part has none."""
    found = [index for index, row in enumerate(batch.debits) if row.account == customer]
    if not found:
        return None
    index = found[0]
    tree = debit_tree(batch.debits, [row.amount for row in batch.taken])
    return Charge(batch.debits[index].pack(), batch.taken[index].amount, index), tree.proof(index)


def prove_slice(batch: Batch, index: int) -> SliceProof | None:
    """Return a leaf with its charge, or None when nothing charges for it."""
    leaf = prove_leaf(batch, index)
    charged = prove_charge(batch, leaf.leaf.customer)
    if charged is None:
        return None
    return SliceProof(batch.header, Slice(leaf.leaf, charged[0]), index, leaf.proof, charged[1])


def prove_credit(batch: Batch, payee: Address) -> tuple[Hold, tuple[bytes, ...]] | None:
    """Return a payee's credit row with its proof, or None when the part has none."""
    found = [index for index, row in enumerate(batch.payouts) if row.account == payee]
    if not found:
        return None
    return Hold(batch.payouts[found[0]], found[0], 0), credit_tree(batch.payouts).proof(found[0])


def draw_slice(scene: Scene, batch: Batch, *, preferred: Sequence[int] = ()) -> SliceProof | None:
    """Return the proof of a leaf of a part, mostly of a preferred one; seldom one that proves nothing."""
    index = scene.one_of(preferred) if preferred and scene.often(0.9) else scene.chance.randrange(len(batch.leaves))
    proof = prove_slice(batch, index)
    return _spoiled(scene, proof) if proof is not None and scene.often(0.06) else proof


def _spoiled(scene: Scene, proof: SliceProof) -> SliceProof:
    leaf, charge = proof.slice.leaf, proof.slice.charge
    return scene.one_of(
        (
            replace(proof, header=replace(proof.header, posted_at=proof.header.posted_at + 1)),
            replace(proof, index=proof.index + 1),
            replace(proof, leaf_proof=(*proof.leaf_proof, keccak(b"more"))),
            replace(proof, slice=Slice(replace(leaf, provider_amount=leaf.provider_amount // 2), charge)),
            replace(proof, slice=Slice(leaf, replace(charge, taken=charge.taken + 1))),
            replace(proof, slice=Slice(leaf, replace(charge, index=charge.index + 1))),
            replace(proof, slice=Slice(leaf, replace(charge, row=Row(leaf.provider, Wei(proof.header.debits)).pack()))),
        )
    )
