"""Claims of payees on a hub's bond, by the IOUs that it signed and did not credit."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hansa_chain.cases import State
from hansa_chain.contract import Call, ContractAdapter, as_struct
from hansa_chain.rpc import Block
from hansa_protocol.eip712 import Iou
from hansa_protocol.header import Header
from hansa_protocol.identity import Address, address_word
from hansa_protocol.rows import Row
from hansa_protocol.units import Wei


@dataclass(frozen=True, slots=True)
class Claim:
    """State a claim: what the IOU says, what is missing, and what of the payee's own bond it keeps. Wei."""

    cumulative: Wei
    due: Wei
    next_part: int
    state: State
    reserved: Wei
    deposit: Wei
    shown: Wei


@dataclass(frozen=True, slots=True)
class Pool:
    """State all claims on an epoch: last second to claim (unix), what is missing, what the bond has for it (wei).

    `rest` is the last second in which bond can become free that a claim did not find; 0 when all found theirs.
    """

    until: int
    closed: bool
    rest: int
    due: Wei
    pot: Wei


@dataclass(frozen=True, slots=True)
class Claimed:
    """Name a claim that was made."""

    hub: Address
    vault: Address
    epoch: int
    payee: Address


class Claims(ContractAdapter):
    """Read and write claims."""

    CONTRACT = "Claims"

    def leaf_fee(self, *, at: Block) -> Wei:
        """Return the deposit of a claim."""
        return Wei(self._read("leafFee", at=at))

    def claim_of(self, hub: Address, vault: Address, epoch: int, payee: Address, *, at: Block) -> Claim | None:
        """Return a payee's claim on an epoch, or None when it made none."""
        cumulative, due, next_part, state, *rest = self._read("claimOf", hub, vault, epoch, payee, at=at)
        if State(state) is State.NONE:
            return None
        return Claim(Wei(cumulative), Wei(due), next_part, State(state), *map(Wei, rest))

    def pool_of(self, hub: Address, vault: Address, epoch: int, *, at: Block) -> Pool | None:
        """Return all claims on an epoch, or None without any."""
        until, closed, rest, due, pot = self._read("poolOf", hub, vault, epoch, at=at)
        return Pool(until, closed, rest, Wei(due), Wei(pot)) if until else None

    def claimed(self, hub: Address, *, first_block: int, last_block: int) -> Iterator[Claimed]:
        """Yield the claims that were made on a hub in these blocks, oldest first."""
        event = self._abi.events["Claimed"]
        topics = (event.topic, address_word(hub))
        for log in self.chain.logs(self.address, topics, first_block=first_block, last_block=last_block):
            found = event.decode(log.topics, log.data)
            yield Claimed(hub, found["vault"], found["epoch"], found["payee"])

    def claim(self, iou: Iou, signature: bytes) -> Call:
        """Claim what an IOU says, as its payee; the contract must be approved for the leaf fee."""
        return self._write("claim", as_struct(iou), signature)

    def show_credit(self, header: Header, row: Row, index: int, proof: Sequence[bytes]) -> Call:
        """Answer with a credit row of the payee that was paid."""
        return self._write("showCredit", as_struct(header), row.pack(), index, list(proof))

    def pay_claim(self, hub: Address, vault: Address, epoch: int, payee: Address) -> Call:
        """Pay a claim once nobody can claim or answer any more."""
        return self._write("payClaim", hub, vault, epoch, payee)

    def close_pool(self, hub: Address, vault: Address, epoch: int) -> Call:
        """Give back what an epoch's claims kept of the bond, once nobody can claim or answer any more."""
        return self._write("closePool", hub, vault, epoch)
