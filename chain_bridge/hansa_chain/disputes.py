"""Disputes: a slice's credit waits until its hard deadline, and is paid as posted unless somebody concedes."""

from collections.abc import Sequence
from dataclasses import dataclass

from hansa_chain.cases import CaseAdapter, Slice, SliceProof, Subject
from hansa_chain.contract import Call, as_struct
from hansa_chain.rpc import Block, BlockStamp
from hansa_chain.settlement import PostedPart
from hansa_chain.spans import spans_of
from hansa_protocol.header import header_hash
from hansa_protocol.identity import Address
from hansa_protocol.rows import Row
from hansa_protocol.units import Wei

_NO_ROW = b"\0" * 32


@dataclass(frozen=True, slots=True)
class Held:
    """State what a dispute holds of a credit row, and what of the provider's bond is reserved for it. Wei."""

    credit: Wei
    bond: Wei


class Disputes(CaseAdapter):
    """Read and write disputes."""

    CONTRACT = "Disputes"

    def court(self, *, at: Block) -> Address:
        """Return the contract whose verdicts count; the zero address while there is none."""
        return Address(self._read("court", at=at))

    def held_of(self, subject: Subject, *, at: Block) -> Held:
        """Return what an open dispute holds."""
        (_, _, amount), reserved = self._read_all("holdOf", subject.case_id, at=at)
        return Held(Wei(amount), Wei(reserved))

    def dispute(self, proof: SliceProof, credit: tuple[Row, int, Sequence[bytes]] | None) -> Call:
        """Dispute a leaf of the sender; the contract must be approved for the bond, a tenth of what the leaf cost.

        `credit` is the provider's row with its index and proof; without it nothing is held.
        """
        row, index, path = (_NO_ROW, 0, ()) if credit is None else (credit[0].pack(), credit[1], credit[2])
        return self._write("dispute", as_struct(proof), (row, index, 0), list(path))

    def concede(self, subject: Subject, one: Slice) -> Call:
        """Give the held credit back, as the provider."""
        return self._write("concede", as_struct(subject), as_struct(one))

    def concede_by_hub(self, subject: Subject, one: Slice) -> Call:
        """Pay the customer what the leaf cost, as the hub; the contract must be approved for it."""
        return self._write("concedeByHub", as_struct(subject), as_struct(one))

    def expire(self, subject: Subject, one: Slice) -> Call:
        """Pay as posted, after the hard deadline."""
        return self._write("expire", as_struct(subject), as_struct(one))


def fetch_disputed(disputes: Disputes, posted: PostedPart, *, settle_seconds: int, at: BlockStamp) -> frozenset[int]:
    """Return the leaves of a part that were disputed by a block; all are within `settle_seconds` of the post."""
    header, kept = posted.header, header_hash(posted.header)
    end = disputes.chain.first_block_since(header.posted_at + settle_seconds + 1, newest=at)
    opened = (
        one.subject
        for first, last in spans_of(posted.block_number, end - 1)
        for one in disputes.opened(header.hub, first_block=first, last_block=last)
    )
    return frozenset(one.index for one in opened if one.header_hash == kept)
