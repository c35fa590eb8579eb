"""Claims of payees, with what hubs answer and what is paid in the end."""

from hansa_chain.cases import State
from hansa_protocol.eip712 import Iou, settlement_domain
from hansa_protocol.identity import Address
from hansa_protocol.signing import sign
from tests.model.claims import Lane
from tests.model.deployment import CHAIN_ID, PARAMS, PEOPLE
from tests.model.histories.proofs import prove_credit
from tests.model.histories.scene import PROVIDERS, Batch, Scene


def claim(scene: Scene) -> None:
    """Claim an epoch that is over, posted or not, for what was credited or for more."""
    hub, vault, epoch = _draw_lane(scene)
    bonded = [who for (who, where), bond in scene.world.providers.bonds.items() if where == vault and bond.bonded]
    strangers = [PEOPLE[name].address for name in (*PROVIDERS, "author")]
    payee = scene.one_of(bonded if bonded and scene.often(0.9) else strangers)
    credited = sum(
        row.amount
        for batch in scene.batches
        if _lane(batch) == (hub, vault, epoch)
        for row in batch.payouts
        if row.account == payee
    )
    cumulative = min(scene.one_of((credited, credited + 1, 2 * credited, scene.amount(18, 21))), 2**96 - 1)
    iou = Iou(hub, vault, epoch, payee, 1, cumulative)
    signer = next(one for one in PEOPLE.values() if one.address == hub)
    key = signer.key if scene.often(0.96) else PEOPLE["eve"].key
    signature = sign(iou.digest(settlement_domain(CHAIN_ID, scene.place("Settlement"))), key)
    open_at = (epoch + 1) * PARAMS.epoch + PARAMS.post + 1
    if scene.often(0.8):
        scene.wait_until(open_at - scene.often(0.1))
    sender = iou.payee if scene.often(0.97) else scene.person("eve")
    scene.call(sender, "Claims", "claim", iou, scene.garbled(signature))


def show_credit(scene: Scene) -> None:
    """Answer a claim with a row, paid or not."""
    claims = _open_claims(scene)
    if not claims:
        return
    lane, payee = scene.one_of(claims)
    parts = [one for one in scene.batches if _lane(one) == lane and prove_credit(one, payee)] or scene.batches
    if not parts:
        return
    batch = scene.one_of(parts)
    if scene.often(0.4):
        scene.call(scene.person("eve"), "Settlement", "finalize", batch.header, batch.payouts)
    if scene.often(0.2):
        deadline = scene.world.claims.pools[lane].until + PARAMS.answer
        scene.wait_until(deadline + scene.one_of((0, 0, 1)))
    shown = prove_credit(batch, payee)
    if shown is None:
        return
    hold, proof = shown
    index = hold.index + scene.often(0.04)
    sender = scene.sender(batch.header.hub) if scene.often(0.9) else payee
    scene.call(sender, "Claims", "showCredit", batch.header, hold.row, index, proof)


def pay_claim(scene: Scene) -> None:
    """Pay a claim when nobody can claim or answer any more, or try before."""
    claims = _open_claims(scene)
    if not claims or scene.often(0.03):
        claims = list(scene.world.claims.claims) or claims
    if not claims:
        return
    lane, payee = scene.one_of(claims)
    _wait_until_paid(scene, lane)
    scene.call(scene.person("eve"), "Claims", "payClaim", *lane, payee)


def close_pool(scene: Scene) -> None:
    """Free what claims keep in place, of an epoch that may still have some or never had any."""
    pools = list(scene.world.claims.pools)
    answered = [lane for lane in pools if all(lane != other for other, _ in _open_claims(scene))]
    if answered and scene.often(0.8):
        lane = scene.one_of(answered)
    elif pools and scene.often(0.3):
        lane = scene.one_of(pools)
    elif scene.often(0.1):
        lane = PEOPLE["hub"].address, scene.place("Vault A"), scene.epoch - 5
    else:
        return
    _wait_until_paid(scene, lane)
    scene.call(scene.person("eve"), "Claims", "closePool", *lane)


def _wait_until_paid(scene: Scene, lane: Lane) -> None:
    until = scene.world.claims.pools[lane].until
    if until and scene.often(0.8):
        scene.wait_until(until + PARAMS.answer + 1 - scene.often(0.4))


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


def _open_claims(scene: Scene) -> list[tuple[Lane, Address]]:
    return [key for key, one in scene.world.claims.claims.items() if one.stage is State.OPEN]


def _lane(batch: Batch) -> Lane:
    return batch.header.hub, batch.header.vault, batch.header.epoch
