"""Cases: what challenges are about, the proofs that open them, and how far they are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from hansa_chain.contract import Call, ContractAdapter, as_struct
from hansa_chain.rpc import Block
from hansa_protocol.header import Header, header_hash
from hansa_protocol.identity import Address, address_bytes
from hansa_protocol.keccak import keccak
from hansa_protocol.leaf import Leaf, encode_leaf
from hansa_protocol.units import Wei
from hansa_protocol.words import encode_words, encoders


class Kind(IntEnum):
    """Say what a case is about, by the contract's numbers."""

    FAULT = 0
    ORDER = 1
    RECEIPT = 2
    STATEMENT = 3
    DISPUTE = 4


class State(IntEnum):
    """Say how far a case or a claim is, by the contract's numbers."""

    NONE = 0
    OPEN = 1
    ANSWERED = 2
    LOST = 3
    ENDED = 4


@dataclass(frozen=True, slots=True)
class Charge:
    """Name the debit row (32 bytes) that charges for a leaf, what was taken of it (wei), and its index."""

    row: bytes
    taken: int
    index: int


@dataclass(frozen=True, slots=True)
class Slice:
    """Pair a leaf with the row that charges for it."""

    leaf: Leaf
    charge: Charge

    def content(self) -> bytes:
        """Return the hash that a case about this slice keeps: keccak256(abi.encode(slice))."""
        return keccak(encode_leaf(self.leaf) + encode_words(_CHARGE, as_struct(self.charge)))


@dataclass(frozen=True, slots=True)
class SliceProof:
    """Hold a slice with its place in a posted part; the contract takes the fields in this order."""

    header: Header
    slice: Slice
    index: int
    leaf_proof: tuple[bytes, ...]
    row_proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class LeafProof:
    """Hold a leaf with its place in a posted part; the contract takes the fields in this order."""

    header: Header
    leaf: Leaf
    index: int
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Subject:
    """Say what one case is about: every call after the first hands it back, and its hash is the case's id.

    `index` is that of the leaf, or of the row that a statement is demanded for; `content` is the slice's hash, or the
    row itself.
    """

    kind: Kind
    hub: Address
    vault: Address
    epoch: int
    part: int
    header_hash: bytes
    index: int
    content: bytes

    @property
    def case_id(self) -> bytes:
        """Return the id of the case."""
        return keccak(encode_words(_SUBJECT, as_struct(self)))


@dataclass(frozen=True, slots=True)
class Case:
    """State a case: who opened it, until when it can be answered (once lost: since when its penalty can be collected).

    `penalty` is what of it is not collected yet; times in unix seconds, amounts in wei.
    """

    opener: Address
    due: int
    state: State
    deposit: Wei
    penalty: Wei


@dataclass(frozen=True, slots=True)
class OpenedCase:
    """Hold what a case was opened with, as the chain's event has it."""

    subject: Subject
    opener: Address
    due: int
    deposit: Wei
    tx_hash: str


_CHARGE = encoders("bytes32 row,uint96 taken,uint32 index")
_SUBJECT = encoders(
    "uint8 kind,address hub,address vault,uint64 epoch,uint32 part,bytes31 header_hash,uint32 index,bytes32 content"
)


def subject_of(kind: Kind, header: Header, index: int, content: bytes) -> Subject:
    """Return the subject of a case about a posted part."""
    return Subject(kind, header.hub, header.vault, header.epoch, header.part, header_hash(header), index, content)


class CaseAdapter(ContractAdapter):
    """Read and write what all contracts with cases share."""

    def leaf_fee(self, *, at: Block) -> Wei:
        """Return the deposit for an answer about one leaf."""
        return Wei(self._read("leafFee", at=at))

    def case_of(self, subject: Subject, *, at: Block) -> Case | None:
        """Return a case, or None when it was never opened."""
        opener, due, state, deposit, penalty = self._read("caseOf", subject.case_id, at=at)
        if State(state) is State.NONE:
            return None
        return Case(opener, due, State(state), Wei(deposit), Wei(penalty))

    def opened(self, hub: Address, *, first_block: int, last_block: int) -> Iterator[OpenedCase]:
        """Yield the cases that were opened about a hub in these blocks, oldest first."""
        event = self._abi.events["CaseOpened"]
        topics: Sequence[bytes | None] = (event.topic, None, address_bytes(hub).rjust(32, b"\0"))
        for log in self.chain.logs(self.address, topics, first_block=first_block, last_block=last_block):
            found = event.decode(log.topics, log.data)
            kind, *rest = found["subject"]
            subject = Subject(Kind(kind), *rest)
            yield OpenedCase(subject, found["opener"], found["due"], Wei(found["deposit"]), log.tx_hash)

    def collect(self, subject: Subject) -> Call:
        """Take the penalty of a lost case from the hub's bond, as far as it reaches."""
        return self._write("collect", as_struct(subject))


class CaseContracts(Protocol):
    """Name the contracts that have cases."""

    @property
    def challenges(self) -> CaseAdapter: ...
    @property
    def statements(self) -> CaseAdapter: ...
    @property
    def disputes(self) -> CaseAdapter: ...


def cases_of(contracts: CaseContracts, kind: Kind) -> CaseAdapter:
    """Return the contract that has the cases of a kind."""
    return {Kind.STATEMENT: contracts.statements, Kind.DISPUTE: contracts.disputes}.get(kind, contracts.challenges)
