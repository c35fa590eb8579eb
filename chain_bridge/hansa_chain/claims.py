"""Claims of payees on what a hub guarantees them, by the IOUs that it signed and did not credit."""

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
    """State a claim: what the IOU says and no row was shown for, and what of that the guarantee has for it. Wei.

    The hub can answer until `until` (unix seconds, included), with rows of parts from `next_part` on.
    """

    missing: Wei
    due: Wei
    next_part: int
    state: State
    deposit: Wei
    until: int


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
        missing, due, next_part, state, deposit, until = self._read("claimOf", hub, vault, epoch, payee, at=at)
        if State(state) is State.NONE:
            return None
        return Claim(Wei(missing), Wei(due), next_part, State(state), Wei(deposit), until)

    def claimed(self, hub: Address, *, first_block: int, last_block: int) -> Iterator[Claimed]:
        """Yield the claims that were made on a hub in these blocks, oldest first."""
        event = self._abi.events["Claimed"]
        topics = (event.topic, address_word(hub))
        for log in self.chain.logs(self.address, topics, first_block=first_block, last_block=last_block):
            found = event.decode(log.topics, log.data)
            yield Claimed(hub, found["vault"], found["epoch"], found["payee"])

    def claim(self, iou: Iou, signature: bytes, wanted: Wei) -> Call:
        """Claim up to `wanted` of what an IOU says, what no row has paid; the contract takes the leaf fee.

        What is claimed is taken out of the guarantee, and what is left there stays for other epochs.
        """
        return self._write("claim", as_struct(iou), signature, wanted)

    def show_credit(self, header: Header, row: Row, index: int, proof: Sequence[bytes]) -> Call:
        """Answer with a credit row of the payee that was paid."""
        return self._write("showCredit", as_struct(header), row.pack(), index, list(proof))

    def pay_claim(self, hub: Address, vault: Address, epoch: int, payee: Address) -> Call:
        """Pay a claim once the hub can answer no more."""
        return self._write("payClaim", hub, vault, epoch, payee)
