"""What customers and hubs do with credit lines."""

from dataclasses import replace

from hansa_protocol.eip712 import Line, credit_lines_domain
from hansa_protocol.identity import ZERO_ADDRESS, Address
from hansa_protocol.signing import sign
from tests.model.deployment import CHAIN_ID, PEOPLE
from tests.model.histories.scene import CUSTOMERS, Scene


def begin_customers(scene: Scene) -> None:
    """Let a customer have money and a line."""
    name = scene.one_of(CUSTOMERS)
    scene.call(PEOPLE[name].address, "Vault A", "deposit", PEOPLE[name].address, scene.amount(20, 22))
    line = replace(
        _signed_line(scene, name)[0],
        settlement=scene.place("Settlement"),
        vault=scene.place("Vault A"),
        hub=PEOPLE["hub"].address,
    )
    scene.call(line.customer, "CreditLines", "openByCustomer", line)


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
    if scene.often(0.08):
        line = replace(line, settlement=PEOPLE["eve"].address)
    key = PEOPLE[name].key if scene.often(0.95) else PEOPLE["eve"].key
    signature = sign(line.digest(credit_lines_domain(CHAIN_ID, scene.place("CreditLines"))), key)
    return line, scene.garbled(signature)


def _line_place(scene: Scene) -> tuple[Address, list[Address]]:
    hub = PEOPLE[scene.one_of(("hub", "hub", "rival"))].address
    return scene.person(scene.one_of(CUSTOMERS)), [scene.place("Settlement"), hub, scene.place(scene.vault())]
