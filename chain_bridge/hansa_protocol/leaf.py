"""The leaf: one slice of a job's metered work, as a batch holds it."""

from dataclasses import dataclass
from operator import attrgetter

from hansa_protocol.identity import Address
from hansa_protocol.merkle import leaf_node
from hansa_protocol.units import Bps, Split, Wei, split
from hansa_protocol.words import encode_words, encoders


@dataclass(frozen=True, slots=True)
class Leaf:
    """Hold what was metered in [from_ms, to_ms) and whom it concerns.

    `seq` runs over all slices of the job from 0, across epochs and attempts; `cumulative` is the job's total debit up
    to and including this slice. Amounts in wei, times in unix ms; ids and digests have 32 bytes; service 0 is none.
    """

    epoch: int
    job_id: bytes
    seq: int
    attempt: int
    from_ms: int
    to_ms: int
    cumulative: int
    customer: Address
    provider: Address
    service: int
    provider_amount: int
    audit_amount: int
    result_digest: bytes
    receipt_digest: bytes


_WORDS = encoders(
    "uint64 epoch,bytes32 job_id,uint32 seq,uint32 attempt,uint64 from_ms,uint64 to_ms,uint96 cumulative,"
    "address customer,address provider,uint64 service,uint96 provider_amount,uint96 audit_amount,"
    "bytes32 result_digest,bytes32 receipt_digest"
)
_VALUES = attrgetter(*(name for name, _ in _WORDS))


def encode_leaf(leaf: Leaf) -> bytes:
    """Return abi.encode of the leaf: 14 words. Raises OutOfRangeError with the field's name."""
    return encode_words(_WORDS, _VALUES(leaf))


def leaf_hash(leaf: Leaf) -> bytes:
    """Return the leaf's node in the tree of jobs: keccak256(0x00 ++ abi.encode(leaf))."""
    return leaf_node(encode_leaf(leaf))


def leaf_split(leaf: Leaf, royalty_bps: int, fee_bps: int) -> Split:
    """Return how the leaf's money is divided; royalty and fee are stored nowhere."""
    return split(Wei(leaf.provider_amount), Wei(leaf.audit_amount), Bps(royalty_bps), Bps(fee_bps))
