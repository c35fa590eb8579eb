"""The contracts that a hub is challenged with, and how far the case of a finding is there."""

from collections.abc import Mapping
from dataclasses import dataclass

from hansa_chain.cases import CaseAdapter, Kind, SliceProof, Subject
from hansa_chain.deployment import Contracts
from hansa_chain.profile import Params
from hansa_chain.proofs import prove_charge, subject_of_row, subject_of_slice
from hansa_chain.rpc import Block
from hansa_cli.verify.evidence import LeafAt, RowAt
from hansa_cli.verify.findings import Challenge, Finding, Promise
from hansa_cli.verify.law import Law
from hansa_cli.verify.remedies import Standing
from hansa_protocol.units import Wei

KINDS: Mapping[Challenge, Kind] = {
    Challenge.DUPLICATE: Kind.FAULT,
    Challenge.FAULT: Kind.FAULT,
    Challenge.ORDER: Kind.ORDER,
    Challenge.RECEIPT: Kind.RECEIPT,
    Challenge.DISPUTE: Kind.DISPUTE,
    Challenge.STATEMENT: Kind.STATEMENT,
}


def cases_of(contracts: Contracts, kind: Kind) -> CaseAdapter:
    """Return the contract that has the cases of a kind."""
    return {Kind.STATEMENT: contracts.statements, Kind.DISPUTE: contracts.disputes}.get(kind, contracts.challenges)


def demand_subject(row: RowAt) -> Subject:
    """Return the subject of the demand for a row's statement."""
    charge, _ = prove_charge(row.place.part, row.account, row.place.rows.taken)
    return subject_of_row(row.place.posted.header, charge)


@dataclass(frozen=True, slots=True)
class Court:
    """Read the cases of one deployment by the law that they are judged by."""

    contracts: Contracts
    params: Params
    law: Law

    def read(self, finding: Finding, at: Block) -> Standing:
        """Return how far a finding's case is."""
        match finding.about:
            case LeafAt() as one:
                return self._of_slice(KINDS[finding.challenge], one, at)
            case RowAt() as row:
                return self._of_row(row, at)
            case Promise() as promise:
                return self._of_claim(promise, at)

    def _of_slice(self, kind: Kind, one: LeafAt, at: Block) -> Standing:
        proof, header = one.prove_charge(), one.place.posted.header
        if proof is None:
            return Standing(possible=False)
        key = (header.hub, header.vault, header.epoch, header.part)
        settlement, fee = self.contracts.settlement, self.contracts.challenges.leaf_fee(at=at)
        case = cases_of(self.contracts, kind).case_of(subject_of_slice(kind, proof), at=at)
        over = settlement.is_struck(*key, one.index, at=at) or settlement.is_void(*key, at=at)
        due = case.due if case else 0
        if kind is Kind.FAULT:
            return Standing(closes=header.posted_at + self.params.settle_seconds, case=case, due=due, over=over)
        shown = self.contracts.statements.reveal_window_of(header, one.leaf.customer, at=at)
        closes = max(header.posted_at + self.params.window, shown)
        deposit = max(self._penalty(proof) // 10, fee) if kind is Kind.DISPUTE else fee
        return Standing(closes=closes, deposit=Wei(deposit), case=case, due=due, over=over)

    def _penalty(self, proof: SliceProof) -> int:
        row = int.from_bytes(proof.slice.charge.row[20:], "big")
        return min(self.law.debit_of(proof.slice.leaf), row)

    def _of_row(self, row: RowAt, at: Block) -> Standing:
        header, statements = row.place.posted.header, self.contracts.statements
        case = statements.case_of(demand_subject(row), at=at)
        amount = Wei(row.place.rows.charged(row.account))
        return Standing(
            closes=header.posted_at + self.params.window,
            deposit=statements.deposit_of(header.leaf_count, amount, at=at),
            case=case,
            due=case.due if case else 0,
            over=self.contracts.settlement.is_void(header.hub, header.vault, header.epoch, header.part, at=at),
            reveal_seconds=self.params.reveal,
        )

    def _of_claim(self, promise: Promise, at: Block) -> Standing:
        iou, p, c = promise.iou, self.params, self.contracts
        key = (iou.hub, iou.vault, iou.epoch)
        last_post = (iou.epoch + 1) * p.epoch + p.post
        covered = c.settlement.covered_until(*key, at=at)
        case = c.claims.claim_of(*key, iou.payee, at=at)
        return Standing(
            opens=last_post + 1,
            closes=last_post + p.window if covered is None else covered - p.verdict_seconds,
            deposit=c.claims.leaf_fee(at=at),
            case=case,
            due=case.until if case else 0,
            missing=promise.missing,
            guaranteed=c.settlement.guarantee_of(iou.hub, iou.vault, iou.payee, at=at).amount,
        )
