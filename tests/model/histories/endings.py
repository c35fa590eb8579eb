"""How cases, claims and parts stand when a history ends, and what was claimed: what it has in it can be counted."""

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
    for lane, _ in world.claims.claims:
        yield f"claim on an epoch that {'was posted' if lane in posted else 'never was'}"
    yield from _claims(scene)
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


def _claims(scene: Scene) -> Iterator[str]:
    for call, outcome in scene.played:
        if (call.contract, call.function) == ("Claims", "claim") and outcome.error in (None, "NoGuarantee"):
            iou, _, wanted = call.arguments
            yield f"claim of {_part_of_iou(wanted, iou.cumulative)}, {'refused' if outcome.error else 'taken'}"
            if outcome.error is None:
                lane = iou.hub, iou.vault, iou.epoch
                yield from _claim(scene.world.claims.claims[lane, iou.payee], wanted)


def _part_of_iou(wanted: int, cumulative: int) -> str:
    if wanted == 0:
        return "nothing"
    if wanted < cumulative:
        return "some of an IOU"
    return "all of an IOU" if wanted == cumulative else "more than an IOU says"


def _claim(claim: Claim, wanted: int) -> Iterator[str]:
    if claim.stage is State.ANSWERED:
        yield "claim answered"
        return
    yield f"claim {'ended' if claim.stage is State.ENDED else 'open'}, has {_reach(claim, wanted)}"
    if claim.next_part:
        whole = claim.due == wanted == claim.missing
        yield "claim of what rows had not paid, left whole by them" if whole else "claim answered in part"


def _reach(claim: Claim, wanted: int) -> str:
    if claim.due == claim.missing:
        return "all that is missing"
    return "all that is wanted" if claim.due == wanted else "what was guaranteed"


def _guarantee(given: Guarantee) -> str:
    if not given.leaving:
        return "standing" if given.amount else "used up"
    return "leaving" if given.leaving <= given.amount else "leaving, less left by claims"


def _part(part: PartState) -> str:
    if part.void:
        return "void after it was paid" if part.final else "void"
    return "paid" if part.final else "not paid as a whole"
