"""Disputes: opened, conceded by either side, decided, left to be paid as posted."""

from hansa_chain.cases import Kind, subject_of
from tests.model.histories.opened import draw_answer_time, draw_open, draw_overdue_time
from tests.model.histories.proofs import draw_batch, draw_slice, prove_credit
from tests.model.histories.scene import Opened, Scene


def dispute(scene: Scene) -> None:
    """Dispute a leaf, mostly with its provider's credit."""
    batch = draw_batch(scene)
    proof = draw_slice(scene, batch) if batch else None
    if batch is None or proof is None:
        return
    leaf = proof.slice.leaf
    payee = leaf.provider if scene.often(0.95) else scene.one_of(batch.leaves).provider
    hold, path = prove_credit(batch, payee) or (None, ())
    if scene.often(0.1):
        hold, path = None, ()
    sender = leaf.customer if scene.often(0.96) else scene.person("eve")
    if scene.call(sender, "Disputes", "dispute", proof, hold, path).error is None:
        subject = subject_of(Kind.DISPUTE, proof.header, proof.index, proof.slice.content())
        scene.opened.append(Opened("Disputes", subject, batch, proof.slice))


def concede(scene: Scene) -> None:
    """Give in, as the provider or as the hub."""
    for one, case, slice_ in draw_open(scene, Kind.DISPUTE, in_time=True):
        draw_answer_time(scene, case)
        by_hub = scene.often(0.4)
        right = one.subject.hub if by_hub else slice_.leaf.provider
        sender = scene.sender(right) if scene.often(0.93) else scene.person("eve")
        scene.call(sender, "Disputes", "concedeByHub" if by_hub else "concede", one.subject, slice_)


def expire(scene: Scene) -> None:
    """Let a dispute be paid as posted."""
    for one, case, slice_ in draw_open(scene, Kind.DISPUTE):
        draw_overdue_time(scene, case)
        scene.call(scene.person("eve"), "Disputes", "expire", one.subject, slice_)


def decide(scene: Scene) -> None:
    """Decide as the court, or as somebody who is none."""
    for one, case, slice_ in draw_open(scene, Kind.DISPUTE, in_time=True):
        draw_answer_time(scene, case)
        scene.call(scene.person("court"), "Disputes", "decide", one.subject, slice_, scene.often(0.7))
