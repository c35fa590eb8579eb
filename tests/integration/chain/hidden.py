"""A hub that shows its files, or parts of them, to nobody, and what it reveals on chain."""

from collections.abc import Sequence
from dataclasses import replace

from hansa_chain.proofs import prove_charge, prove_leaves, subject_of_row
from hansa_chain.settlement import PostedPart
from hansa_protocol.batch import Batch
from hansa_protocol.leaf import Leaf
from hansa_protocol.parts import Tariff, net_part
from tests.dishonest.scene import AMOUNT, CUSTOMER, Scene
from tests.fixtures.anvil import ACCOUNTS
from tests.integration.chain.market import address

COST = AMOUNT * 103 // 100
"""What a slice of the scene charges its customer (wei)."""


def of(epoch: int, *more: str) -> tuple[str, ...]:
    """Return the options that name an epoch of the hub instead of a file."""
    return ("--hub", address("hub"), "--epoch", str(epoch), *more)


def hidden(scene: Scene, *leaves: Leaf, epoch: int) -> tuple[Batch, PostedPart]:
    """Post a batch and show its file to nobody."""
    batch = scene.batch(epoch, list(leaves), [])
    file, posted = scene.post(batch)
    file.unlink()
    return batch, posted


def reveal(scene: Scene, batch: Batch, posted: PostedPart, indexes: Sequence[int]) -> None:
    """Let the hub show slices for the customer's demand."""
    part = batch.parts[0]
    charge, _ = prove_charge(part, address(CUSTOMER), [row.amount for row in part.debits])
    subject = subject_of_row(posted.header, charge)
    leaves = prove_leaves(posted.header, part, indexes)
    scene.market.do("hub", scene.market.contracts.statements.reveal(subject, leaves))


def in_two_parts(scene: Scene, epoch: int) -> Batch:
    """Return a batch that charges another customer in its first part, and credits the provider in both."""
    leaf, _ = scene.work(scene.order().digest, epoch)
    # Debits rise over all parts; the line of this customer has no balance behind it, so the hub's bond pays.
    first = min((name for name in ACCOUNTS if name != "hub"), key=lambda name: bytes.fromhex(address(name)[2:]))
    assert bytes.fromhex(address(first)[2:]) < bytes.fromhex(address(CUSTOMER)[2:])
    scene.market.lend(first)
    batch = scene.batch(epoch, [leaf], [])
    tariff = Tariff({}, batch.fee_bps)
    return replace(
        batch, parts=(net_part(0, [replace(leaf, customer=address(first))], tariff), net_part(1, [leaf], tariff))
    )


def post_all(scene: Scene, batch: Batch) -> list[PostedPart]:
    """Post all parts of a batch."""
    scene.market.end_epoch(batch.epoch)
    return [scene.market.post(batch, part.index) for part in batch.parts]
