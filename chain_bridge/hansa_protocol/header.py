"""The header: what the chain keeps of a posted part, by its hash alone."""

from dataclasses import dataclass
from operator import attrgetter

from hansa_protocol.identity import Address
from hansa_protocol.keccak import keccak
from hansa_protocol.words import encode_words, encoders


@dataclass(frozen=True, slots=True)
class Header:
    """Hold a part's roots and totals; every later call about the part hands it back.

    Amounts in wei, `posted_at` in unix seconds; roots, digests and secrets have 32 bytes.
    """

    hub: Address
    vault: Address
    epoch: int
    part: int
    parts: int
    jobs_root: bytes
    leaf_count: int
    file_digest: bytes
    debit_root: bytes
    debit_count: int
    credit_root: bytes
    credit_count: int
    debits: int
    taken: int
    credits: int
    posted_at: int
    posted_block: int
    params_version: int
    secret_hash: bytes
    previous_secret: bytes


_WORDS = encoders(
    "address hub,address vault,uint64 epoch,uint32 part,uint32 parts,bytes32 jobs_root,uint32 leaf_count,"
    "bytes32 file_digest,bytes32 debit_root,uint32 debit_count,bytes32 credit_root,uint32 credit_count,"
    "uint96 debits,uint96 taken,uint96 credits,uint64 posted_at,uint64 posted_block,uint32 params_version,"
    "bytes32 secret_hash,bytes32 previous_secret"
)
_VALUES = attrgetter(*(name for name, _ in _WORDS))


def header_hash(header: Header) -> bytes:
    """Return the 31 bytes that the chain keeps: keccak256(abi.encode(header)) without the last byte."""
    return keccak(encode_words(_WORDS, _VALUES(header)))[:31]
