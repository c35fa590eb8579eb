"""Escrow of posted parts: from the post to the payees, or back to the customers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hansa_chain.cases import Charge, Subject
from hansa_protocol.header import Header, header_hash
from hansa_protocol.identity import Address
from hansa_protocol.merkle import verify_proof
from hansa_protocol.rows import Row, credit_tree
from hansa_protocol.units import Wei
from tests.model.guarantees import Guarantees
from tests.model.rows import credit_leaf, row_of
from tests.model.storage import Table, require
from tests.model.subject import Hold, part_of
from tests.model.terms import Ground
from tests.model.vault import Vault

Key = tuple[Address, Address, int, int]
"""Hub, vault, epoch and part."""
RowKey = tuple[Address, Address, int, int, int]


@dataclass(frozen=True, slots=True)
class PartState:
    """Hold a posted part; `left` is what has left the escrow before the whole was paid."""

    header: Header
    final: bool = False
    void: bool = False
    left: int = 0


@dataclass(frozen=True, slots=True)
class RowState:
    """Hold a credit row: `held` waits for disputes, `given` went back to customers."""

    paid: bool = False
    held: int = 0
    given: int = 0


@dataclass(frozen=True, slots=True)
class Remedy:
    """Hold what came back of a leaf: by concession, and by a strike, which happens once."""

    given: int = 0
    struck: bool = False


class Escrow(Guarantees):
    """Hold what was taken of customers until it is paid or given back."""

    def __init__(self, ground: Ground, address: Address, vaults: dict[Address, Vault]) -> None:
        super().__init__(ground, address, vaults)
        self.parts: Table[Key, PartState | None] = Table(ground.journal, None)
        self.rows: Table[RowKey, RowState] = Table(ground.journal, RowState())
        self.refunds: Table[RowKey, int] = Table(ground.journal, 0)
        self.remedies: Table[RowKey, Remedy] = Table(ground.journal, Remedy())

    def finalize(self, _sender: Address, header: Header, payouts: Sequence[Row]) -> None:
        """Pay all rows of a part that are not paid yet, less what is held or went back, and the treasury."""
        part = self._finalizable(header)
        root = credit_tree(payouts).root
        require(root == header.credit_root, "WrongRows", root, header.credit_root)
        self.parts[part_of(header)] = replace(part, final=True)
        states = [(row, self.rows[(*part_of(header), index)]) for index, row in enumerate(payouts)]
        rows = [_rest(row, state) for row, state in states if not state.paid]
        fee = header.debits - header.credits
        treasury = [Row(self.terms.treasury, Wei(fee))] if fee else []
        self.vaults[header.vault].credit(self.address, [*rows, *treasury])

    def finalize_row(self, _sender: Address, header: Header, row: Row, index: int, proof: Sequence[bytes]) -> None:
        """Pay one row by its proof."""
        part, place = self._finalizable(header), (*part_of(header), index)
        require(index < header.credit_count, "WrongRow", index, header.credit_count)
        state = self.rows[place]
        require(not state.paid, "RowAlreadyFinalized", index)
        proven = verify_proof(header.credit_root, credit_leaf(row), index, header.credit_count, proof)
        require(proven, "WrongProof", index)
        self.rows[place] = replace(state, paid=True)
        self.parts[part_of(header)] = replace(part, left=part.left + row.amount - state.given)
        self.vaults[header.vault].credit(self.address, [_rest(row, state)])

    def strike(self, leaf: Subject, charge: Charge, amount: int, bonded: int = 0) -> int:
        """Strike a leaf, once: what its provider did not concede comes back, at most what was taken.

        The provider's bond pays up to `bonded` of it, which is the caller's part; the cover pays the rest.
        """
        place = (*part_of(leaf), leaf.index)
        remedy = self.remedies[place]
        require(not remedy.struck, "AlreadyStruck", leaf.header_hash, leaf.index)
        self.remedies[place] = replace(remedy, struck=True)
        refund = self._refund(leaf, charge, max(0, amount - remedy.given))
        if refund > bonded:
            self.use_cover(leaf.hub, leaf.vault, leaf.epoch, refund - bonded)
            self.vaults[leaf.vault].pay(self.address, row_of(charge).account, refund - bonded)
        return refund

    def hold(self, leaf: Subject, row: Row, index: int, amount: int) -> int:
        """Hold back what is left of an unpaid row, up to an amount."""
        part, place = self._part(leaf), (*part_of(leaf), index)
        require(not part.void, "PartIsVoid", leaf.header_hash)
        if self.is_row_paid(*place):
            return 0
        state = self.rows[place]
        held = min(amount, _rest(row, state).amount)
        self.rows[place] = replace(state, held=state.held + held)
        return held

    def end_hold(self, leaf: Subject, held: Hold, charge: Charge, wanted: int) -> int:
        """End a hold: up to `wanted` of it to the customer; the rest is paid now if its row was paid meanwhile."""
        place, row_place = (*part_of(leaf), leaf.index), (*part_of(leaf), held.index)
        remedy, state = self.remedies[place], self.rows[row_place]
        given = 0 if remedy.struck else self._refund(leaf, charge, min(wanted, held.amount))
        self.remedies[place] = replace(remedy, given=remedy.given + given)
        paid = self.is_row_paid(*row_place)
        returned = 0 if paid else given
        self.rows[row_place] = replace(state, held=state.held - held.amount, given=state.given + returned)
        part = self._part(leaf)
        self.parts[part_of(leaf)] = replace(part, left=part.left + returned)
        rest = held.amount - given if paid else 0
        rows = [Row(row_of(charge).account, Wei(given)), Row(held.row.account, Wei(rest))]
        self.vaults[leaf.vault].credit(self.address, rows)
        return given

    def void_part(self, subject: Subject, debits: int, taken: Sequence[Row]) -> None:
        """Give customers back all that was taken: from escrow, and from the cover what was paid already."""
        part = self._part(subject)
        require(not part.void, "PartIsVoid", subject.header_hash)
        self.parts[part_of(subject)] = replace(part, void=True)
        left = 0 if part.final else debits - part.left
        owed = [row.amount - self.refunds[(*part_of(subject), index)] for index, row in enumerate(taken)]
        beyond = sum(owed) - left
        if beyond > 0:
            self.use_cover(subject.hub, subject.vault, subject.epoch, beyond)
        else:
            self.return_cover(subject.hub, subject.vault, subject.epoch, -beyond)
        rows = [Row(row.account, Wei(amount)) for row, amount in zip(taken, owed, strict=True)]
        self.vaults[subject.vault].credit(self.address, rows)

    def is_row_paid(self, hub: Address, vault: Address, epoch: int, part: int, index: int) -> bool:
        """Return whether a row was paid, alone or with the whole."""
        state = self.parts[hub, vault, epoch, part]
        return (state is not None and state.final) or self.rows[hub, vault, epoch, part, index].paid

    def is_struck(self, leaf: Subject) -> bool:
        """Return whether a leaf was struck."""
        return self.remedies[(*part_of(leaf), leaf.index)].struck

    def is_void(self, about: Header | Subject) -> bool:
        """Return whether a part is void."""
        part = self.parts[part_of(about)]
        return part is not None and part.void

    def require_posted(self, header: Header) -> PartState:
        """Return a part by its header; refused unless exactly this one was posted."""
        part = self.parts[part_of(header)]
        require(part is not None and part.header == header, "UnknownHeader", header_hash(header))
        assert part is not None
        return part

    def _finalizable(self, header: Header) -> PartState:
        part = self.require_posted(header)
        require(not part.final, "AlreadyFinalized", header_hash(header))
        require(not part.void, "PartIsVoid", header_hash(header))
        until = header.posted_at + self.terms.params.window
        require(self.clock.now > until, "WindowOpen", until, self.clock.now)
        return part

    def _refund(self, leaf: Subject, charge: Charge, amount: int) -> int:
        """Note a refund: a row never gives back more than was taken of it, and a void part gave back all."""
        if self._part(leaf).void:
            return 0
        place = (*part_of(leaf), charge.index)
        refund = min(amount, charge.taken - self.refunds[place])
        self.refunds[place] += refund
        return refund

    def _part(self, subject: Subject) -> PartState:
        part = self.parts[part_of(subject)]
        assert part is not None
        return part


def _rest(row: Row, state: RowState) -> Row:
    return Row(row.account, Wei(row.amount - state.held - state.given))
