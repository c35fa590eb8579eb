"""What only the challenges may call, called by strangers."""

from typing import Any

from hansa_chain.cases import Charge, Kind, Subject
from hansa_protocol.rows import Row
from hansa_protocol.units import Wei
from tests.model.deployment import PEOPLE
from tests.model.histories.scene import Scene
from tests.model.subject import Hold


def touch_what_is_guarded(scene: Scene) -> None:
    """Call as a stranger what moves bonds and escrow."""
    contract, function, arguments = scene.one_of((*_on_bonds(scene), *_on_escrow(scene)))
    scene.call(scene.person("eve"), contract, function, *arguments)


def _on_bonds(scene: Scene) -> tuple[tuple[str, str, tuple[Any, ...]], ...]:
    hub, vault, who, north = PEOPLE["hub"].address, scene.place("Vault A"), scene.person("eve"), scene.person("north")
    lane = hub, vault, scene.epoch
    return (
        ("Settlement", "openCase", (*lane, 1)),
        ("Settlement", "closeCase", (*lane, 1)),
        ("Settlement", "collectPenalty", (hub, vault, 1, who)),
        ("Settlement", "useGuarantee", (hub, vault, who, 1)),
        ("Settlement", "restoreGuarantee", (hub, vault, who, 1)),
        ("Settlement", "payGuarantee", (hub, vault, who, 1)),
        ("Providers", "reserve", (north, vault, 1)),
        ("Providers", "unreserve", (north, vault, 1)),
        ("Providers", "slash", (north, vault, 1, 1, who)),
    )


def _on_escrow(scene: Scene) -> tuple[tuple[str, str, tuple[Any, ...]], ...]:
    row = Row(scene.person("eve"), Wei(1))
    charge = Charge(row.pack(), 1, 0)
    where = PEOPLE["hub"].address, scene.place("Vault A"), scene.epoch, 0
    subject = Subject(Kind.FAULT, *where, bytes(31), 0, bytes(32))
    return (
        ("Settlement", "strike", (subject, charge, 1, 1)),
        ("Settlement", "hold", (subject, row, 0, 1)),
        ("Settlement", "endHold", (subject, Hold(row, 0, 1), charge, 1)),
        ("Settlement", "voidPart", (subject, 1, (row,))),
    )
