"""What calls hand over besides what the adapters name."""

from dataclasses import dataclass

from hansa_chain.cases import Subject
from hansa_protocol.header import Header
from hansa_protocol.identity import Address
from hansa_protocol.leaf import Leaf
from hansa_protocol.rows import Row


@dataclass(frozen=True, slots=True)
class Hold:
    """Hold what a dispute keeps back of a credit row."""

    row: Row
    index: int
    amount: int


@dataclass(frozen=True, slots=True)
class Revealed:
    """Hold a leaf that a hub shows, with its place in a part."""

    leaf: Leaf
    index: int
    proof: tuple[bytes, ...]


def part_of(about: Header | Subject) -> tuple[Address, Address, int, int]:
    """Return hub, vault, epoch and part that a header or a case is about."""
    return about.hub, about.vault, about.epoch, about.part
