"""The contracts that a hub is challenged with, and how far the case of a finding is there."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from hansa_chain.cases import Kind, SliceProof, Subject, cases_of
from hansa_chain.deployment import Contracts
from hansa_chain.profile import Params
from hansa_chain.proofs import prove_charge, subject_of_row, subject_of_slice
from hansa_chain.rpc import Block
from hansa_cli.verify.evidence import CreditAt, LeafAt, RowAt
from hansa_cli.verify.findings import Challenge, Finding
from hansa_cli.verify.law import Law
from hansa_cli.verify.promises import Promise
from hansa_cli.verify.standing import NOTHING, Standing
from hansa_protocol.identity import Address
from hansa_protocol.units import Wei

KINDS: Mapping[Challenge, Kind] = {
    Challenge.DUPLICATE: Kind.FAULT,
    Challenge.FAULT: Kind.FAULT,
    Challenge.ORDER: Kind.ORDER,
    Challenge.RECEIPT: Kind.RECEIPT,
    Challenge.DISPUTE: Kind.DISPUTE,
    Challenge.HELD: Kind.DISPUTE,
    Challenge.CONCEDED: Kind.DISPUTE,
    Challenge.CONCEDED_BY_HUB: Kind.DISPUTE,
    Challenge.STATEMENT: Kind.STATEMENT,
}


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
                return self._of_slice(finding.challenge, one, at)
            case RowAt() as row:
                return self._of_row(row, at)
            case CreditAt() as credit:
                return self._of_credit(credit, at)
            case Promise() as promise:
                return self._of_claim(promise, at)

    def _of_slice(self, challenge: Challenge, one: LeafAt, at: Block) -> Standing:
        proof, header = one.prove_charge(), one.place.posted.header
        if proof is None:
            return Standing(possible=False)
        kind, key = KINDS[challenge], (header.hub, header.vault, header.epoch, header.part)
        settlement, fee = self.contracts.settlement, self.contracts.challenges.leaf_fee(at=at)
        case = cases_of(self.contracts, kind).case_of(subject_of_slice(kind, proof), at=at)
        over = settlement.is_struck(*key, one.index, at=at) or settlement.is_void(*key, at=at)
        due = case.due if case else 0
        if kind is Kind.FAULT:
            return Standing(closes=header.posted_at + self.params.settle_seconds, case=case, due=due, over=over)
        shown = self.contracts.statements.reveal_window_of(header, one.leaf.customer, at=at)
        closes = max(header.posted_at + self.params.window, shown)
        return Standing(
            closes=closes,
            deposit=Wei(self._deposit(challenge, self._most(proof), fee)),
            case=case,
            due=due,
            over=over,
            held=self._held(proof, at) if challenge is Challenge.CONCEDED else NOTHING,
        )

    def _held(self, proof: SliceProof, at: Block) -> Wei:
        return self.contracts.disputes.held_of(subject_of_slice(Kind.DISPUTE, proof), at=at).credit

    def _deposit(self, challenge: Challenge, most: int, fee: int) -> int:
        match challenge:
            case Challenge.DISPUTE:
                return max(most // 10, fee)
            case Challenge.CONCEDED_BY_HUB:
                return most
            case _ if challenge.about_dispute:
                return 0
            case _:
                return fee

    def _most(self, proof: SliceProof) -> int:
        """Return what can come back of a slice at most."""
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

    def _of_credit(self, credit: CreditAt, at: Block) -> Standing:
        header, settlement = credit.place.posted.header, self.contracts.settlement
        key = (header.hub, header.vault, header.epoch)
        paid = settlement.is_row_finalized(*key, header.part, credit.index, at=at)
        return replace(
            self._guaranteed(*key, credit.row.account, at),
            opens=header.posted_at + self.params.window + 1,
            missing=Wei(0 if paid else credit.row.amount),
            over=settlement.is_void(*key, header.part, at=at),
        )

    def _of_claim(self, promise: Promise, at: Block) -> Standing:
        iou, p, claims = promise.iou, self.params, self.contracts.claims
        key = (iou.hub, iou.vault, iou.epoch)
        case = claims.claim_of(*key, iou.payee, at=at)
        rows = [(one.row.amount, self._of_credit(one, at)) for one in promise.rows]
        waiting = [row for _, row in rows if row.missing and not row.over]
        return replace(
            self._guaranteed(*key, iou.payee, at),
            opens=max([(iou.epoch + 1) * p.epoch + p.post + 1, *(row.opens for row in waiting)]),
            deposit=claims.leaf_fee(at=at),
            case=case,
            due=case.until if case else 0,
            missing=Wei(max(0, iou.cumulative - sum(amount - row.missing for amount, row in rows))),
            unpaid=bool(waiting),
        )

    def _guaranteed(self, hub: Address, vault: Address, epoch: int, payee: Address, at: Block) -> Standing:
        """Return until when a payee can claim an epoch, and what it is guaranteed until when."""
        settlement, p = self.contracts.settlement, self.params
        covered = settlement.covered_until(hub, vault, epoch, at=at)
        given = settlement.guarantee_of(hub, vault, payee, at=at)
        return Standing(
            closes=(epoch + 1) * p.epoch + p.post + p.window if covered is None else covered - p.verdict_seconds,
            guaranteed=given.amount,
            leaves_at=given.available_at if given.leaving else 0,
        )
