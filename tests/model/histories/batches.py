"""Posts and what anybody does with them later."""

from dataclasses import replace

from hansa_chain.settlement import PostArgs
from hansa_protocol.header import Header
from hansa_protocol.identity import keccak
from hansa_protocol.rows import Row, credit_tree
from hansa_protocol.units import Wei
from tests.model.deployment import PARAMS, PEOPLE
from tests.model.histories.drafts import Draft, draw_draft
from tests.model.histories.scene import Batch, Scene
from tests.model.settlement import Together


def post(scene: Scene) -> None:
    """Post an epoch, or the next part of one, at a time and in a form that may be wrong."""
    draft = draw_draft(scene)
    if scene.call(draft.hub, "Settlement", "post", *draft.posted).error is None:
        _keep(scene, draft)


def post_and_pay(scene: Scene) -> None:
    """Pay a part and post another in one go; seldom with what is no call."""
    draft, paid = draw_draft(scene), _batch(scene)
    calls: list[Together | bytes] = [Together("post", draft.posted)]
    if paid is not None:
        calls.insert(scene.often(0.2), Together("finalize", (paid.header, paid.payouts)))
    if scene.often(0.1):
        calls.append(b"no call")
    if scene.call(draft.hub, "Settlement", "multicall", tuple(calls)).error is None:
        _keep(scene, draft)


def finalize(scene: Scene) -> None:
    """Pay a part, mostly after its window, by anybody."""
    batch = _batch(scene)
    if batch is None:
        return
    _wait_for_window(scene, batch.header)
    header, payouts = batch.header, batch.payouts
    if scene.often(0.04):
        header = replace(header, taken=header.taken + 1)
    if scene.often(0.04):
        payouts = payouts[1:] if payouts else (Row(PEOPLE["eve"].address, Wei(1)),)
    scene.call(scene.person("eve"), "Settlement", "finalize", header, payouts)


def finalize_row(scene: Scene) -> None:
    """Pay one row of a part by its proof."""
    batch = _batch(scene)
    if batch is None or not batch.payouts:
        return
    _wait_for_window(scene, batch.header)
    index = scene.chance.randrange(len(batch.payouts))
    row, proof = batch.payouts[index], credit_tree(batch.payouts).proof(index)
    if scene.often(0.04):
        row = Row(row.account, Wei(row.amount ^ 1))
    if scene.often(0.04):
        index += scene.one_of((1, 2**31))
    if scene.often(0.04):
        proof = (*proof, keccak(b"more"))
    scene.call(scene.person("eve"), "Settlement", "finalizeRow", batch.header, row, index, proof)


def post_again(scene: Scene) -> None:
    """Send a part again that is there already."""
    batch = _batch(scene)
    if batch is None:
        return
    h = batch.header
    args = PostArgs(
        *(h.vault, h.epoch, h.part, h.parts, h.jobs_root, h.leaf_count, h.file_digest, h.secret_hash, h.previous_secret)
    )
    scene.call(h.hub, "Settlement", "post", args, batch.debits, batch.payouts)


def _keep(scene: Scene, draft: Draft) -> None:
    """Remember what was posted."""
    args, world = draft.args, scene.world
    header = world.settlement.parts[draft.hub, args.vault, args.epoch, args.part].header
    taken = world.vaults[args.vault].last_debit
    scene.batches.append(Batch(header, draft.leaves, draft.debits, taken, draft.payouts))


def _batch(scene: Scene) -> Batch | None:
    return scene.one_of(scene.batches[-4:] if scene.often(0.7) else scene.batches) if scene.batches else None


def _wait_for_window(scene: Scene, header: Header) -> None:
    if scene.often(0.8):
        scene.wait_until(header.posted_at + PARAMS.window + 1 - scene.often(0.25))
