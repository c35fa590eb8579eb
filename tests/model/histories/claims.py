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
    hub = scene.one_of(("hub", "hub", "rival"))
    payee = scene.one_of((*PROVIDERS, *PROVIDERS, *PROVIDERS, "author"))
    vault, epoch = scene.place(scene.vault()), _epoch(scene)
    credited = sum(
        row.amount
        for batch in scene.batches
        if (batch.header.hub, batch.header.vault, batch.header.epoch) == (PEOPLE[hub].address, vault, epoch)
        for row in batch.payouts
        if row.account == PEOPLE[payee].address
    )
    cumulative = min(scene.one_of((credited, credited + 1, 2 * credited, scene.amount(18, 21))), 2**96 - 1)
    iou = Iou(PEOPLE[hub].address, vault, epoch, PEOPLE[payee].address, 1, cumulative)
    signer = PEOPLE[hub] if scene.often(0.96) else PEOPLE["eve"]
    signature = sign(iou.digest(settlement_domain(CHAIN_ID, scene.place("Settlement"))), signer.key)
    open_at = (epoch + 1) * PARAMS.epoch + PARAMS.post + 1
    if scene.often(0.5):
        scene.wait_until(open_at - scene.often(0.1))
    sender = iou.payee if scene.often(0.97) else scene.person("eve")
    scene.call(sender, "Claims", "claim", iou, signature)


def show_credit(scene: Scene) -> None:
    """Answer a claim with a row, paid or not."""
    claims = _open_claims(scene)
    if not claims:
        return
    lane, payee = scene.one_of(claims)
    parts = [one for one in scene.batches if _lane(one) == lane] or scene.batches
    if not parts:
        return
    batch = scene.one_of(parts)
    if scene.often(0.2):
        deadline = scene.world.claims.pools[lane].until + PARAMS.answer
        scene.wait_until(deadline + scene.one_of((0, 0, 1)))
    shown = prove_credit(batch, payee)
    if shown is None:
        return
    hold, proof = shown
    index = hold.index + scene.often(0.04)
    scene.call(PEOPLE["hub"].address, "Claims", "showCredit", batch.header, hold.row, index, proof)


def pay_claim(scene: Scene) -> None:
    """Pay a claim when nobody can claim or answer any more, or try before."""
    claims = _open_claims(scene)
    if not claims or scene.often(0.03):
        claims = list(scene.world.claims.claims) or claims
    if not claims:
        return
    lane, payee = scene.one_of(claims)
    pool = scene.world.claims.pools[lane]
    if scene.often(0.7):
        covers = scene.world.settlement.bonds[lane[0], lane[1]].covers
        releases = [cover.release_at for cover in covers if cover.epoch == lane[2]]
        ready = max([pool.until + PARAMS.answer, *releases]) + 1
        scene.wait_until(ready - scene.often(0.1))
    scene.call(scene.person("eve"), "Claims", "payClaim", *lane, payee)


def _epoch(scene: Scene) -> int:
    posted = [batch.header.epoch for batch in scene.batches]
    if posted and scene.often(0.6):
        return scene.one_of(posted[-2:])
    if scene.often(0.1):
        return scene.epoch - scene.chance.randint(0, 6)
    # The epoch of which nothing can be posted any more now, or soon.
    return (scene.at - PARAMS.post - 1) // PARAMS.epoch - scene.often(0.2)


def _open_claims(scene: Scene) -> list[tuple[Lane, Address]]:
    return [key for key, one in scene.world.claims.claims.items() if one.stage is State.OPEN]


def _lane(batch: Batch) -> Lane:
    return batch.header.hub, batch.header.vault, batch.header.epoch
