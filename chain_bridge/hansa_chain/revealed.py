"""The leaves that a hub showed for demands: in the call data of its answers, each proven against the header."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from hansa_chain.abi import abi_of
from hansa_chain.call_data import arguments_of, calls_to
from hansa_chain.cases import LeafProof
from hansa_chain.rpc import BlockStamp
from hansa_chain.settlement import PostedPart
from hansa_chain.spans import spans_of
from hansa_chain.statements import Statements
from hansa_protocol.header import Header, header_hash
from hansa_protocol.leaf import Leaf, leaf_hash
from hansa_protocol.merkle import verify_proof


@dataclass(frozen=True, slots=True)
class Revealed:
    """Hold the leaves of a part that were shown, by their index, and the transactions that could not be read."""

    leaves: Mapping[int, LeafProof] = field(default_factory=dict)
    unread: tuple[str, ...] = ()


def fetch_revealed(statements: Statements, posted: PostedPart, *, settle_seconds: int, at: BlockStamp) -> Revealed:
    """Return what a part's hub has shown by a block; nothing is believed that the header does not prove.

    `settle_seconds` is how long after a post anything can be shown.
    """
    leaves, unread = dict[int, LeafProof](), list[str]()
    for tx_hash, shown in _answers(statements, posted, settle_seconds, at).items():
        read = {one.index: one for one in proven_leaves(statements, posted.header, tx_hash)}
        leaves |= read
        if len(read) < shown:
            unread.append(tx_hash)
    return Revealed(leaves, tuple(unread))


def _answers(statements: Statements, posted: PostedPart, settle_seconds: int, at: BlockStamp) -> dict[str, int]:
    """Return how many leaves of a part each transaction showed."""
    header, kept = posted.header, header_hash(posted.header)
    end = statements.chain.first_block_since(header.posted_at + settle_seconds + 1, newest=at)
    cases, found = set[bytes](), defaultdict[str, int](int)
    for first, last in spans_of(posted.block_number, end - 1):
        span = {"first_block": first, "last_block": last}
        opened = statements.opened(header.hub, **span)
        cases |= {one.subject.case_id for one in opened if one.subject.header_hash == kept}
        for answer in statements.revealed(**span) if cases else ():
            if answer.case_id in cases:
                found[answer.tx_hash] += answer.leaves
    return found


def proven_leaves(statements: Statements, header: Header, tx_hash: str) -> Iterator[LeafProof]:
    """Yield the leaves of a part that a transaction shows, as far as its header proves them."""
    function, kept = abi_of(statements.CONTRACT).functions["reveal"], header_hash(header)
    for data in calls_to(statements.chain, statements.address, tx_hash):
        for _, of, shown in filter(None, [arguments_of(function, data)]):
            if header_hash(Header(*of)) == kept:
                proofs = (LeafProof(header, Leaf(*leaf), index, proof) for leaf, index, proof in shown)
                yield from filter(_is_proven, proofs)


def _is_proven(one: LeafProof) -> bool:
    header = one.header
    return verify_proof(header.jobs_root, leaf_hash(one.leaf), one.index, header.leaf_count, one.proof)
