"""What is open against a hub: found by events, then asked of the contracts at the newest block. These block."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from hansa_chain.cases import Kind, State, Subject, cases_of
from hansa_chain.claims import Claimed
from hansa_chain.rpc import BlockStamp
from hansa_chain.spans import spans_of
from hansa_operator.adapters.chain.reads import Court, Reads, stamp_of
from hansa_operator.ports.cases import CaseKind, OpenCase, OpenCases, PayeeRows
from hansa_protocol.batch import Batch
from hansa_protocol.identity import Address, address_from_bytes

AGAIN_BLOCKS = 64
"""Blocks that are searched again each time: the newest ones may be replaced."""
KINDS = {
    Kind.ORDER: CaseKind.ORDER,
    Kind.RECEIPT: CaseKind.RECEIPT,
    Kind.STATEMENT: CaseKind.STATEMENT,
    Kind.DISPUTE: CaseKind.DISPUTE,
}


@dataclass(slots=True)
class CaseReads:
    """Follow the cases against one hub."""

    reads: Reads
    court: Court
    _subjects: dict[str, tuple[Subject, Address]] = field(default_factory=dict)
    _claims: dict[str, Claimed] = field(default_factory=dict)
    _next_block: int | None = None

    def subject(self, key: str) -> Subject:
        """Return the subject of a case that was found open."""
        return self._subjects[key][0]

    def open(self) -> OpenCases:
        """Return what is open at the newest block."""
        at = self.reads.node.stamp("latest")
        self._search(at)
        return OpenCases(stamp_of(at).timestamp, (*self._open_cases(at), *self._open_claims(at)))

    def rows_of(self, batch: Batch, payee: str) -> PayeeRows:
        """Return how a payee's credit rows stand in the parts of a batch at the newest block."""
        at, settlement = self.reads.node.stamp("latest"), self.reads.contracts.settlement
        key = (batch.hub, batch.vault, batch.epoch)
        rows = {p.index: i for p in batch.parts for i, row in enumerate(p.credits) if row.account == payee}
        paid = {part for part, row in rows.items() if settlement.is_row_finalized(*key, part, row, at=at)}
        lost = {part for part in rows.keys() - paid if settlement.is_void(*key, part, at=at)}
        return PayeeRows(frozenset(paid), frozenset(lost))

    def _search(self, at: BlockStamp) -> None:
        for first, last in spans_of(self._first_block(at), at.number):
            span = {"first_block": first, "last_block": last}
            for adapter in self.court.adapters:
                for opened in adapter.opened(self.reads.hub, **span):
                    if opened.subject.kind in KINDS:
                        self._subjects[_key(opened.subject)] = (opened.subject, opened.opener)
            for claimed in self.court.claims.claimed(self.reads.hub, **span):
                self._claims[f"claim-{claimed.vault}-{claimed.epoch}-{claimed.payee}"] = claimed
        self._next_block = at.number + 1

    def _first_block(self, at: BlockStamp) -> int:
        """Return where to search from: at the start so far back that nothing older can still be open."""
        if self._next_block is not None:
            return max(0, self._next_block - AGAIN_BLOCKS)
        p = self.reads.contracts.settlement.params(at=at)
        # A case lives for less than T, a claim until it was answered; twice that, for hubs that were away.
        oldest = 2 * (p.epoch + p.post + p.settle_seconds + p.answer)
        return self.reads.node.first_block_since(at.timestamp - oldest, newest=at)

    def _open_cases(self, at: BlockStamp) -> Iterator[OpenCase]:
        for key, (subject, opener) in tuple(self._subjects.items()):
            case = cases_of(self.court, subject.kind).case_of(subject, at=at)
            if case is None or case.state is not State.OPEN:
                self._subjects.pop(key)
                continue
            account, missing, next_index = opener, 0, 0
            if subject.kind is Kind.STATEMENT:
                shown = self.court.statements.shown_of(subject, at=at)
                account = address_from_bytes(subject.content[:20])
                missing, next_index = int.from_bytes(subject.content[20:], "big") - shown.total, shown.next_index
            yield OpenCase(
                key=key,
                kind=KINDS[subject.kind],
                vault=subject.vault,
                epoch=subject.epoch,
                part=subject.part,
                index=subject.index,
                account=account,
                due=case.due,
                missing=missing,
                next_index=next_index,
            )

    def _open_claims(self, at: BlockStamp) -> Iterator[OpenCase]:
        for key, one in tuple(self._claims.items()):
            claim = self.court.claims.claim_of(one.hub, one.vault, one.epoch, one.payee, at=at)
            if claim is None or claim.state is not State.OPEN:
                self._claims.pop(key)
                continue
            yield OpenCase(
                key=key,
                kind=CaseKind.CLAIM,
                vault=one.vault,
                epoch=one.epoch,
                part=0,
                index=0,
                account=one.payee,
                due=claim.until,
                missing=claim.missing,
                next_part=claim.next_part,
            )


def _key(subject: Subject) -> str:
    return f"case-{subject.case_id.hex()}"
