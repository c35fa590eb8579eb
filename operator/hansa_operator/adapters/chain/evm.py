"""One hub's contracts on an EVM node, as the port `Chain` has them."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from hansa_chain.contract import Call
from hansa_chain.sender import Sender
from hansa_operator.adapters.chain.failures import explained
from hansa_operator.adapters.chain.opening import ContractAddresses, connect
from hansa_operator.adapters.chain.reads import Reads
from hansa_operator.adapters.chain.writes import Writes
from hansa_operator.ports.chain import (
    Chain,
    ChainRefused,
    ChainStamp,
    ChainTimes,
    ChainUnreachable,
    CreditState,
    HubState,
    Intend,
    PartState,
    ProviderState,
    SentTx,
    ServiceState,
    TxView,
)
from hansa_protocol.batch import Batch
from hansa_protocol.eip712 import Line
from hansa_protocol.identity import parse_address
from hansa_protocol.signing import address_of
from hansa_protocol.units import Wei

T = TypeVar("T")
THREADS = 4


class EvmChain:
    """Read and write one hub's contracts; the one owner of the hub's nonce in this process."""

    def __init__(self, reads: Reads, writes: Writes, threads: ThreadPoolExecutor) -> None:
        self.reads, self._writes, self._threads = reads, writes, threads
        self._sending = asyncio.Lock()

    async def close(self) -> None:
        """Wait for calls under way and let the threads go."""
        await asyncio.to_thread(self._threads.shutdown)

    async def times(self) -> ChainTimes:
        """Return the settlement's constants."""
        return await self._run(self.reads.times)

    async def stamp(self) -> ChainStamp:
        """Return the latest block."""
        return await self._run(self.reads.latest)

    async def credit(self, customer: str, vault: str, epoch: int) -> CreditState:
        """Return a customer's line and balance."""
        return await self.read(lambda: self.reads.credit(customer, vault, epoch))

    async def provider(self, address: str, vault: str, epoch: int) -> ProviderState:
        """Return a provider's bond in a vault, the key of its receipts in an epoch, and what this hub guarantees it."""
        return await self.read(lambda: self.reads.provider(address, vault, epoch))

    async def service(self, publisher: str, name: str, version: str) -> ServiceState | None:
        """Return a published service version, or None when the chain knows none."""
        return await self.read(lambda: self.reads.service(publisher, name, version))

    async def hub(self, vault: str) -> HubState:
        """Return this hub's own standing."""
        return await self._run(lambda: self.reads.standing(vault))

    async def part(self, batch: Batch, part: int) -> PartState:
        """Return how far a part of a batch is."""
        return await self.read(lambda: self.reads.part(batch, part))

    async def open_line(self, line: Line, signature: bytes, intend: Intend, replaces: int | None = None) -> SentTx:
        """Relay a customer's signed line."""
        return await self.send(self.reads.contracts.credit_lines.open(line, signature), intend, replaces)

    async def guarantee(
        self, payee: str, vault: str, total: int, intend: Intend, replaces: int | None = None
    ) -> SentTx:
        """Raise what of the hub's bond is set aside for a payee to a total (wei)."""
        call = self.reads.contracts.settlement.guarantee(parse_address(vault), parse_address(payee), Wei(total))
        return await self.send(call, intend, replaces)

    async def post(
        self,
        batch: Batch,
        part: int,
        file_digest: str,
        intend: Intend,
        *,
        replaces: int | None = None,
        paying: Batch | None = None,
    ) -> SentTx:
        """Send a part of a batch whose file has this sha256 (hex), and pay the credits of `paying` with it."""
        settlement = self.reads.contracts.settlement
        call = settlement.post_part(batch, part, bytes.fromhex(file_digest))
        if paying is not None:
            call = settlement.multicall((await self._payment(paying, 0), call))
        return await self.send(call, intend, replaces)

    async def finalize(self, batch: Batch, part: int, intend: Intend, replaces: int | None = None) -> SentTx:
        """Pay a posted part's credits after its window."""
        return await self.send(await self._payment(batch, part), intend, replaces)

    async def transaction(self, tx_hash: str) -> TxView:
        """Return where a transaction is."""
        return await self._run(lambda: self._writes.view(tx_hash))

    async def send(self, call: Call, intend: Intend, replaces: int | None) -> SentTx:
        """Sign a call, record the intent, and send it: every write of the hub goes through here."""
        # One at a time: a prepared nonce is not reserved.
        async with self._sending:
            signed = await self._run(lambda: self._writes.prepare(call, replaces))
            await intend(SentTx(signed.tx_hash, signed.nonce))
            sent = await self._run(lambda: self._writes.submit(signed))
            if sent.tx_hash != signed.tx_hash:
                # Its fees were raised on the way: another transaction with the same nonce.
                await intend(sent)
            return sent

    async def _payment(self, batch: Batch, part: int) -> Call:
        header = await self._run(lambda: self.reads.header(batch, part))
        return self.reads.contracts.settlement.finalize(header, batch.parts[part].credits)

    async def read(self, call: Callable[[], T]) -> T:
        """Run what reads contracts on one of the threads; whatever goes wrong passes."""
        try:
            return await self._run(call)
        except ChainRefused as refused:
            # A contract that does not answer says nothing of what it holds; `hub` tells the operator why.
            raise ChainUnreachable(str(refused)) from None

    async def _run(self, call: Callable[[], T]) -> T:
        with explained():
            return await asyncio.get_running_loop().run_in_executor(self._threads, call)


async def open_chain(
    url: str, *, chain_id: int, hub_key: bytes, contracts: ContractAddresses, manifest: Path | None = None
) -> EvmChain:
    """Connect to a node; raises ChainUnreachable, or ChainRefused for another chain or one without the contracts.

    With a deployment's manifest the contracts must have the code that it says.
    """
    hub, loop = address_of(hub_key), asyncio.get_running_loop()
    threads = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="chain")
    try:
        with explained():
            found = await loop.run_in_executor(threads, connect, url, chain_id, contracts, manifest)
    except BaseException:
        threads.shutdown(wait=False)
        raise
    node = found.settlement.chain
    return EvmChain(Reads(node, found, hub), Writes(Sender(node, hub_key)), threads)


def _as_port(chain: EvmChain) -> Chain:
    """Hold the adapter to the port when types are checked."""
    return chain
