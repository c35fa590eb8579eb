"""Rows as leaves of their trees, and as cases have them."""

from hansa_chain.cases import Charge
from hansa_protocol.merkle import leaf_node
from hansa_protocol.rows import Row, unpack_row


def credit_leaf(row: Row) -> bytes:
    """Return the node of a credit row."""
    return leaf_node(row.pack())


def debit_leaf(charge: Charge) -> bytes:
    """Return the node of a debit row with what was taken of it."""
    return leaf_node(charge.row + charge.taken.to_bytes(12, "big"))


def row_of(charge: Charge) -> Row:
    """Return the debit row of a charge."""
    return unpack_row(charge.row)
