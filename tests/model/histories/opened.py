"""Cases that were opened: one of them is drawn, and a time to go on with it."""

from collections.abc import Sequence

from hansa_chain.cases import Charge, Kind, Slice, State
from tests.model.evidence import Case
from tests.model.histories.scene import Opened, Scene


def draw_open(scene: Scene, kind: Kind, *, in_time: bool = False) -> Sequence[tuple[Opened, Case, Slice]]:
    """Return one open case of a kind with its slice, seldom another one or another slice; nothing without any."""
    of_kind = [one for one in scene.opened if one.subject.kind is kind]
    still = [one for one in of_kind if case_of(scene, one).stage is State.OPEN]
    if in_time and scene.often(0.9):
        still = [one for one in still if case_of(scene, one).due >= scene.at]
    choices = still if still or scene.often(0.9) else of_kind
    if not choices:
        return ()
    one = scene.one_of(choices)
    slice_ = one.slice or Slice(one.batch.leaves[0], Charge(one.batch.debits[0].pack(), 0, 0))
    others = [other.slice for other in scene.opened if other.slice]
    if others and scene.often(0.03):
        slice_ = scene.one_of(others)
    return ((one, case_of(scene, one), slice_),)


def case_of(scene: Scene, one: Opened) -> Case:
    """Return how far a case is."""
    world = scene.world
    contracts = {"Challenges": world.challenges, "Statements": world.statements, "Disputes": world.disputes}
    return contracts[one.contract].cases[one.subject.case_id]


def draw_answer_time(scene: Scene, case: Case) -> None:
    """Wait for the last second of an answer, or one more; mostly do not wait."""
    if scene.often(0.4):
        scene.wait_until(case.due + scene.often(0.2))


def draw_overdue_time(scene: Scene, case: Case) -> None:
    """Wait for the first second after the answer's last, seldom for the last."""
    if scene.often(0.8):
        scene.wait_until(case.due + 1 - scene.often(0.2))


def collect(scene: Scene) -> None:
    """Collect a penalty, sometimes too early or twice."""
    lost = [one for one in scene.opened if case_of(scene, one).stage is State.LOST] or scene.opened
    if not lost:
        return
    one = scene.one_of(lost)
    if scene.often(0.6):
        scene.wait_until(case_of(scene, one).due - scene.often(0.1))
    scene.call(scene.person("eve"), one.contract, "collect", one.subject)
