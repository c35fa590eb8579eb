"""How cases, claims and parts stand when a history ends: what it has in it can be counted."""

from collections.abc import Iterator

from hansa_chain.cases import State
from tests.model.claims import Pool
from tests.model.escrow import PartState
from tests.model.histories.opened import case_of
from tests.model.histories.scene import Scene


def endings_of(scene: Scene) -> Iterator[str]:
    """Yield in words how each case, claim, pool and part stands."""
    world = scene.world
    for one in scene.opened:
        case = case_of(scene, one)
        penalty = (", penalty owed" if case.penalty else ", penalty paid") if case.stage is State.LOST else ""
        yield f"{one.subject.kind.name.lower()} case {case.stage.name.lower()}{penalty}"
    for claim in world.claims.claims.values():
        yield f"claim {claim.stage.name.lower()}"
    for pool in world.claims.pools.values():
        yield f"pool {_pool(pool)}"
    for part in world.settlement.parts.values():
        if part is not None:
            yield f"part {_part(part)}"
            yield (
                "part short of money, which the bond paid"
                if part.header.taken < part.header.debits
                else "part taken whole"
            )


def _pool(pool: Pool) -> str:
    if not pool.closed:
        return "open"
    return "closed with less than is due" if pool.pot < pool.due else "closed with all that is due"


def _part(part: PartState) -> str:
    if part.void:
        return "void after it was paid" if part.final else "void"
    return "paid" if part.final else "not paid as a whole"
