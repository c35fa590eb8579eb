"""Claims of payees, with what hubs answer and what is paid in the end."""

from collections import Counter
from collections.abc import Collection

from hansa_chain.cases import State
from hansa_protocol.eip712 import Iou, settlement_domain
from hansa_protocol.identity import Address
from hansa_protocol.signing import sign
from hansa_protocol.units import UINT96_MAX
from tests.model.claims import Lane
from tests.model.deployment import CHAIN_ID, PARAMS, PEOPLE
from tests.model.histories.guarantees import PAYEES
from tests.model.histories.proofs import prove_credit
from tests.model.histories.scene import Batch, Scene


def claim(scene: Scene) -> None:
    """Claim an epoch that is over, posted or not, for what was credited or for more, paid or not."""
    hub, vault, epoch = _draw_lane(scene)
    credits_of = _credits_of(scene, (hub, vault, epoch))
    payee = _draw_payee(scene, hub, vault, preferred=credits_of)
    cumulative = _draw_cumulative(scene, credits_of[payee])
    iou = Iou(hub, vault, epoch, payee, 1, cumulative)
    signer = next(one for one in PEOPLE.values() if one.address == hub)
    key = signer.key if scene.often(0.96) else PEOPLE["eve"].key
    signature = sign(iou.digest(settlement_domain(CHAIN_ID, scene.place("Settlement"))), key)
    _wait_for_claims(scene, (hub, vault, epoch))
    sender = iou.payee if scene.often(0.97) else scene.person("eve")
    scene.call(sender, "Claims", "claim", iou, scene.garbled(signature), _draw_wanted(scene, iou))


def show_credit(scene: Scene) -> None:
    """Answer a claim with a row, paid or not."""
    claims = _open_claims(scene)
    if not claims:
        return
    credited = [one for one in claims if one[1] in _credits_of(scene, one[0])]
    lane, payee = scene.one_of(credited if credited and scene.often(0.9) else claims)
    parts = [one for one in scene.batches if _lane(one) == lane and prove_credit(one, payee)]
    if not parts and scene.often(0.1):
        parts = scene.batches
    if not parts:
        return
    batch = scene.one_of(parts)
    if scene.often(0.6):
        scene.call(scene.person("eve"), "Settlement", "finalize", batch.header, batch.payouts)
    if scene.often(0.2):
        scene.wait_until(scene.world.claims.claims[lane, payee].until + scene.one_of((0, 0, 1)))
    shown = prove_credit(batch, payee)
    if shown is None:
        return
    hold, proof = shown
    index = hold.index + scene.often(0.04)
    sender = scene.sender(batch.header.hub) if scene.often(0.9) else payee
    scene.call(sender, "Claims", "showCredit", batch.header, hold.row, index, proof)


def pay_claim(scene: Scene) -> None:
    """Pay a claim when the hub can answer no more, or try before; seldom one that is over."""
    claims = _open_claims(scene)
    if not claims or scene.often(0.03):
        claims = list(scene.world.claims.claims) or claims
    if not claims:
        return
    lane, payee = scene.one_of(claims)
    if scene.often(0.8):
        scene.wait_until(scene.world.claims.claims[lane, payee].until + 1 - scene.often(0.4))
    scene.call(scene.person("eve"), "Claims", "payClaim", *lane, payee)


def _draw_lane(scene: Scene) -> Lane:
    """Return an epoch of a hub: one whose claims are open, now or soon, or any other."""
    until_after_post = PARAMS.claim_seconds
    posted = [one.header for one in scene.batches if one.header.posted_at + until_after_post >= scene.at]
    if posted and scene.often(0.7):
        header = scene.one_of(posted)
        return header.hub, header.vault, header.epoch
    hub, vault = PEOPLE[scene.one_of(("hub", "hub", "rival"))].address, scene.place(scene.vault())
    if scene.often(0.1):
        return hub, vault, scene.epoch - scene.chance.randint(0, 6)
    # The epoch of which nothing can be posted any more now, or soon.
    return hub, vault, (scene.at - PARAMS.post - 1) // PARAMS.epoch - scene.often(0.05)


def _wait_for_claims(scene: Scene, lane: Lane) -> None:
    """Wait until an epoch can be claimed, or until a second before; seldom for the last second, or the one after it."""
    posted_until = (lane[2] + 1) * PARAMS.epoch + PARAMS.post
    if scene.often(0.9):
        scene.wait_until(posted_until + 1 - scene.often(0.1))
    if scene.often(0.1):
        covered_until = scene.world.settlement.covered_until(*lane)
        until = covered_until - scene.world.terms.hard_deadline if covered_until else posted_until + PARAMS.window
        scene.wait_until(until + scene.often(0.5))


def _draw_payee(scene: Scene, hub: Address, vault: Address, *, preferred: Collection[Address]) -> Address:
    """Return a payee: one that the hub guarantees something, best a preferred one or what it asked back; or any."""
    given = {who[2]: one for who, one in scene.world.settlement.guarantees.items() if who[:2] == (hub, vault)}
    standing = [payee for payee, one in given.items() if one.amount]
    leaving = [payee for payee in standing if given[payee].leaving]
    for choices, share in (([payee for payee in standing if payee in preferred], 0.7), (leaving, 0.6), (standing, 0.9)):
        if choices and scene.often(share):
            return scene.one_of(choices)
    return PEOPLE[scene.one_of(PAYEES)].address


def _draw_cumulative(scene: Scene, credited: int) -> int:
    """Return what an IOU says: what was credited, more, or anything."""
    anything = scene.amount(18, 22)
    amounts = (credited, credited + 1, 2 * credited, credited + anything, anything) if credited else (anything,)
    return min(scene.one_of(amounts), UINT96_MAX)


def _draw_wanted(scene: Scene, iou: Iou) -> int:
    """Return what is wanted of an IOU: mostly what no row has paid; or all of it, some, none, or more than it says."""
    said = iou.cumulative
    unpaid = max(0, said - _paid_of(scene, (iou.hub, iou.vault, iou.epoch), iou.payee))
    wanted = scene.one_of((unpaid, unpaid, unpaid, said, said, said // 2, said + 1, UINT96_MAX, 0))
    return min(wanted, UINT96_MAX)


def _credits_of(scene: Scene, lane: Lane) -> Counter[Address]:
    """Return what the parts of an epoch credit everybody."""
    credited = Counter[Address]()
    for batch in scene.batches:
        if _lane(batch) == lane:
            credited.update({row.account: row.amount for row in batch.payouts})
    return credited


def _paid_of(scene: Scene, lane: Lane, payee: Address) -> int:
    """Return what rows of an epoch have paid a payee."""
    is_paid = scene.world.settlement.is_row_paid
    return sum(
        row.amount
        for batch in scene.batches
        for index, row in enumerate(batch.payouts)
        if _lane(batch) == lane and row.account == payee and is_paid(*lane, batch.header.part, index)
    )


def _open_claims(scene: Scene) -> list[tuple[Lane, Address]]:
    return [key for key, one in scene.world.claims.claims.items() if one.stage is State.OPEN]


def _lane(batch: Batch) -> Lane:
    return batch.header.hub, batch.header.vault, batch.header.epoch
