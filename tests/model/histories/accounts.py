"""What customers, providers and hubs do with their own money, lines, keys and bonds."""

from dataclasses import replace

from hansa_protocol.eip712 import Line, credit_lines_domain
from hansa_protocol.identity import ZERO_ADDRESS, Address
from hansa_protocol.signing import sign
from tests.model.deployment import CHAIN_ID, PEOPLE
from tests.model.histories.scene import CUSTOMERS, HUBS, PROVIDERS, Scene

HOLDERS = (*CUSTOMERS, *PROVIDERS, "author", "hub", "treasury")


def begin_customers(scene: Scene) -> None:
    """Let a customer have money and a line."""
    name = scene.one_of(CUSTOMERS)
    scene.call(PEOPLE[name].address, "Vault A", "deposit", PEOPLE[name].address, scene.amount(20, 22))
    line = replace(_signed_line(scene, name)[0], vault=scene.place("Vault A"), hub=PEOPLE["hub"].address)
    scene.call(line.customer, "CreditLines", "openByCustomer", line)


def begin_providers(scene: Scene) -> None:
    """Register all providers with bonds."""
    for name in PROVIDERS:
        key, amount = PEOPLE[f"{name}-receipts"].address, scene.amount(19, 22)
        scene.call(PEOPLE[name].address, "Providers", "register", scene.place("Vault A"), amount, key)


def begin_hubs(scene: Scene) -> None:
    """Give hubs bonds."""
    for name in HUBS:
        arguments = scene.place("Vault A"), PEOPLE[name].address, scene.amount(21, 24)
        scene.call(PEOPLE[name].address, "Settlement", "depositBond", *arguments)


def deposit(scene: Scene) -> None:
    """Credit somebody with tokens."""
    payer, payee = scene.person("ada"), scene.person(scene.one_of(CUSTOMERS))
    if scene.often(0.02):
        payee = scene.one_of((ZERO_ADDRESS, scene.place("Vault A")))
    scene.call(payer, scene.vault(), "deposit", payee, scene.amount(18, 22))


def request_withdrawal(scene: Scene) -> None:
    """Ask for some of a balance, or a little more than there is."""
    label = scene.vault()
    balances = scene.world.vaults[scene.place(label)].balances
    rich = [who for who, amount in balances.items() if amount and who not in scene.deployment.places.values()]
    who = scene.one_of(rich) if rich and scene.often(0.9) else scene.person(scene.one_of(HOLDERS))
    balance = balances[who]
    amount = scene.one_of((balance, balance + 1, balance // 2, scene.chance.randint(0, balance), scene.amount()))
    scene.call(who, label, "requestWithdrawal", amount)


def cancel_withdrawal(scene: Scene) -> None:
    """Take a request back."""
    label = scene.vault()
    asked = [who for who, one in scene.world.vaults[scene.place(label)].requests.items() if one.amount]
    if asked or scene.often(0.1):
        scene.call(scene.one_of(asked) if asked else scene.person("ada"), label, "cancelWithdrawal")


def withdraw(scene: Scene) -> None:
    """Pay a request, sometimes too early or too much, in one go or not."""
    label = scene.vault()
    vault = scene.world.vaults[scene.place(label)]
    asked = [(who, one) for who, one in vault.requests.items() if one.amount]
    if not asked:
        if scene.often(0.1):
            scene.call(scene.person("ada"), label, "withdraw", scene.person("ada"), scene.amount())
        return
    who, request = scene.one_of(asked)
    if scene.often(0.5):
        scene.wait_until(request.available_at - scene.often(0.2))
    ready = min(request.amount, vault.balances[who])
    amount = scene.one_of((ready, ready, ready + 1, ready // 2, request.amount))
    to = scene.one_of((ZERO_ADDRESS, vault.address)) if scene.often(0.02) else scene.person("eve")
    scene.call(who, label, "withdraw", to, amount)


def open_line(scene: Scene) -> None:
    """Set a line that its customer signed, or another did, or that it sends itself."""
    line, signature = _signed_line(scene)
    if scene.often(0.3):
        sender = line.customer if scene.often(0.9) else scene.person("eve")
        scene.call(sender, "CreditLines", "openByCustomer", line)
    else:
        scene.call(scene.person("hub"), "CreditLines", "open", line, signature)


def open_batch(scene: Scene) -> None:
    """Relay some lines at once; their nonces may collide."""
    signed = [_signed_line(scene) for _ in range(scene.chance.randint(0, 3))]
    lines, signatures = tuple(line for line, _ in signed), tuple(raw for _, raw in signed)
    if scene.often(0.03):
        signatures = (*signatures, b"")
    scene.call(scene.person("hub"), "CreditLines", "openBatch", lines, signatures)


def revoke(scene: Scene) -> None:
    """Close a line."""
    customer, place = _line_place(scene)
    scene.call(customer, "CreditLines", "revoke", *place)


def skip_nonce(scene: Scene) -> None:
    """Void signatures."""
    scene.call(scene.person(scene.one_of(CUSTOMERS)), "CreditLines", "skipNonce", scene.place("Vault A"))


def prune(scene: Scene) -> None:
    """Take what is past out of the caps, often right when it is."""
    known = list(scene.world.lines.lines.items())
    customer, place = _line_place(scene)
    if known and scene.often(0.9):
        (customer, *place), line = scene.one_of(known)
        p, moment = scene.world.terms.params, line.change.since if line.change else line.current.until
        past = moment * p.epoch + p.post + 1
        if scene.often(0.5) and past - scene.at < 200:
            scene.wait_until(past - scene.often(0.3))
    scene.call(scene.person("eve"), "CreditLines", "prune", customer, *place)


def register(scene: Scene) -> None:
    """Register a provider, with a bond or without."""
    who = scene.one_of(PROVIDERS)
    key = ZERO_ADDRESS if scene.often(0.03) else PEOPLE[f"{who}-receipts"].address
    amount = 0 if scene.often(0.2) else scene.amount(18, 23)
    scene.call(scene.person(who), "Providers", "register", _bond_vault(scene), amount, key)


def top_up(scene: Scene) -> None:
    """Add to a provider's bond."""
    provider = scene.person(scene.one_of(PROVIDERS))
    scene.call(scene.person("ada"), "Providers", "topUp", _bond_vault(scene), provider, scene.amount(18, 23))


def set_receipt_key(scene: Scene) -> None:
    """Change a provider's key."""
    key = scene.person(scene.one_of(("new-receipts", "north-receipts")))
    scene.call(scene.person(scene.one_of(PROVIDERS)), "Providers", "setReceiptKey", key)


def deposit_bond(scene: Scene) -> None:
    """Add to a hub's bond."""
    hub = ZERO_ADDRESS if scene.often(0.01) else scene.person(scene.one_of(("hub", "hub", "rival")))
    scene.call(scene.person("ada"), "Settlement", "depositBond", _bond_vault(scene), hub, scene.amount(19, 24))


def request_unbond(scene: Scene) -> None:
    """Ask for some of a bond, or a little more than there is."""
    label, who = _bondholder(scene)
    vault = scene.place(scene.vault())
    world = scene.world
    bonded = (
        world.providers.bonds[who, vault].bonded if label == "Providers" else world.settlement.bonds[who, vault].free
    )
    amount = scene.one_of((bonded, bonded + 1, bonded // 2, scene.amount()))
    scene.call(who, label, "requestUnbond", vault, amount)


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
    if not bonds[who, vault].leaving and scene.often(0.8):
        return
    if scene.often(0.6):
        scene.wait_until(bonds[who, vault].available_at - scene.often(0.2))
    scene.call(who, label, "unbond", vault)


def release_cover(scene: Scene) -> None:
    """Free what is past of a hub's cover, often right when it is."""
    hub, vault = PEOPLE[scene.one_of(HUBS)].address, scene.place(scene.vault())
    covers = scene.world.settlement.bonds[hub, vault].covers
    if covers and scene.often(0.3):
        scene.wait_until(covers[0].release_at + scene.one_of((0, 1)))
    scene.call(scene.person("eve"), "Settlement", "releaseCover", hub, vault)


def touch_what_is_guarded(scene: Scene) -> None:
    """Call as a stranger what only the challenges may."""
    hub, vault, who = PEOPLE["hub"].address, scene.place("Vault A"), scene.person("eve")
    function, arguments = scene.one_of(
        (
            ("openCase", (hub, vault, scene.epoch, 1)),
            ("closeCase", (hub, vault, scene.epoch, 1)),
            ("collectPenalty", (hub, vault, 1, who)),
            ("openPot", (hub, vault, scene.epoch)),
            ("setPot", (hub, vault, scene.epoch, 1)),
            ("closePot", (hub, vault, scene.epoch, 1)),
            ("payFromPot", (hub, vault, scene.epoch, who, 1)),
        )
    )
    if scene.often(0.3):
        scene.call(who, "Providers", "slash", scene.person("north"), vault, 1, 1, who)
    else:
        scene.call(who, "Settlement", function, *arguments)


def _signed_line(scene: Scene, whose: str | None = None) -> tuple[Line, bytes]:
    name = whose or scene.one_of(("ada", "ada", "ben", "ben", "cat"))
    customer, vault = PEOPLE[name].address, scene.place(scene.vault())
    signer = PEOPLE[f"{name}-orders"].address if name != "cat" and scene.often(0.6) else ZERO_ADDRESS
    line = Line(
        customer=customer,
        settlement=scene.place("Settlement"),
        hub=PEOPLE[scene.one_of(("hub", "hub", "hub", "rival"))].address,
        vault=vault,
        tenant=scene.one_of(("team", "")),
        cap_per_epoch=0 if scene.often(0.08) else scene.amount(18, 22),
        expires_at=scene.at + scene.one_of((0, 20, 61, 100, 10**6, 10**6, 10**6, 2**62)),
        order_signer=signer,
        nonce=scene.world.lines.nonces[customer, vault] + scene.often(0.05),
        valid_until=scene.at + scene.one_of((100, 100, 100, 100, 0, -1)),
    )
    if scene.often(0.03):
        line = replace(line, hub=ZERO_ADDRESS)
    key = PEOPLE[name].key if scene.often(0.95) else PEOPLE["eve"].key
    return line, sign(line.digest(credit_lines_domain(CHAIN_ID, scene.place("CreditLines"))), key)


def _line_place(scene: Scene) -> tuple[Address, list[Address]]:
    hub = PEOPLE[scene.one_of(("hub", "hub", "rival"))].address
    return scene.person(scene.one_of(CUSTOMERS)), [scene.place("Settlement"), hub, scene.place(scene.vault())]


def _bondholder(scene: Scene) -> tuple[str, Address]:
    if scene.often(0.5):
        return "Providers", scene.person(scene.one_of(PROVIDERS))
    return "Settlement", scene.person(scene.one_of(HUBS))


def _bond_vault(scene: Scene) -> Address:
    return scene.place("Token A") if scene.often(0.02) else scene.place(scene.vault())
