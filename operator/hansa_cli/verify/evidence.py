"""What was posted, part by part: slices of a file or of the chain, with the rows and the header that the chain has."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from hansa_chain.cases import LeafProof, SliceProof
from hansa_chain.posted_rows import PostedRows
from hansa_chain.proofs import NotInPart, prove_charged, prove_credit, prove_leaf
from hansa_chain.settlement import PostedPart
from hansa_cli.verify.facts import Facts
from hansa_protocol.batch import Batch
from hansa_protocol.identity import Address
from hansa_protocol.leaf import Leaf
from hansa_protocol.parts import Part
from hansa_protocol.rows import Row


@dataclass(frozen=True, slots=True)
class PartEvidence:
    """Hold a posted part: `part` has the file's slices and the posted rows, `revealed` what the hub showed on chain.

    `paid` says that the credit row of the account that looks is paid, `disputed` are the slices that ever were.
    """

    batch: Batch
    part: Part
    posted: PostedPart
    rows: PostedRows
    void: bool
    paid: bool = False
    revealed: Mapping[int, LeafProof] = field(default_factory=dict)
    disputed: frozenset[int] = frozenset()

    @property
    def provable(self) -> bool:
        """Return whether the file's slices are those that were posted."""
        header = self.posted.header
        return (header.jobs_root, header.leaf_count) == (self.part.jobs_root, len(self.part.leaves))

    def leaves(self) -> Iterator["LeafAt"]:
        """Yield the slices that can be proven, with their places."""
        indexes = range(len(self.part.leaves)) if self.provable else sorted(self.revealed)
        return (LeafAt(self, index) for index in indexes)


@dataclass(frozen=True, slots=True)
class LeafAt:
    """Name a slice by its place in a part."""

    place: PartEvidence
    index: int

    @property
    def leaf(self) -> Leaf:
        """Return the slice."""
        place = self.place
        return place.part.leaves[self.index] if place.provable else place.revealed[self.index].leaf

    @property
    def age(self) -> tuple[int, int, int]:
        """Return what orders slices from old to young: a slice can say what it likes, its place counts."""
        return self.place.batch.epoch, self.place.part.index, self.index

    def prove(self) -> LeafProof:
        """Return the slice with its proof."""
        place = self.place
        if not place.provable:
            return place.revealed[self.index]
        return prove_leaf(place.posted.header, place.part, self.index)

    def prove_charge(self) -> SliceProof | None:
        """Return the slice with the row that charges for it, or None where none does."""
        try:
            return prove_charged(self.prove(), self.place.part, self.place.rows.taken)
        except NotInPart:
            return None


@dataclass(frozen=True, slots=True)
class RowAt:
    """Name an account's debit row in a part."""

    place: PartEvidence
    account: Address


@dataclass(frozen=True, slots=True)
class CreditAt:
    """Name a credit row by its place in a part."""

    place: PartEvidence
    index: int

    @property
    def row(self) -> Row:
        """Return the row."""
        return self.place.part.credits[self.index]

    def prove(self) -> tuple[Row, int, tuple[bytes, ...]]:
        """Return the row with its place and proof."""
        return prove_credit(self.place.part, self.row.account)


def gather_evidence(batches: Iterable[tuple[Batch, Facts]]) -> list[PartEvidence]:
    """Return the parts that are posted and whose rows could be read, each once however many files claim to be it."""
    found: dict[tuple[Address, Address, int, int], PartEvidence] = {}
    for batch, facts in batches:
        of_parts = zip(batch.parts, facts.posted, facts.rows, facts.void, facts.row_paid, strict=True)
        for part, posted, rows, void, own_paid in of_parts:
            if posted is None or rows is None:
                continue
            paid = part.credits if rows.credits is None else rows.credits
            as_posted = replace(part, debits=rows.debits, credits=paid)
            known = found.get(key := (batch.hub, batch.vault, batch.epoch, part.index))
            if known is None or not known.provable:
                shown, disputed = facts.reveals(part.index).leaves, facts.disputes(part.index)
                found[key] = PartEvidence(batch, as_posted, posted, rows, void, own_paid, shown, disputed)
    return list(found.values())
