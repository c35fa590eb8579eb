"""A hub that shows its files to nobody, and what it reveals on chain."""

from collections.abc import Sequence

from hansa_chain.proofs import prove_charge, prove_leaves, subject_of_row
from hansa_chain.settlement import PostedPart
from hansa_protocol.batch import Batch
from hansa_protocol.leaf import Leaf
from tests.dishonest.scene import AMOUNT, CUSTOMER, Scene
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
