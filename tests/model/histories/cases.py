"""Challenges and disputes: opened, answered, left unanswered, by the right people and by others."""

from collections.abc import Sequence

from hansa_chain.cases import Charge, Kind, Slice, State, subject_of
from tests.model.deployment import PEOPLE
from tests.model.evidence import Case
from tests.model.histories.proofs import draw_batch, draw_slice, prove_charge, prove_credit, prove_leaf
from tests.model.histories.scene import Batch, Opened, Scene
from tests.model.histories.work import debit_of
from tests.model.subject import Revealed


def prove_fault(scene: Scene) -> None:
    """Accuse a leaf of contradicting itself; some do."""
    batch = scene.one_of(scene.batches[-4:]) if scene.batches else None
    if batch is None:
        return
    wrong = [
        index
        for index, leaf in enumerate(batch.leaves)
        if leaf.epoch != batch.header.epoch or leaf.from_ms > leaf.to_ms or leaf.cumulative < debit_of(leaf)
    ]
    proof = draw_slice(scene, batch, preferred=wrong) if wrong or scene.often(0.2) else None
    if proof is None:
        return
    if scene.call(scene.person("eve"), "Challenges", "proveFault", proof).error is None:
        subject = subject_of(Kind.FAULT, proof.header, proof.index, proof.slice.content())
        scene.opened.append(Opened("Challenges", subject, batch, proof.slice))


def prove_duplicate(scene: Scene) -> None:
    """Accuse two leaves of contradicting each other, mostly two of one job."""
    batch = scene.one_of(scene.batches[-4:]) if scene.batches else None
    if batch is None:
        return
    places = [(one, index) for one in scene.batches for index in range(len(one.leaves))]
    jobs = [one.leaves[index].job_id for one, index in places]
    again = [index for index, leaf in enumerate(batch.leaves) if jobs.count(leaf.job_id) > 1]
    proof = draw_slice(scene, batch, preferred=again) if again or scene.often(0.1) else None
    if proof is None:
        return
    related = [(one, i) for one, i in places if one.leaves[i].job_id == proof.slice.leaf.job_id]
    others = [place for place in related if place != (batch, proof.index)] or places
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
    for one, case, slice_ in _draw_open(scene, Kind.ORDER, in_time=True):
        _draw_answer_time(scene, case)
        known = scene.orders.get(slice_.leaf.job_id)
        if known is None or scene.often(0.1):
            known = scene.one_of(list(scene.orders.values())) if scene.orders else None
        if known is not None:
            signature = known[1] if scene.often(0.97) else known[1][:-1]
            scene.call(PEOPLE["hub"].address, "Challenges", "showOrder", one.subject, slice_, known[0], signature)


def show_receipt(scene: Scene) -> None:
    """Answer a doubt with the receipt, or with another one."""
    for one, case, slice_ in _draw_open(scene, Kind.RECEIPT, in_time=True):
        _draw_answer_time(scene, case)
        known = scene.receipts.get(slice_.leaf.receipt_digest)
        if known is None or scene.often(0.1):
            known = scene.one_of(list(scene.receipts.values()))
        scene.call(PEOPLE["hub"].address, "Challenges", "showReceipt", one.subject, slice_, *known)


def strike(scene: Scene) -> None:
    """Strike what was not answered."""
    for one, case, slice_ in _draw_open(scene, scene.one_of((Kind.ORDER, Kind.RECEIPT))):
        _draw_overdue_time(scene, case)
        scene.call(scene.person("eve"), "Challenges", "strike", one.subject, slice_)


def collect(scene: Scene) -> None:
    """Collect a penalty, sometimes too early or twice."""
    lost = [one for one in scene.opened if _case(scene, one).stage is State.LOST] or scene.opened
    if not lost:
        return
    one = scene.one_of(lost)
    if scene.often(0.6):
        scene.wait_until(_case(scene, one).due - scene.often(0.1))
    scene.call(scene.person("eve"), one.contract, "collect", one.subject)


def demand(scene: Scene) -> None:
    """Demand a statement of one's own row, or of another's."""
    batch = draw_batch(scene)
    if batch is None:
        return
    row = scene.one_of(batch.debits)
    charged = prove_charge(batch, row.account)
    assert charged is not None
    sender = row.account if scene.often(0.95) else scene.person("eve")
    if scene.call(sender, "Statements", "demand", batch.header, *charged).error is None:
        subject = subject_of(Kind.STATEMENT, batch.header, charged[0].index, charged[0].row)
        scene.opened.append(Opened("Statements", subject, batch))


def reveal(scene: Scene) -> None:
    """Show leaves of a row: all, some, or the wrong ones."""
    for one, case, _ in _draw_open(scene, Kind.STATEMENT, in_time=True):
        _draw_answer_time(scene, case)
        account = one.batch.debits[one.subject.index].account
        own = [index for index, leaf in enumerate(one.batch.leaves) if leaf.customer == account]
        if scene.often(0.2):
            own = scene.chance.sample(own, scene.chance.randint(0, len(own)))
        if scene.often(0.05):
            own.append(scene.chance.randrange(len(one.batch.leaves)))
        batch = one.batch if scene.often(0.97) else scene.one_of(scene.batches)
        shown = tuple(_revealed(one.batch, index) for index in own)
        scene.call(PEOPLE["hub"].address, "Statements", "reveal", one.subject, batch.header, shown)


def void_part(scene: Scene) -> None:
    """Void a part whose hub kept silent."""
    for one, case, _ in _draw_open(scene, Kind.STATEMENT):
        _draw_overdue_time(scene, case)
        batch, taken = one.batch, one.batch.taken
        if scene.often(0.05):
            taken = batch.debits if scene.often(0.5) else taken[1:]
        scene.call(scene.person("eve"), "Statements", "voidPart", one.subject, batch.header, batch.debits, taken)


def lapse(scene: Scene) -> None:
    """End a demand about a part that another one has made void."""
    for one, _, _ in _draw_open(scene, Kind.STATEMENT):
        scene.call(scene.person("eve"), "Statements", "lapse", one.subject)


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
    for one, case, slice_ in _draw_open(scene, Kind.DISPUTE, in_time=True):
        _draw_answer_time(scene, case)
        by_hub = scene.often(0.4)
        right = one.subject.hub if by_hub else slice_.leaf.provider
        sender = right if scene.often(0.93) else scene.person("eve")
        scene.call(sender, "Disputes", "concedeByHub" if by_hub else "concede", one.subject, slice_)


def expire(scene: Scene) -> None:
    """Let a dispute be paid as posted."""
    for one, case, slice_ in _draw_open(scene, Kind.DISPUTE):
        _draw_overdue_time(scene, case)
        scene.call(scene.person("eve"), "Disputes", "expire", one.subject, slice_)


def decide(scene: Scene) -> None:
    """Decide as the court, or as somebody who is none."""
    for one, case, slice_ in _draw_open(scene, Kind.DISPUTE, in_time=True):
        _draw_answer_time(scene, case)
        scene.call(scene.person("court"), "Disputes", "decide", one.subject, slice_, scene.often(0.7))


def _challenge(scene: Scene, kind: Kind) -> None:
    batch = draw_batch(scene)
    proof = draw_slice(scene, batch) if batch else None
    if batch is None or proof is None:
        return
    leaf, order = proof.slice.leaf, kind is Kind.ORDER
    right = leaf.customer if order else leaf.provider
    sender = right if scene.often(0.96) else scene.person("eve")
    function = "challengeOrder" if order else "challengeReceipt"
    if scene.call(sender, "Challenges", function, proof).error is None:
        subject = subject_of(kind, proof.header, proof.index, proof.slice.content())
        scene.opened.append(Opened("Challenges", subject, batch, proof.slice))


def _draw_open(scene: Scene, kind: Kind, *, in_time: bool = False) -> Sequence[tuple[Opened, Case, Slice]]:
    """Return one open case of a kind with its slice, seldom another one or another slice; nothing without any."""
    of_kind = [one for one in scene.opened if one.subject.kind is kind]
    still = [one for one in of_kind if _case(scene, one).stage is State.OPEN]
    if in_time and scene.often(0.9):
        still = [one for one in still if _case(scene, one).due >= scene.at]
    choices = still if still or scene.often(0.9) else of_kind
    if not choices:
        return ()
    one = scene.one_of(choices)
    slice_ = one.slice or Slice(one.batch.leaves[0], Charge(one.batch.debits[0].pack(), 0, 0))
    others = [other.slice for other in scene.opened if other.slice]
    if others and scene.often(0.03):
        slice_ = scene.one_of(others)
    return ((one, _case(scene, one), slice_),)


def _case(scene: Scene, one: Opened) -> Case:
    world = scene.world
    contracts = {"Challenges": world.challenges, "Statements": world.statements, "Disputes": world.disputes}
    return contracts[one.contract].cases[one.subject.case_id]


def _draw_answer_time(scene: Scene, case: Case) -> None:
    if scene.often(0.15):
        scene.wait_until(case.due + scene.often(0.3))


def _draw_overdue_time(scene: Scene, case: Case) -> None:
    if scene.often(0.75):
        scene.wait_until(case.due + 1 - scene.often(0.1))


def _revealed(batch: Batch, index: int) -> Revealed:
    proof = prove_leaf(batch, index)
    return Revealed(proof.leaf, proof.index, proof.proof)
