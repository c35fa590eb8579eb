"""Proofs that challenges need, made from a part as its file has it and its header as the chain has it."""

from collections.abc import Sequence

from hansa_chain.cases import Charge, Kind, LeafProof, Slice, SliceProof, Subject, subject_of
from hansa_protocol.header import Header
from hansa_protocol.identity import Address
from hansa_protocol.parts import Part
from hansa_protocol.rows import Row, credit_tree, debit_tree
from hansa_protocol.units import Wei


class NotInPart(LookupError):
    """Raised when a part has no row of an account."""


def prove_leaf(header: Header, part: Part, index: int) -> LeafProof:
    """Return a leaf with its place; raises IndexError for no such leaf."""
    (one,) = prove_leaves(header, part, [index])
    return one


def prove_leaves(header: Header, part: Part, indexes: Sequence[int]) -> list[LeafProof]:
    """Return several leaves with their places; the tree is built once."""
    tree = part.jobs
    return [LeafProof(header, part.leaves[index], index, tree.proof(index)) for index in indexes]


def prove_slice(header: Header, part: Part, index: int, taken: Sequence[Wei]) -> SliceProof:
    """Return a leaf with its place and the row that charges for it; `taken` is what was taken of each debit row."""
    return prove_charged(prove_leaf(header, part, index), part, taken)


def prove_charged(one: LeafProof, part: Part, taken: Sequence[Wei]) -> SliceProof:
    """Return a leaf that is proven with the row that charges for it; of the part only its rows are looked at."""
    charge, row_proof = prove_charge(part, one.leaf.customer, taken)
    return SliceProof(one.header, Slice(one.leaf, charge), one.index, one.proof, row_proof)


def prove_charge(part: Part, customer: Address, taken: Sequence[Wei]) -> tuple[Charge, tuple[bytes, ...]]:
    """Return a customer's debit row with its proof."""
    index = _index_of(part.debits, customer)
    charge = Charge(part.debits[index].pack(), taken[index], index)
    return charge, debit_tree(part.debits, taken).proof(index)


def prove_credit(part: Part, payee: Address) -> tuple[Row, int, tuple[bytes, ...]]:
    """Return a payee's credit row with its index and proof."""
    index = _index_of(part.credits, payee)
    return part.credits[index], index, credit_tree(part.credits).proof(index)


def subject_of_slice(kind: Kind, proof: SliceProof) -> Subject:
    """Return the subject of the case that a proof opens."""
    return subject_of(kind, proof.header, proof.index, proof.slice.content())


def subject_of_row(header: Header, charge: Charge) -> Subject:
    """Return the subject of the demand for a row's statement."""
    return subject_of(Kind.STATEMENT, header, charge.index, charge.row)


def _index_of(rows: Sequence[Row], account: Address) -> int:
    for index, row in enumerate(rows):
        if row.account == account:
            return index
    raise NotInPart(f"the part has no row of {account}: look into the epoch's other parts")
