"""The settlement: posts of batches, their headers, finalization, and the hubs' bonds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from hansa_chain.contract import Call, as_struct
from hansa_chain.errors import NodeRefused
from hansa_chain.guarantees import Guarantees
from hansa_chain.profile import Params
from hansa_chain.rpc import Block, BlockStamp
from hansa_chain.spans import LOG_SPAN, spans_of
from hansa_protocol.batch import Batch
from hansa_protocol.eip712 import Domain, settlement_domain
from hansa_protocol.header import Header, header_hash
from hansa_protocol.identity import Address, address_word
from hansa_protocol.rows import Row
from hansa_protocol.units import Wei


@dataclass(frozen=True, slots=True)
class PostArgs:
    """State what a hub says about a part; the contract computes the rest of its header. Digests have 32 bytes."""

    vault: Address
    epoch: int
    part: int
    parts: int
    jobs_root: bytes
    leaf_count: int
    file_digest: bytes
    secret_hash: bytes
    previous_secret: bytes


@dataclass(frozen=True, slots=True)
class PostedPart:
    """Hold a part's header as the chain's event has it, and where that is."""

    header: Header
    block_number: int
    tx_hash: str

    @property
    def shortfall(self) -> Wei:
        """Return what the hub's bond paid because customers' caps or balances did not."""
        return Wei(self.header.debits - self.header.taken)


@dataclass(frozen=True, slots=True)
class LastEpoch:
    """State a hub's last posted epoch, and how many of its parts are there."""

    epoch: int
    posted: int
    parts: int


class Settlement(Guarantees):
    """Read and write the settlement."""

    CONTRACT = "Settlement"

    @property
    def domain(self) -> Domain:
        """Return the EIP-712 domain of receipts, IOUs, orders and requests."""
        return settlement_domain(self.chain.chain_id, self.address)

    def params(self, *, at: Block) -> Params:
        """Return the times and rates."""
        return Params(*self._read("params", at=at))

    def treasury(self, *, at: Block) -> Address:
        """Return the account of the fees."""
        return Address(self._read("treasury", at=at))

    def providers(self, *, at: Block) -> Address:
        """Return the register whose receipt keys count."""
        return Address(self._read("providers", at=at))

    def lines(self, *, at: Block) -> Address:
        """Return the credit lines that customers are charged by."""
        return Address(self._read("lines", at=at))

    def settle_seconds(self, *, at: Block) -> int:
        """Return the seconds after a post until nothing can be demanded for it any more."""
        return int(self._read("settleSeconds", at=at))

    def is_challenge(self, contract: Address, *, at: Block) -> bool:
        """Return whether a contract was fixed at deployment as one that cases are opened in."""
        return bool(self._read("isChallenge", contract, at=at))

    def is_vault(self, vault: Address, *, at: Block) -> bool:
        """Return whether batches in a vault are accepted."""
        return bool(self._read("isVault", vault, at=at))

    def header_hash_of(self, hub: Address, vault: Address, epoch: int, part: int, *, at: Block) -> bytes | None:
        """Return the 31 bytes of a posted part's header hash, or None when it was not posted."""
        raw: bytes = self._read("headerHashOf", hub, vault, epoch, part, at=at)
        return raw if any(raw) else None

    def is_finalized(self, hub: Address, vault: Address, epoch: int, part: int, *, at: Block) -> bool:
        """Return whether all credits of a part are paid."""
        return bool(self._read("isFinalized", hub, vault, epoch, part, at=at))

    def is_row_finalized(self, hub: Address, vault: Address, epoch: int, part: int, index: int, *, at: Block) -> bool:
        """Return whether one credit row of a part is paid."""
        return bool(self._read("isRowFinalized", hub, vault, epoch, part, index, at=at))

    def is_void(self, hub: Address, vault: Address, epoch: int, part: int, *, at: Block) -> bool:
        """Return whether a part is void: its customers have back what was taken."""
        return bool(self._read("isVoid", hub, vault, epoch, part, at=at))

    def is_struck(self, hub: Address, vault: Address, epoch: int, part: int, index: int, *, at: Block) -> bool:
        """Return whether the leaf of a part was struck."""
        return bool(self._read("isStruck", hub, vault, epoch, part, index, at=at))

    def last_epoch(self, hub: Address, vault: Address, *, at: Block) -> LastEpoch | None:
        """Return what a hub posted last, or None when it never did."""
        last = LastEpoch(*self._read_all("lastEpoch", hub, vault, at=at))
        return last if last.parts else None

    def find_part(
        self,
        hub: Address,
        vault: Address,
        epoch: int,
        part: int,
        *,
        epoch_seconds: int,
        at: BlockStamp,
        log_span: int = LOG_SPAN,
    ) -> PostedPart | None:
        """Return a posted part with its header from the event, or None when it was not posted by that block.

        Raises NodeRefused when the node has thrown the event away. `log_span` is the blocks per search.
        """
        kept = self.header_hash_of(hub, vault, epoch, part, at=at)
        if kept is None:
            return None
        # Nothing can be posted before its epoch has ended, so no older block is searched.
        since = self.chain.first_block_since((epoch + 1) * epoch_seconds, newest=at)
        for first, last in spans_of(since, at.number, log_span):
            for posted in self._posted_parts(hub, vault, epoch, first_block=first, last_block=last):
                if posted.header.part == part and header_hash(posted.header) == kept:
                    return posted
        raise NodeRefused(
            "eth_getLogs",
            f"part {part} of epoch {epoch} is posted, and its event is not there: use a node with all logs",
        )

    def _posted_parts(
        self, hub: Address, vault: Address, epoch: int, *, first_block: int, last_block: int
    ) -> Iterator[PostedPart]:
        event = self._abi.events["Posted"]
        topics = (event.topic, address_word(hub), address_word(vault), epoch.to_bytes(32, "big"))
        for log in self.chain.logs(self.address, topics, first_block=first_block, last_block=last_block):
            header = Header(*event.decode(log.topics, log.data)["header"])
            yield PostedPart(header, log.block_number, log.tx_hash)

    def post(self, args: PostArgs, debits: Sequence[Row], paid: Sequence[Row]) -> Call:
        """Post one part of the sender's batch."""
        return self._write("post", as_struct(args), [row.pack() for row in debits], [row.pack() for row in paid])

    def post_part(self, batch: Batch, part: int, file_digest: bytes) -> Call:
        """Post a part of a batch whose file has this sha256."""
        one = batch.parts[part]
        args = PostArgs(
            vault=batch.vault,
            epoch=batch.epoch,
            part=part,
            parts=len(batch.parts),
            jobs_root=one.jobs_root,
            leaf_count=len(one.leaves),
            file_digest=file_digest,
            secret_hash=batch.secret_hash,
            previous_secret=batch.previous_secret,
        )
        return self.post(args, one.debits, one.credits)

    def finalize(self, header: Header, paid: Sequence[Row]) -> Call:
        """Pay all credit rows of a part and the treasury, after its window."""
        return self._write("finalize", as_struct(header), [row.pack() for row in paid])

    def finalize_row(self, header: Header, row: Row, index: int, proof: Sequence[bytes]) -> Call:
        """Pay one credit row by its proof, after the window."""
        return self._write("finalizeRow", as_struct(header), row.pack(), index, list(proof))

    def multicall(self, calls: Sequence[Call]) -> Call:
        """Make several of these calls in one transaction, in their order: all of them, or none.

        Raises ValueError for a call to another contract.
        """
        for call in calls:
            if call.to != self.address:
                raise ValueError(f"{call.action} is for {call.to}: only calls of {self.address} go together")
        together = self._write("multicall", [call.data for call in calls])
        return replace(together, action=" and ".join(call.action for call in calls))
