"""How cases, claims and parts stand when a history ends: what it has in it can be counted."""

from collections.abc import Iterator

from hansa_chain.cases import State
from tests.model.claims import Claim
from tests.model.escrow import PartState
from tests.model.guarantees import Guarantee
from tests.model.histories.opened import case_of
from tests.model.histories.scene import Scene


def endings_of(scene: Scene) -> Iterator[str]:
    """Yield in words how each case, claim, guarantee and part stands."""
    world = scene.world
    for one in scene.opened:
        case = case_of(scene, one)
        penalty = (", penalty owed" if case.penalty else ", penalty paid") if case.stage is State.LOST else ""
        yield f"{one.subject.kind.name.lower()} case {case.stage.name.lower()}{penalty}"
    posted = {place[:3] for place in world.settlement.parts}
    for (lane, _), claim in world.claims.claims.items():
        yield f"claim {_claim(claim)}"
        yield f"claim on an epoch that {'was posted' if lane in posted else 'never was'}"
        if claim.next_part and claim.due:
            yield "claim answered in part"
    for given in world.settlement.guarantees.values():
        yield f"guarantee {_guarantee(given)}"
    for part in world.settlement.parts.values():
        if part is not None:
            yield f"part {_part(part)}"
            yield (
                "part short of money, which the bond paid"
                if part.header.taken < part.header.debits
                else "part taken whole"
            )


def _claim(claim: Claim) -> str:
    if claim.stage is State.ANSWERED:
        return "answered"
    ending = "ended" if claim.stage is State.ENDED else "open"
    return f"{ending}, all guaranteed" if claim.due == claim.missing else f"{ending}, more missing than guaranteed"


def _guarantee(given: Guarantee) -> str:
    if not given.leaving:
        return "standing" if given.amount else "used up"
    return "leaving" if given.leaving <= given.amount else "leaving, less left by claims"


def _part(part: PartState) -> str:
    if part.void:
        return "void after it was paid" if part.final else "void"
    return "paid" if part.final else "not paid as a whole"
