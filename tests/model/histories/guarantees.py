"""What hubs set aside for payees, and ask back."""

from hansa_protocol.identity import ZERO_ADDRESS, Address
from tests.model.deployment import PEOPLE
from tests.model.guarantees import Bound, Guarantee
from tests.model.histories.scene import HUBS, Scene

PAYEES = ("north", "south", "author")


def begin_guarantees(scene: Scene) -> None:
    """Have hubs guarantee payees something."""
    for hub in HUBS:
        for payee in PAYEES:
            arguments = scene.place("Vault A"), PEOPLE[payee].address, scene.amount(18, 22)
            scene.call(PEOPLE[hub].address, "Settlement", "guarantee", *arguments)


def guarantee(scene: Scene) -> None:
    """Guarantee a payee more: by some of what is free, all of it, or more than that; or as much as before."""
    hub, vault, payee = PEOPLE[scene.one_of(HUBS)].address, scene.place(scene.vault()), _draw_payee(scene)
    settlement = scene.world.settlement
    free, there = settlement.bonds[hub, vault].usable, settlement.guarantees[hub, vault, payee].amount
    more = scene.one_of((scene.amount(18, 22), scene.amount(18, 22), free // 2, free, free + 1, 0))
    scene.call(hub, "Settlement", "guarantee", vault, payee, there + more)


def request_revoke(scene: Scene) -> None:
    """Ask for some of a guarantee, for none of it, or for a little more than there is."""
    hub, vault, payee = _draw_bound(scene, leaving=False)
    there = scene.world.settlement.guarantees[hub, vault, payee].amount
    amount = scene.one_of((there, there, there, there // 2, there + 1, 0))
    scene.call(hub, "Settlement", "requestRevoke", vault, payee, amount)


def revoke(scene: Scene) -> None:
    """Take back what has waited, often in the first second in which that is allowed, seldom in the last before it."""
    hub, vault, payee = _draw_bound(scene, leaving=True)
    given = scene.world.settlement.guarantees[hub, vault, payee]
    if scene.often(0.7):
        scene.wait_until(given.available_at - scene.often(0.2))
    if given.leaving or scene.often(0.1):
        scene.call(hub, "Settlement", "revoke", vault, payee)


def _draw_bound(scene: Scene, *, leaving: bool) -> Bound:
    """Return for whom which hub has something: that stands there, or that it asked back; seldom anybody."""
    known = [bound for bound, given in scene.world.settlement.guarantees.items() if _has(given, leaving=leaving)]
    if known and scene.often(0.9):
        return scene.one_of(known)
    return PEOPLE[scene.one_of(HUBS)].address, scene.place(scene.vault()), _draw_payee(scene)


def _has(given: Guarantee, *, leaving: bool) -> bool:
    return bool(given.leaving if leaving else given.amount)


def _draw_payee(scene: Scene) -> Address:
    return ZERO_ADDRESS if scene.often(0.02) else scene.person(scene.one_of(PAYEES))
