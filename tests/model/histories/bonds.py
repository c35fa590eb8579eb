"""What providers and hubs do with their bonds and keys."""

from hansa_protocol.identity import ZERO_ADDRESS, Address
from hansa_protocol.units import UINT96_MAX
from tests.model.deployment import PEOPLE
from tests.model.histories.scene import HUBS, PROVIDERS, Scene


def begin_providers(scene: Scene) -> None:
    """Register all providers with bonds."""
    for name in PROVIDERS:
        key, amount = PEOPLE[f"{name}-receipts"].address, scene.amount(19, 22)
        scene.call(PEOPLE[name].address, "Providers", "register", scene.place("Vault A"), amount, key)


def begin_hubs(scene: Scene) -> None:
    """Give hubs bonds."""
    for name in HUBS:
        arguments = scene.place("Vault A"), PEOPLE[name].address, scene.amount(21, 25)
        scene.call(PEOPLE[name].address, "Settlement", "depositBond", *arguments)


def register(scene: Scene) -> None:
    """Register a provider, with a bond or without."""
    who = scene.one_of((*PROVIDERS, "author"))
    known = PEOPLE.get(f"{who}-receipts", PEOPLE["new-receipts"])
    key = ZERO_ADDRESS if scene.often(0.03) else known.address
    amount = 0 if scene.often(0.2) else scene.tokens(18, 23)
    scene.call(scene.person(who), "Providers", "register", _bond_vault(scene), amount, key)


def top_up(scene: Scene) -> None:
    """Add to a provider's bond."""
    provider = scene.person(scene.one_of(PROVIDERS))
    payer = scene.person(scene.one_of(("ada", "ada", "eve")))
    scene.call(payer, "Providers", "topUp", _bond_vault(scene), provider, scene.tokens(18, 23))


def set_receipt_key(scene: Scene) -> None:
    """Change a provider's key."""
    key = scene.person(scene.one_of(("new-receipts", "north-receipts")))
    scene.call(scene.person(scene.one_of(PROVIDERS)), "Providers", "setReceiptKey", key)


def deposit_bond(scene: Scene) -> None:
    """Add to a hub's bond, seldom as much as it can hold."""
    hub = ZERO_ADDRESS if scene.often(0.01) else scene.person(scene.one_of(("hub", "hub", "rival")))
    payer, vault = scene.person(scene.one_of(("ada", "ada", "eve"))), _bond_vault(scene)
    bond = scene.world.settlement.bonds[hub, vault]
    amount = UINT96_MAX - bond.free - bond.covering if scene.often(0.04) else scene.tokens(19, 24)
    scene.call(payer, "Settlement", "depositBond", vault, hub, amount)


def request_unbond(scene: Scene) -> None:
    """Ask for some of a bond, or a little more than there is."""
    label, who = _bondholder(scene)
    vault = scene.place(scene.vault())
    world = scene.world
    bonded = (
        world.providers.bonds[who, vault].bonded if label == "Providers" else world.settlement.bonds[who, vault].free
    )
    amount = scene.one_of((bonded, bonded, bonded, bonded + 1, bonded // 2, scene.amount()))
    scene.call(who, label, "requestUnbond", vault, amount)


def leave(scene: Scene) -> None:
    """Ask for all that is free, as a hub that has just posted: what it is fined later it does not have any more."""
    if scene.batches:
        header = scene.batches[-1].header
        free = scene.world.settlement.bonds[header.hub, header.vault].usable
        scene.call(header.hub, "Settlement", "requestUnbond", header.vault, free)


def cancel_unbond(scene: Scene) -> None:
    """Take such a request back."""
    label, who = _bondholder(scene)
    vault, world = scene.place(scene.vault()), scene.world
    bonds = world.providers.bonds if label == "Providers" else world.settlement.bonds
    if bonds[who, vault].leaving or scene.often(0.1):
        scene.call(who, label, "cancelUnbond", vault)


def unbond(scene: Scene) -> None:
    """Take out what has waited, often in the second in which it may leave."""
    label, who = _bondholder(scene)
    vault, world = scene.place(scene.vault()), scene.world
    bonds = world.providers.bonds if label == "Providers" else world.settlement.bonds
    leaving = [place for place, bond in bonds.items() if bond.leaving]
    fined = [place for place, bond in world.settlement.bonds.items() if bond.leaving and bond.penalties > bond.free]
    if fined and scene.often(0.8):
        label, bonds, leaving = "Settlement", world.settlement.bonds, fined
    if leaving and scene.often(0.9):
        who, vault = scene.one_of(leaving)
    elif scene.often(0.8):
        return
    if scene.often(0.7):
        scene.wait_until(bonds[who, vault].available_at - scene.often(0.2))
    scene.call(who, label, "unbond", vault)


def release_cover(scene: Scene) -> None:
    """Free what is past of a hub's cover, often right when it is."""
    hub, vault = PEOPLE[scene.one_of(HUBS)].address, scene.place(scene.vault())
    covers = scene.world.settlement.bonds[hub, vault].covers
    if covers and scene.often(0.3):
        scene.wait_until(covers[0].release_at + scene.one_of((0, 1)))
    scene.call(scene.person("eve"), "Settlement", "releaseCover", hub, vault)


def _bondholder(scene: Scene) -> tuple[str, Address]:
    if scene.often(0.5):
        return "Providers", scene.person(scene.one_of(PROVIDERS))
    return "Settlement", scene.person(scene.one_of(HUBS))


def _bond_vault(scene: Scene) -> Address:
    return scene.place("Token A") if scene.often(0.02) else scene.place(scene.vault())
