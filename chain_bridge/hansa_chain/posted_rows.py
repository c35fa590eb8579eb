"""The rows of a posted part: what the hub sent, held against the header that the chain keeps of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hansa_chain.abi import abi_of
from hansa_chain.call_data import arguments_of, calls_to
from hansa_chain.settlement import PostedPart, Settlement
from hansa_chain.vault import Vault
from hansa_protocol.header import Header
from hansa_protocol.identity import Address
from hansa_protocol.rows import Row, credit_tree, debit_tree, unpack_row
from hansa_protocol.units import Wei
from hansa_protocol.words import OutOfRangeError


@dataclass(frozen=True, slots=True)
class PostedRows:
    """Hold a part's rows as they were posted; `taken` is what the post took of each debit row, in wei.

    `credits` is None where they cannot be read: debits alone are in events too.
    """

    debits: tuple[Row, ...]
    taken: tuple[Wei, ...]
    credits: tuple[Row, ...] | None

    def charged(self, account: Address) -> int:
        """Return what an account was charged, in wei."""
        return sum(row.amount for row in self.debits if row.account == account)

    def credit_index(self, account: Address) -> int | None:
        """Return the place of an account's credit row; None where it has none, or that cannot be read."""
        return next((index for index, row in enumerate(self.credits or ()) if row.account == account), None)


def fetch_rows(
    settlement: Settlement, vault: Vault, posted: PostedPart, claimed: tuple[Sequence[Row], Sequence[Row]]
) -> PostedRows | None:
    """Return the rows of a posted part, or None when neither transaction nor events nor what is claimed show debits.

    `claimed` are debits and credits that somebody says were posted; nothing is believed that the header does not prove.
    """
    header = posted.header
    told = list(vault.debits_of(settlement.address, header.hub, header.epoch, block=posted.block_number))
    sent = list(_sent(settlement, posted))
    debits = [*(rows for rows, _ in sent), *told, tuple(claimed[0])]
    lists = [*(rows for _, rows in sent), tuple(claimed[1])]
    found = next(((rows, taken) for rows in debits for taken in told if _are_debits(header, rows, taken)), None)
    paid = next((rows for rows in lists if _root(rows) == header.credit_root), None)
    if found is None:
        return None
    return PostedRows(found[0], tuple(row.amount for row in found[1]), paid)


def _sent(settlement: Settlement, posted: PostedPart) -> Iterator[tuple[tuple[Row, ...], tuple[Row, ...]]]:
    """Yield debits and credits of each post in the call data; nothing when it cannot be read."""
    functions = abi_of(settlement.CONTRACT).functions
    waiting = list(calls_to(settlement.chain, settlement.address, posted.tx_hash))
    while waiting:
        call = waiting.pop()
        # A hub can pack calls into calls. The chain has made all of them, so they come to an end.
        waiting += [inner for (calls,) in filter(None, [arguments_of(functions["multicall"], call)]) for inner in calls]
        for _, debits, paid in filter(None, [arguments_of(functions["post"], call)]):
            yield tuple(map(unpack_row, debits)), tuple(map(unpack_row, paid))


def _are_debits(header: Header, rows: Sequence[Row], taken: Sequence[Row]) -> bool:
    if [row.account for row in rows] != [row.account for row in taken]:
        return False
    try:
        return debit_tree(rows, [row.amount for row in taken]).root == header.debit_root
    except OutOfRangeError:
        return False


def _root(rows: Sequence[Row]) -> bytes:
    try:
        return credit_tree(rows).root
    except OutOfRangeError:
        return b""
