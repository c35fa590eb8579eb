"""Statements: a customer demands the leaves of its row, and an unanswered demand makes the part void."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hansa_chain.cases import CaseAdapter, Charge, LeafProof, Subject
from hansa_chain.contract import Call, as_struct
from hansa_chain.rpc import Block
from hansa_protocol.header import Header, header_hash
from hansa_protocol.identity import Address
from hansa_protocol.rows import Row
from hansa_protocol.units import Wei


@dataclass(frozen=True, slots=True)
class Shown:
    """State how much of a row a hub has shown, in how many leaves, and the least index of the next one."""

    total: Wei
    leaves: int
    next_index: int


@dataclass(frozen=True, slots=True)
class Answer:
    """Say that a transaction showed so many leaves for a demand."""

    case_id: bytes
    leaves: int
    tx_hash: str


class Statements(CaseAdapter):
    """Read and write demands for statements."""

    CONTRACT = "Statements"

    def shown_of(self, subject: Subject, *, at: Block) -> Shown:
        """Return what a hub has shown for a demand."""
        total, leaves, next_index = self._read_all("shownOf", subject.case_id, at=at)
        return Shown(Wei(total), leaves, next_index)

    def deposit_of(self, leaf_count: int, row: Wei, *, at: Block) -> Wei:
        """Return the deposit for a demand about a row of a part with so many leaves."""
        return Wei(self._read("depositOf", leaf_count, row, at=at))

    def reveal_window_of(self, header: Header, customer: Address, *, at: Block) -> int:
        """Return until when a customer's revealed leaves can be challenged (unix seconds); 0 when none were."""
        return int(self._read("revealWindowOf", header_hash(header), customer, at=at))

    def revealed(self, *, first_block: int, last_block: int) -> Iterator[Answer]:
        """Yield the answers to demands in these blocks, oldest first."""
        event = self._abi.events["LeavesRevealed"]
        for log in self.chain.logs(self.address, (event.topic,), first_block=first_block, last_block=last_block):
            found = event.decode(log.topics, log.data)
            yield Answer(found["id"], found["leaves"], log.tx_hash)

    def demand(self, header: Header, charge: Charge, proof: Sequence[bytes]) -> Call:
        """Demand the leaves of the sender's own row; the contract must be approved for the deposit."""
        return self._write("demand", as_struct(header), as_struct(charge), list(proof))

    def reveal(self, subject: Subject, leaves: Sequence[LeafProof]) -> Call:
        """Show leaves of one part, with rising indexes."""
        shown = [(as_struct(one.leaf), one.index, list(one.proof)) for one in leaves]
        return self._write("reveal", as_struct(subject), as_struct(leaves[0].header), shown)

    def void_part(self, subject: Subject, header: Header, debits: Sequence[Row], taken: Sequence[Row]) -> Call:
        """Make a part void whose demand was not answered in time."""
        rows = ([row.pack() for row in debits], [row.pack() for row in taken])
        return self._write("voidPart", as_struct(subject), as_struct(header), *rows)

    def lapse(self, subject: Subject) -> Call:
        """End a demand about a part that is void already."""
        return self._write("lapse", as_struct(subject))
