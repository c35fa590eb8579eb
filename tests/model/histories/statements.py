"""Statements: demanded, shown in full or in part, left to be void."""

from hansa_chain.cases import Kind, State, subject_of
from hansa_protocol.rows import Row
from tests.model.histories.opened import case_of, draw_answer_time, draw_open, draw_overdue_time
from tests.model.histories.proofs import draw_batch, prove_charge, prove_leaf
from tests.model.histories.scene import Batch, Opened, Scene
from tests.model.subject import Revealed


def demand(scene: Scene) -> None:
    """Demand a statement of one's own row, or of another's."""
    batch = draw_batch(scene)
    if batch is None:
        return
    rows = scene.chance.sample(batch.debits, len(batch.debits))
    for row in rows if scene.often(0.3) else rows[:1]:
        _demand(scene, batch, row)


def _demand(scene: Scene, batch: Batch, row: Row) -> None:
    charged = prove_charge(batch, row.account)
    assert charged is not None
    sender = row.account if scene.often(0.95) else scene.person("eve")
    if scene.call(sender, "Statements", "demand", batch.header, *charged).error is None:
        subject = subject_of(Kind.STATEMENT, batch.header, charged[0].index, charged[0].row)
        scene.opened.append(Opened("Statements", subject, batch))


def reveal(scene: Scene) -> None:
    """Show leaves of a row: all, some, or the wrong ones."""
    for one, case, _ in draw_open(scene, Kind.STATEMENT, in_time=True):
        draw_answer_time(scene, case)
        account = one.batch.debits[one.subject.index].account
        own = [index for index, leaf in enumerate(one.batch.leaves) if leaf.customer == account]
        if scene.often(0.2):
            own = scene.chance.sample(own, scene.chance.randint(0, len(own)))
        if scene.often(0.05):
            own.append(scene.chance.randrange(len(one.batch.leaves)))
        batch = one.batch if scene.often(0.97) else scene.one_of(scene.batches)
        shown = tuple(_revealed(one.batch, index) for index in own)
        sender = scene.sender(one.subject.hub) if scene.often(0.9) else account
        scene.call(sender, "Statements", "reveal", one.subject, batch.header, shown)


def void_part(scene: Scene) -> None:
    """Void a part whose hub kept silent."""
    for one, case, _ in draw_open(scene, Kind.STATEMENT):
        draw_overdue_time(scene, case)
        batch, taken = one.batch, one.batch.taken
        if scene.often(0.05):
            taken = batch.debits if scene.often(0.5) else taken[1:]
        scene.call(scene.person("eve"), "Statements", "voidPart", one.subject, batch.header, batch.debits, taken)


def lapse(scene: Scene) -> None:
    """End a demand about a part that another one has made void."""
    void = [
        one
        for one in scene.opened
        if one.subject.kind is Kind.STATEMENT and scene.world.settlement.is_void(one.subject)
    ]
    still = [one for one in void if case_of(scene, one).stage is State.OPEN]
    drawn = [one for one, _, _ in draw_open(scene, Kind.STATEMENT)]
    for one in still[:1] if scene.often(0.9) and still else drawn:
        scene.call(scene.person("eve"), "Statements", "lapse", one.subject)


def _revealed(batch: Batch, index: int) -> Revealed:
    proof = prove_leaf(batch, index)
    return Revealed(proof.leaf, proof.index, proof.proof)
