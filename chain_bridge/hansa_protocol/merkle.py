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
    """Hold the levels of a tree over leaf nodes (32 bytes each), those below the root with an even number of nodes."""

    __slots__ = ("_levels", "count", "root")

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.count = len(leaves)
        self._levels: list[list[bytes]] = []
        level, padding = list(leaves), EMPTY_ROOT
        while len(level) > 1:
            if len(level) % 2:
                level.append(padding)
            self._levels.append(level)
            pairs = iter(level)
            level = [inner_node(left, right) for left, right in zip(pairs, pairs, strict=True)]
            padding = inner_node(padding, padding)
        self.root: bytes = level[0] if leaves else EMPTY_ROOT

    def proof(self, index: int) -> tuple[bytes, ...]:
        """Return the siblings from the leaf at `index` up to the root; raises IndexError for no such leaf."""
        if not 0 <= index < self.count:
            raise IndexError(f"the tree has {self.count} leaves; there is none at {index}")
        return tuple([level[index >> height ^ 1] for height, level in enumerate(self._levels)])


def verify_proof(root: bytes, leaf: bytes, index: int, count: int, proof: Sequence[bytes]) -> bool:
    """Return whether `leaf` is the leaf node at `index` of the tree of `count` leaves with this root."""
    if not 0 <= index < count or len(proof) != depth_of(count):
        return False
    node = leaf
    for sibling in proof:
        node = inner_node(sibling, node) if index & 1 else inner_node(node, sibling)
        index >>= 1
    return node == root
