"""Rows: an account and an amount in 32 bytes, netted per account."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hansa_protocol.identity import Address, address_bytes, address_from_bytes
from hansa_protocol.merkle import MerkleTree, leaf_node
from hansa_protocol.units import UINT96_MAX, Wei
from hansa_protocol.words import OutOfRangeError


@dataclass(frozen=True, slots=True)
class Row:
    """Hold what one account is charged or credited, in wei."""

    account: Address
    amount: Wei

    def pack(self) -> bytes:
        """Return address (20 bytes) ++ amount (12 bytes); raises OutOfRangeError when the amount does not fit."""
        if not 0 <= self.amount <= UINT96_MAX:
            raise OutOfRangeError(f"amount = {self.amount} of {self.account} does not fit into uint96")
        return address_bytes(self.account) + self.amount.to_bytes(12, "big")


def unpack_row(raw: bytes) -> Row:
    """Return the row of 32 bytes."""
    if len(raw) != 32:
        raise OutOfRangeError(f"a row has 32 bytes, not {len(raw)}")
    return Row(address_from_bytes(raw[:20]), Wei(int.from_bytes(raw[20:], "big")))


def net_rows(amounts: Iterable[tuple[Address, int]]) -> tuple[Row, ...]:
    """Return one row per account with the sum of its amounts, accounts strictly rising, zero sums left out."""
    sums: dict[Address, int] = {}
    for account, amount in amounts:
        sums[account] = sums.get(account, 0) + amount
    rising = sorted((account for account, total in sums.items() if total), key=address_bytes)
    return tuple(Row(account, Wei(sums[account])) for account in rising)


def credit_tree(rows: Sequence[Row]) -> MerkleTree:
    """Return the tree over credit rows."""
    return MerkleTree([leaf_node(row.pack()) for row in rows])


def debit_tree(rows: Sequence[Row], taken: Sequence[int]) -> MerkleTree:
    """Return the tree over debit rows with what was taken of each, in wei."""
    pairs = zip(rows, taken, strict=True)
    return MerkleTree([leaf_node(row.pack() + amount.to_bytes(12, "big")) for row, amount in pairs])
