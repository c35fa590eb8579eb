"""The calls that remedies ask for, with their proofs."""

from hansa_chain.cases import SliceProof, cases_of
from hansa_chain.contract import Call
from hansa_chain.deployment import Contracts
from hansa_chain.proofs import NotInPart, prove_charge, prove_credit, subject_of_slice
from hansa_cli.verify.court import KINDS, demand_subject
from hansa_cli.verify.evidence import CreditAt, LeafAt, RowAt
from hansa_cli.verify.findings import Challenge
from hansa_cli.verify.promises import Promise
from hansa_cli.verify.remedies import Remedy, Step
from hansa_protocol.identity import Address
from hansa_protocol.rows import Row


def call_for(contracts: Contracts, remedy: Remedy) -> Call:
    """Return the call that a remedy asks for."""
    match remedy.finding.about:
        case Promise(iou=iou, signature=signature) if remedy.step is Step.OPEN:
            return contracts.claims.claim(iou, signature, remedy.wanted)
        case Promise(iou=iou):
            return contracts.claims.pay_claim(iou.hub, iou.vault, iou.epoch, iou.payee)
        case CreditAt() as credit:
            return contracts.settlement.finalize_row(credit.place.posted.header, *credit.prove())
        case LeafAt() as one:
            return _about_slice(contracts, remedy, one)
        case RowAt() as row:
            return _about_row(contracts, remedy.step, row)


def spender_of(contracts: Contracts, remedy: Remedy) -> Address:
    """Return the contract that takes a remedy's deposit."""
    kind = KINDS.get(remedy.finding.challenge)
    return contracts.claims.address if kind is None else cases_of(contracts, kind).address


def _about_slice(contracts: Contracts, remedy: Remedy, one: LeafAt) -> Call:
    proof = one.prove_charge()
    if proof is None:
        raise NotInPart("no row charges for the slice")
    subject = subject_of_slice(KINDS[remedy.finding.challenge], proof)
    match remedy.step:
        case Step.STRIKE:
            return contracts.challenges.strike(subject, proof.slice)
        case Step.COLLECT:
            return contracts.challenges.collect(subject)
        case Step.EXPIRE:
            return contracts.disputes.expire(subject, proof.slice)
        case Step.CONCEDE:
            return contracts.disputes.concede(subject, proof.slice)
        case Step.CONCEDE_BY_HUB:
            return contracts.disputes.concede_by_hub(subject, proof.slice)
        case _:
            return _challenge(contracts, remedy, one, proof)


def _challenge(contracts: Contracts, remedy: Remedy, one: LeafAt, proof: SliceProof) -> Call:
    other = remedy.finding.other
    match remedy.finding.challenge:
        case Challenge.DUPLICATE if other is not None:
            return contracts.challenges.prove_duplicate(proof, other.prove())
        case Challenge.ORDER:
            return contracts.challenges.challenge_order(proof)
        case Challenge.RECEIPT:
            return contracts.challenges.challenge_receipt(proof)
        case Challenge.DISPUTE:
            return contracts.disputes.dispute(proof, _credit(one))
        case _:
            return contracts.challenges.prove_fault(proof)


def _about_row(contracts: Contracts, step: Step | None, row: RowAt) -> Call:
    statements, header, rows = contracts.statements, row.place.posted.header, row.place.rows
    match step:
        case Step.OPEN:
            return statements.demand(header, *prove_charge(row.place.part, row.account, rows.taken))
        case Step.VOID_PART:
            taken = [Row(one.account, wei) for one, wei in zip(rows.debits, rows.taken, strict=True)]
            return statements.void_part(demand_subject(row), header, rows.debits, taken)
        case Step.LAPSE:
            return statements.lapse(demand_subject(row))
        case _:
            return statements.collect(demand_subject(row))


def _credit(one: LeafAt) -> tuple[Row, int, tuple[bytes, ...]] | None:
    """Return the provider's credit row, which a dispute holds; None where it has none."""
    try:
        return prove_credit(one.place.part, one.leaf.provider)
    except NotInPart:
        return None
