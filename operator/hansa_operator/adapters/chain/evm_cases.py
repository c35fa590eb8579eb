"""The cases against one hub on an EVM node, as the port `Cases` has them."""

from typing import assert_never

from hansa_chain.cases import Slice
from hansa_chain.contract import Call
from hansa_chain.posted_rows import fetch_rows
from hansa_chain.proofs import prove_charge, prove_credit, prove_leaves
from hansa_operator.adapters.chain.case_reads import CaseReads
from hansa_operator.adapters.chain.evm import EvmChain
from hansa_operator.ports.cases import (
    Cases,
    Expire,
    OpenCase,
    OpenCases,
    PayeeRows,
    Reveal,
    Show,
    ShowCredit,
    ShowOrder,
    ShowReceipt,
)
from hansa_operator.ports.chain import ChainUnreachable, Intend, SentTx
from hansa_protocol.batch import Batch
from hansa_protocol.identity import parse_address


class EvmCases:
    """Read and answer cases; writes go through the hub's one `EvmChain`, which owns its nonce."""

    def __init__(self, chain: EvmChain, reads: CaseReads) -> None:
        self._chain, self._reads, self._court = chain, reads, reads.court

    async def open(self) -> OpenCases:
        """Return what is open."""
        return await self._chain.read(self._reads.open)

    async def rows_of(self, batch: Batch, payee: str) -> PayeeRows:
        """Return how a payee's credit rows stand in the parts of a batch."""
        return await self._chain.read(lambda: self._reads.rows_of(batch, payee))

    async def answer(
        self, case: OpenCase, batch: Batch, show: Show, intend: Intend, replaces: int | None = None
    ) -> SentTx:
        """Answer a case with what a batch and the ledger have."""
        return await self._chain.send(await self._chain.read(lambda: self._call(case, batch, show)), intend, replaces)

    def _call(self, case: OpenCase, batch: Batch, show: Show) -> Call:
        challenges, subject = self._court.challenges, self._reads.subject
        match show:
            case ShowOrder(order, signature):
                return challenges.show_order(subject(case.key), self._slice(case, batch), order, signature)
            case ShowReceipt(signed):
                one = self._slice(case, batch)
                return challenges.show_receipt(subject(case.key), one, signed.receipt, signed.signature)
            case Reveal(indexes):
                leaves = prove_leaves(self._chain.reads.header(batch, case.part), batch.parts[case.part], indexes)
                return self._court.statements.reveal(subject(case.key), leaves)
            case ShowCredit(number):
                proof = prove_credit(batch.parts[number], parse_address(case.account))
                return self._court.claims.show_credit(self._chain.reads.header(batch, number), *proof)
            case Expire():
                return self._court.disputes.expire(subject(case.key), self._slice(case, batch))
            case never:
                assert_never(never)

    def _slice(self, case: OpenCase, batch: Batch) -> Slice:
        """Return the slice that a case is about, with its row as it was posted."""
        reads, part = self._chain.reads, batch.parts[case.part]
        at = reads.node.stamp("latest")
        posted = reads.posted((batch.hub, batch.vault, batch.epoch, case.part), at)
        vault, leaf = reads.vault(batch.vault, at), part.leaves[case.index]
        settlement = reads.contracts.settlement
        rows = fetch_rows(settlement, vault, posted, (part.debits, part.credits)) if posted and vault else None
        if rows is None:
            raise ChainUnreachable(f"the rows of part {case.part} of epoch {case.epoch} cannot be read: look again")
        charge, _ = prove_charge(part, leaf.customer, rows.taken)
        return Slice(leaf, charge)


def open_cases(chain: EvmChain) -> EvmCases | None:
    """Return the cases against a chain's hub; None where nobody said where challenges are."""
    court = chain.reads.contracts.court
    return EvmCases(chain, CaseReads(chain.reads, court)) if court is not None else None


def _as_port(cases: EvmCases) -> Cases:
    """Hold the adapter to the port when types are checked."""
    return cases
