"""What hubs are about to post: they net honestly, or in every wrong way."""

from collections.abc import Sequence
from dataclasses import dataclass

from hansa_chain.settlement import PostArgs
from hansa_protocol.identity import ZERO_ADDRESS, Address, address_bytes, keccak
from hansa_protocol.leaf import Leaf, leaf_hash
from hansa_protocol.merkle import MerkleTree
from hansa_protocol.rows import Row, net_rows
from hansa_protocol.units import UINT96_MAX, Wei
from tests.model.deployment import PARAMS, PEOPLE
from tests.model.histories.scene import CUSTOMERS, Scene
from tests.model.histories.work import draw_leaf, split_of
from tests.model.terms import MOST_ROWS

_RISING = sorted(CUSTOMERS, key=lambda name: address_bytes(PEOPLE[name].address))


@dataclass(frozen=True, slots=True)
class Draft:
    """Hold what a hub is about to post."""

    hub: Address
    leaves: tuple[Leaf, ...]
    args: PostArgs
    debits: tuple[Row, ...]
    payouts: tuple[Row, ...]

    @property
    def posted(self) -> tuple[PostArgs, tuple[Row, ...], tuple[Row, ...]]:
        """Return the arguments of the post."""
        return self.args, self.debits, self.payouts


def draw_draft(scene: Scene) -> Draft:
    """Return an epoch, or the next part of one, to post at a time and in a form that may be wrong."""
    hub, vault = _draw_lane(scene)
    epoch = _epoch_to_post(scene, hub, vault)
    part, parts, names = _part_to_post(scene, hub, vault, epoch)
    leaves = tuple(
        draw_leaf(scene, name, hub, vault, epoch) for name in names for _ in range(scene.chance.randint(1, 3))
    )
    if scene.often(0.05):
        leaves = (*leaves, leaves[0])
    debits, payouts = _net(scene, leaves, vault)
    if scene.often(0.3):
        debits, payouts = _tampered(scene, debits, payouts)
    root = MerkleTree([leaf_hash(leaf) for leaf in leaves]).root
    count = len(leaves) if scene.often(0.97) else scene.chance.randint(0, 3)
    where = scene.place("Token A") if scene.often(0.02) else vault
    args = PostArgs(where, epoch, part, parts, root, count, keccak(b"file"), keccak(b"secret"), b"\0" * 32)
    return Draft(hub, leaves, args, debits, payouts)


def _draw_lane(scene: Scene) -> tuple[Address, Address]:
    """Return a hub and a vault: of those that some line names, or any."""
    lent = [place[2:] for place in scene.world.lines.lines if place[1] == scene.place("Settlement")]
    if lent and scene.often(0.85):
        return scene.one_of(lent)
    return PEOPLE[scene.one_of(("hub", "hub", "hub", "rival"))].address, scene.place(scene.vault())


def _epoch_to_post(scene: Scene, hub: Address, vault: Address) -> int:
    """Return an epoch that can be posted now or soon, mostly; waits for its end."""
    if scene.often(0.06):
        return scene.epoch + scene.one_of((-2, 0, 1))
    last, into = scene.world.settlement.bonds[hub, vault].last_epoch, scene.at % PARAMS.epoch
    progress = scene.world.settlement.progress[hub, vault]
    unfinished = progress.epoch == scene.epoch - 1 and progress.posted < progress.parts
    lent = bool(_lent(scene, hub, vault, scene.epoch - 1)) or scene.often(0.05)
    if into <= PARAMS.post and lent and (last < scene.epoch - 1 or unfinished):
        return scene.epoch - 1
    epoch = scene.epoch
    scene.wait_until(
        (epoch + 1) * PARAMS.epoch
        + scene.one_of((0, 0, 0, 3, PARAMS.post) if scene.often(0.95) else (-1, PARAMS.post + 1))
    )
    return epoch


def _part_to_post(scene: Scene, hub: Address, vault: Address, epoch: int) -> tuple[int, int, Sequence[str]]:
    """Return part, parts, and the customers of it; those of the next part are above those of this one."""
    progress = scene.world.settlement.progress[hub, vault]
    if progress.epoch == epoch and progress.posted < progress.parts and scene.often(0.9):
        above = [name for name in _RISING if address_bytes(PEOPLE[name].address) > address_bytes(progress.last_debit)]
        return progress.posted, progress.parts + scene.often(0.03), above or _RISING[:1]
    if scene.often(0.2):
        return 0, scene.one_of((2, 2, 3)), sorted(_customers(scene, hub, vault, epoch), key=_RISING.index)[:1]
    part, parts = (scene.one_of((0, 1, 2)), scene.one_of((0, 1, 2))) if scene.often(0.05) else (0, 1)
    return part, parts, _customers(scene, hub, vault, epoch)


def _customers(scene: Scene, hub: Address, vault: Address, epoch: int) -> Sequence[str]:
    """Return some customers, mostly of those with a line in force."""
    lent = _lent(scene, hub, vault, epoch)
    choices = lent if lent and scene.often(0.95) else _RISING
    return scene.chance.sample(choices, scene.chance.randint(1, len(choices)))


def _lent(scene: Scene, hub: Address, vault: Address, epoch: int) -> Sequence[str]:
    lines, settlement = scene.world.lines, scene.place("Settlement")
    return [name for name in _RISING if lines.cap_in(PEOPLE[name].address, settlement, hub, vault, epoch)]


def _net(scene: Scene, leaves: Sequence[Leaf], vault: Address) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """Return the honest rows of leaves; what fits into no row is cut, and nobody that no vault can credit has one."""
    splits = [(leaf, split_of(scene, leaf)) for leaf in leaves]
    charged = net_rows((leaf.customer, split.debit) for leaf, split in splits)
    nobody = ZERO_ADDRESS, vault
    credited = [(leaf.provider, split.provider) for leaf, split in splits if leaf.provider not in nobody]
    royalties = [(PEOPLE["author"].address, split.royalty) for _, split in splits]
    return _fitting(charged), _fitting(net_rows([*credited, *royalties]))


def _fitting(rows: Sequence[Row]) -> tuple[Row, ...]:
    return tuple(Row(row.account, Wei(min(row.amount, UINT96_MAX))) for row in rows)


def _tampered(
    scene: Scene, debits: tuple[Row, ...], payouts: tuple[Row, ...]
) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """Return rows that a hub got wrong, by mistake or on purpose."""
    if not debits or not payouts:
        return debits, payouts
    first, paid = debits[0], payouts[0]
    more = (*debits[:-1], Row(debits[-1].account, Wei(min(2 * debits[-1].amount, UINT96_MAX))))
    stranger = _sorted((*debits, Row(scene.person("cat"), Wei(scene.amount()))))
    forbidden = scene.one_of((scene.place("Vault A"), scene.place("Settlement"), PEOPLE["treasury"].address))
    return scene.one_of(
        (
            (more, payouts),
            (_shifted(debits), payouts),
            (debits, payouts[1:]),
            (debits, (Row(paid.account, Wei(paid.amount // 2)), *payouts[1:])),
            (debits, ()),
            (stranger, payouts),
            ((), payouts),
            ((*debits, first), payouts),
            ((Row(first.account, Wei(0)), *debits[1:]), payouts),
            (_shifted(debits), payouts),
            (_sorted((*debits, Row(forbidden, Wei(1)))), payouts),
            (debits, _sorted((*payouts, Row(forbidden, Wei(1))))),
            (debits, (*payouts, paid)),
            ((Row(first.account, Wei(UINT96_MAX)), *debits[1:]), payouts),
            (debits, payouts * (MOST_ROWS // len(payouts) + 1)),
        )
    )


def _shifted(debits: tuple[Row, ...]) -> tuple[Row, ...]:
    """Return rows of which the last bears what the first does not; of one alone the half."""
    first, last = debits[0], debits[-1]
    if first == last:
        return (Row(first.account, Wei(first.amount // 2)),)
    rest = Wei(min(last.amount + first.amount - 1, UINT96_MAX))
    return Row(first.account, Wei(1)), *debits[1:-1], Row(last.account, rest)


def _sorted(rows: Sequence[Row]) -> tuple[Row, ...]:
    return tuple(sorted(rows, key=lambda row: address_bytes(row.account)))
