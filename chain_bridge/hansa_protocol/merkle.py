"""Positional Merkle trees: a proof fixes the index, and leaves cannot pass for nodes."""

from collections.abc import Sequence

from hansa_protocol.keccak import keccak

EMPTY_ROOT = b"\0" * 32
"""Root of no leaves, and the padding of every tree."""


def leaf_node(content: bytes) -> bytes:
    """Return keccak256(0x00 ++ content)."""
    return keccak(b"\0" + content)


def inner_node(left: bytes, right: bytes) -> bytes:
    """Return keccak256(0x01 ++ left ++ right)."""
    return keccak(b"\1" + left + right)


def depth_of(count: int) -> int:
    """Return ceil(log2(count)): how many siblings a proof has."""
    return max(count - 1, 0).bit_length()


class MerkleTree:
    """Hold the levels of a tree over leaf nodes (32 bytes each); padding to a power of two is implied, not stored."""

    __slots__ = ("_levels", "count", "root")

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.count = len(leaves)
        self._levels: list[list[bytes]] = [list(leaves)]
        for padding in _paddings(depth_of(self.count)):
            self._levels.append(_parents(self._levels[-1], padding))
        self.root: bytes = self._levels[-1][0] if leaves else EMPTY_ROOT

    def proof(self, index: int) -> tuple[bytes, ...]:
        """Return the siblings from the leaf at `index` up to the root; raises IndexError for no such leaf."""
        if not 0 <= index < self.count:
            raise IndexError(f"the tree has {self.count} leaves; there is none at {index}")
        siblings = []
        for level, padding in zip(self._levels, _paddings(depth_of(self.count)), strict=False):
            sibling = index ^ 1
            siblings.append(level[sibling] if sibling < len(level) else padding)
            index >>= 1
        return tuple(siblings)


def verify_proof(root: bytes, leaf: bytes, index: int, count: int, proof: Sequence[bytes]) -> bool:
    """Return whether `leaf` is the leaf node at `index` of the tree of `count` leaves with this root."""
    if not 0 <= index < count or len(proof) != depth_of(count):
        return False
    node = leaf
    for sibling in proof:
        node = inner_node(sibling, node) if index & 1 else inner_node(node, sibling)
        index >>= 1
    return node == root


def _parents(level: list[bytes], padding: bytes) -> list[bytes]:
    if len(level) % 2:
        level = [*level, padding]
    pairs = iter(level)
    return [inner_node(left, right) for left, right in zip(pairs, pairs, strict=True)]


def _paddings(depth: int) -> list[bytes]:
    paddings = [EMPTY_ROOT]
    while len(paddings) < depth:
        paddings.append(inner_node(paddings[-1], paddings[-1]))
    return paddings[:depth]
