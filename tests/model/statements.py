"""Statements: what a row was charged for, or the part is void."""

from collections.abc import Sequence
from dataclasses import dataclass

from hansa_chain.cases import Charge, Kind, Subject, subject_of
from hansa_protocol.header import Header
from hansa_protocol.identity import Address
from hansa_protocol.rows import Row, debit_tree, unpack_row
from tests.model.evidence import Cases, Ties
from tests.model.rows import row_of
from tests.model.storage import Table, require
from tests.model.subject import Revealed
from tests.model.terms import Ground

LEAST_LEAF_FEES = 10


@dataclass(frozen=True, slots=True)
class Shown:
    """Tell how far a hub has shown a row."""

    total: int = 0
    leaves: int = 0
    next_index: int = 0


class Statements(Cases):
    """Let an account demand, once, the leaves of its own debit row."""

    def __init__(self, ground: Ground, address: Address, ties: Ties) -> None:
        super().__init__(ground, address, ties)
        self.shown: Table[bytes, Shown] = Table(ground.journal, Shown())

    def demand(self, sender: Address, header: Header, charge: Charge, proof: Sequence[bytes]) -> bytes:
        """Demand the leaves of the sender's row, within the window; every debit of the part is at stake."""
        self.settlement.require_posted(header)
        self.check_charge(header, charge, sender, proof)
        until = header.posted_at + self.terms.params.window
        require(self.clock.now <= until, "TooLate", until, self.clock.now)
        self.check_not_void(header)
        subject = subject_of(Kind.STATEMENT, header, charge.index, charge.row)
        due = self.clock.now + self.terms.params.answer + self.terms.params.queue
        return self._open(
            sender, subject, due, self.deposit_of(header.leaf_count, row_of(charge).amount), header.debits
        )

    def reveal(self, sender: Address, subject: Subject, header: Header, leaves: Sequence[Revealed]) -> None:
        """Show leaves of the row; the case ends when they sum to it."""
        require(sender == subject.hub, "OtherParty", subject.hub, sender)
        case = self._answerable(subject)
        self._check_header(subject, header)
        row, shown = unpack_row(subject.content), self.shown[subject.case_id]
        for one in leaves:
            require(one.index >= shown.next_index, "LeafNotRising", one.index, shown.next_index)
            require(one.leaf.customer == row.account, "OtherParty", row.account, one.leaf.customer)
            self.check_leaf(header, one.leaf, one.index, one.proof)
            shown = Shown(shown.total + self.debit_of(one.leaf), shown.leaves + 1, one.index + 1)
        self.shown[subject.case_id] = shown
        self.ties.windows[subject.header_hash, row.account] = self.clock.now + self.terms.params.reveal
        if shown.total >= row.amount:
            self._answer(case, subject, subject.hub, self.terms.leaf_fee * shown.leaves)

    def void_part(
        self, _sender: Address, subject: Subject, header: Header, debits: Sequence[Row], taken: Sequence[Row]
    ) -> None:
        """Void a part whose hub did not show enough in time."""
        self._overdue(subject)
        self._check_header(subject, header)
        require(len(debits) == len(taken), "LengthMismatch", len(debits), len(taken))
        for debit, part in zip(debits, taken, strict=True):
            require(debit.account == part.account, "OtherParty", debit.account, part.account)
        root = debit_tree(debits, [row.amount for row in taken]).root
        require(root == header.debit_root, "WrongDebits", root, header.debit_root)
        self.settlement.void_part(subject, header.debits, taken)
        self._lose(subject)

    def lapse(self, _sender: Address, subject: Subject) -> None:
        """End a case about a part that is void already."""
        case = self._opened(subject)
        require(self.settlement.is_void(subject), "PartIsNotVoid", subject.header_hash)
        self._lapse(case, subject)

    def deposit_of(self, leaf_count: int, row: int) -> int:
        """Return the deposit: a leaf fee for each leaf of the part, at most a tenth of the row, at least one."""
        fee = self.terms.leaf_fee
        return max(min(fee * leaf_count, row // LEAST_LEAF_FEES), fee)

    def _check_header(self, subject: Subject, header: Header) -> None:
        self.settlement.require_posted(header)
        same = subject_of(subject.kind, header, subject.index, subject.content)
        require(same.header_hash == subject.header_hash, "UnknownHeader", subject.header_hash)
