"""Challenges of single leaves: opened, answered, left unanswered, by the right people and by others."""

from collections.abc import Sequence

from hansa_chain.cases import Kind, SliceProof, subject_of
from hansa_protocol.identity import ZERO_ADDRESS
from hansa_protocol.leaf import Leaf
from tests.model.deployment import PARAMS, PEOPLE
from tests.model.histories.opened import draw_answer_time, draw_open, draw_overdue_time
from tests.model.histories.proofs import draw_batch, draw_slice, prove_leaf
from tests.model.histories.scene import Batch, Opened, Scene
from tests.model.histories.work import debit_of

Place = tuple[Batch, int]
"""A leaf of a posted part, by its index."""


def prove_fault(scene: Scene) -> None:
    """Accuse a leaf of contradicting itself; some do."""
    places = _places(scene)
    drawn = _draw_place(scene, places, preferred=[place for place in places if _is_wrong(scene, *place)])
    if drawn is None:
        return
    batch, proof = drawn
    if scene.call(scene.person("eve"), "Challenges", "proveFault", proof).error is None:
        subject = subject_of(Kind.FAULT, proof.header, proof.index, proof.slice.content())
        scene.opened.append(Opened("Challenges", subject, batch, proof.slice))


def prove_duplicate(scene: Scene) -> None:
    """Accuse two leaves of contradicting each other, mostly two of one job."""
    places = _places(scene)
    jobs = [batch.leaves[index].job_id for batch, index in places]
    again = [place for place, job in zip(places, jobs, strict=True) if jobs.count(job) > 1]
    drawn = _draw_place(scene, places, preferred=again)
    if drawn is None:
        return
    batch, proof = drawn
    related = [(one, i) for one, i in places if one.leaves[i].job_id == proof.slice.leaf.job_id]
    others = [(one, i) for one, i in related if one is not batch or i != proof.index] or places
    other = prove_leaf(*scene.one_of(others if scene.often(0.9) else places))
    if scene.call(scene.person("eve"), "Challenges", "proveDuplicate", proof, other).error is None:
        subject = subject_of(Kind.FAULT, proof.header, proof.index, proof.slice.content())
        scene.opened.append(Opened("Challenges", subject, batch, proof.slice))


def challenge_order(scene: Scene) -> None:
    """Doubt an order."""
    _challenge(scene, Kind.ORDER)


def challenge_receipt(scene: Scene) -> None:
    """Doubt a receipt."""
    _challenge(scene, Kind.RECEIPT)


def show_order(scene: Scene) -> None:
    """Answer a doubt with the order, or with another one."""
    kind = Kind.ORDER if scene.often(0.9) else Kind.RECEIPT
    for one, case, slice_ in draw_open(scene, kind, in_time=True):
        draw_answer_time(scene, case)
        known = scene.orders.get(slice_.leaf.job_id)
        if known is None or scene.often(0.1):
            known = scene.one_of(list(scene.orders.values())) if scene.orders else None
        if known is not None:
            order, signature = known[0], scene.garbled(known[1])
            scene.call(PEOPLE["hub"].address, "Challenges", "showOrder", one.subject, slice_, order, signature)


def show_receipt(scene: Scene) -> None:
    """Answer a doubt with the receipt, or with another one."""
    for one, case, slice_ in draw_open(scene, Kind.RECEIPT, in_time=True):
        draw_answer_time(scene, case)
        known = scene.receipts.get(slice_.leaf.receipt_digest)
        if known is None or scene.often(0.1):
            known = scene.one_of(list(scene.receipts.values()))
        receipt, signature = known[0], scene.garbled(known[1])
        scene.call(PEOPLE["hub"].address, "Challenges", "showReceipt", one.subject, slice_, receipt, signature)


def strike(scene: Scene) -> None:
    """Strike what was not answered."""
    for one, case, slice_ in draw_open(scene, scene.one_of((Kind.ORDER, Kind.RECEIPT))):
        draw_overdue_time(scene, case)
        scene.call(scene.person("eve"), "Challenges", "strike", one.subject, slice_)


def _challenge(scene: Scene, kind: Kind) -> None:
    batch = draw_batch(scene)
    signed = [i for i, leaf in enumerate(batch.leaves) if _has_order_signer(scene, batch, leaf)] if batch else []
    order = kind is Kind.ORDER
    proof = draw_slice(scene, batch, preferred=signed if order else ()) if batch else None
    if batch is None or proof is None:
        return
    leaf = proof.slice.leaf
    right = leaf.customer if order else leaf.provider
    sender = scene.sender(right) if scene.often(0.96) else scene.person("eve")
    function = "challengeOrder" if order else "challengeReceipt"
    if scene.call(sender, "Challenges", function, proof).error is None:
        subject = subject_of(kind, proof.header, proof.index, proof.slice.content())
        scene.opened.append(Opened("Challenges", subject, batch, proof.slice))


def _places(scene: Scene) -> list[Place]:
    """Return the place of every leaf that can still be struck."""
    open_until = scene.at - PARAMS.settle_seconds
    fresh = [batch for batch in scene.batches if batch.header.posted_at >= open_until or scene.often(0.1)]
    return [(batch, index) for batch in fresh for index in range(len(batch.leaves))]


def _is_wrong(scene: Scene, batch: Batch, index: int) -> bool:
    leaf = batch.leaves[index]
    return leaf.epoch != batch.header.epoch or leaf.from_ms > leaf.to_ms or leaf.cumulative < debit_of(scene, leaf)


def _has_order_signer(scene: Scene, batch: Batch, leaf: Leaf) -> bool:
    place = leaf.customer, scene.place("Settlement"), batch.header.hub, batch.header.vault
    return scene.world.lines.signer_of(*place, leaf.epoch) != ZERO_ADDRESS


def _draw_place(
    scene: Scene, places: Sequence[Place], *, preferred: Sequence[Place]
) -> tuple[Batch, SliceProof] | None:
    """Return a batch with the proof of one of its leaves: a preferred one; without any seldom another, mostly none."""
    choices = preferred or (places if scene.often(0.1) else ())
    if not choices:
        return None
    batch, index = scene.one_of(choices)
    proof = draw_slice(scene, batch, preferred=(index,))
    return None if proof is None else (batch, proof)
