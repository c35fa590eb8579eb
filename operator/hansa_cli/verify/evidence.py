"""What was posted, part by part: a file's slices with the rows and the header that the chain has of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from hansa_chain.cases import LeafProof, SliceProof
from hansa_chain.posted_rows import PostedRows
from hansa_chain.proofs import NotInPart, prove_leaf, prove_slice
from hansa_chain.settlement import PostedPart
from hansa_cli.verify.facts import Facts
from hansa_protocol.batch import Batch
from hansa_protocol.identity import Address
from hansa_protocol.leaf import Leaf
from hansa_protocol.parts import Part


@dataclass(frozen=True, slots=True)
class PartEvidence:
    """Hold a posted part: `part` has the file's slices and the posted rows."""

    batch: Batch
    part: Part
    posted: PostedPart
    rows: PostedRows
    void: bool

    @property
    def provable(self) -> bool:
        """Return whether the slices are those that were posted."""
        header = self.posted.header
        return (header.jobs_root, header.leaf_count) == (self.part.jobs_root, len(self.part.leaves))

    def leaves(self) -> Iterator["LeafAt"]:
        """Yield the slices with their places."""
        return (LeafAt(self, index) for index in range(len(self.part.leaves)))


@dataclass(frozen=True, slots=True)
class LeafAt:
    """Name a slice by its place in a part."""

    place: PartEvidence
    index: int

    @property
    def leaf(self) -> Leaf:
        """Return the slice."""
        return self.place.part.leaves[self.index]

    @property
    def age(self) -> tuple[int, int, int]:
        """Return what orders slices from old to young."""
        return self.leaf.epoch, self.place.part.index, self.index

    def prove(self) -> LeafProof:
        """Return the slice with its proof."""
        return prove_leaf(self.place.posted.header, self.place.part, self.index)

    def prove_charge(self) -> SliceProof | None:
        """Return the slice with the row that charges for it, or None where none does."""
        try:
            return prove_slice(self.place.posted.header, self.place.part, self.index, self.place.rows.taken)
        except NotInPart:
            return None


@dataclass(frozen=True, slots=True)
class RowAt:
    """Name an account's debit row in a part."""

    place: PartEvidence
    account: Address


def gather_evidence(batches: Iterable[tuple[Batch, Facts]]) -> list[PartEvidence]:
    """Return the parts that are posted and whose rows could be read, each once however many files claim to be it."""
    found: dict[tuple[Address, Address, int, int], PartEvidence] = {}
    for batch, facts in batches:
        for part, posted, rows, void in zip(batch.parts, facts.posted, facts.rows, facts.void, strict=True):
            if posted is None or rows is None:
                continue
            as_posted = replace(part, debits=rows.debits, credits=rows.credits)
            known = found.get(key := (batch.hub, batch.vault, batch.epoch, part.index))
            if known is None or not known.provable:
                found[key] = PartEvidence(batch, as_posted, posted, rows, void)
    return list(found.values())
