"""Disputes: a slice's credit waits until somebody gives it back, a court decides, or it is paid as posted."""

from collections.abc import Sequence

from hansa_chain.cases import Kind, Slice, SliceProof, Subject
from hansa_protocol.identity import ZERO_ADDRESS, Address
from tests.model.evidence import Case, LeafCases, Ties
from tests.model.storage import Table, require
from tests.model.subject import Hold
from tests.model.terms import Ground

BOND_PART = 10


class Disputes(LeafCases):
    """Hold back the credit of single leaves."""

    def __init__(self, ground: Ground, address: Address, ties: Ties) -> None:
        super().__init__(ground, address, ties)
        self.holds: Table[bytes, Hold | None] = Table(ground.journal, None)
        self.reserved: Table[bytes, int] = Table(ground.journal, 0)

    def dispute(self, sender: Address, proof: SliceProof, hold: Hold | None, credit_proof: Sequence[bytes]) -> bytes:
        """Dispute a leaf as its customer, with a bond; without a credit row nothing waits."""
        leaf, header = proof.slice.leaf, proof.header
        require(sender == leaf.customer, "OtherParty", leaf.customer, sender)
        subject = self._subject(Kind.DISPUTE, proof)
        self._check_window(subject, header, leaf.customer)
        most = self.penalty_of(proof.slice)
        deposit = max(most // BOND_PART, self.terms.leaf_fee)
        id_ = self._open(sender, subject, self.clock.now + self.terms.hard_deadline, deposit, 0)
        if self.terms.court != ZERO_ADDRESS:
            self.reserved[id_] = self.ties.providers.reserve(leaf.provider, subject.vault, 2 * most)
        if hold is not None:
            require(hold.row.account == leaf.provider, "OtherParty", leaf.provider, hold.row.account)
            self.check_credit(header, hold, credit_proof)
            held = self.settlement.hold(subject, hold.row, hold.index, min(most, leaf.provider_amount))
            self.holds[id_] = Hold(hold.row, hold.index, held)
        return id_

    def concede(self, sender: Address, subject: Subject, slice_: Slice) -> None:
        """Give back, as the provider, the credit that is held."""
        case = self._answerable(subject)
        self._check_content(subject, slice_, Kind.DISPUTE)
        provider = slice_.leaf.provider
        require(sender == provider, "OtherParty", provider, sender)
        self._end_hold(subject, slice_, in_full=True)
        self._unreserve(subject, slice_)
        self._lapse(case, subject)

    def concede_by_hub(self, sender: Address, subject: Subject, slice_: Slice) -> None:
        """Pay the customer, as the hub, in tokens from outside; the provider is paid as posted."""
        case = self._answerable(subject)
        self._check_content(subject, slice_, Kind.DISPUTE)
        require(sender == subject.hub, "OtherParty", subject.hub, sender)
        paid = self.vaults[subject.vault].pull(self.address, sender, self.penalty_of(slice_))
        self._end_hold(subject, slice_, in_full=False)
        self._unreserve(subject, slice_)
        self._lapse(case, subject)
        self._pay(subject.vault, slice_.leaf.customer, paid)

    def expire(self, _sender: Address, subject: Subject, slice_: Slice) -> None:
        """Pay as posted after the hard deadline."""
        case = self._overdue(subject)
        self._check_content(subject, slice_, Kind.DISPUTE)
        self._pay_as_posted(case, subject, slice_)

    def decide(self, sender: Address, subject: Subject, slice_: Slice, for_customer: bool) -> None:
        """Decide as the court: refund from the held credit, then the provider's bond, then the hub's cover."""
        require(sender == self.terms.court, "NotTheCourt", self.terms.court, sender)
        case = self._answerable(subject)
        self._check_content(subject, slice_, Kind.DISPUTE)
        if not for_customer or self._is_moot(subject):
            self._pay_as_posted(case, subject, slice_)
            return
        penalty = self.penalty_of(slice_)
        self._end_hold(subject, slice_, in_full=True)
        reserved = self.reserved[subject.case_id]
        refund = min(reserved, self.settlement.strike(subject, slice_.charge, penalty, reserved))
        slashed = min(reserved, refund + penalty)
        self.reserved[subject.case_id] = reserved - slashed
        if slashed:
            leaf = slice_.leaf
            self.ties.providers.slash((leaf.provider, subject.vault), slashed, refund, leaf.customer)
        self._unreserve(subject, slice_)
        self._lapse(case, subject)

    def _pay_as_posted(self, case: Case, subject: Subject, slice_: Slice) -> None:
        """Let the provider have its credit, and the dispute's bond, unless something else gave the money back.

        A provider that no vault can credit has neither.
        """
        provider, moot = slice_.leaf.provider, self._is_moot(subject)
        self._end_hold(subject, slice_, in_full=False)
        self._unreserve(subject, slice_)
        if moot or provider in (ZERO_ADDRESS, subject.vault):
            self._lapse(case, subject)
        else:
            self._answer(case, subject, provider, case.deposit)

    def _is_moot(self, subject: Subject) -> bool:
        return self.settlement.is_struck(subject) or self.settlement.is_void(subject)

    def _end_hold(self, subject: Subject, slice_: Slice, *, in_full: bool) -> int:
        hold = self.holds[subject.case_id]
        if hold is None or hold.amount == 0:
            return 0
        self.holds[subject.case_id] = Hold(hold.row, hold.index, 0)
        return self.settlement.end_hold(subject, hold, slice_.charge, hold.amount if in_full else 0)

    def _unreserve(self, subject: Subject, slice_: Slice) -> None:
        reserved = self.reserved[subject.case_id]
        if reserved:
            self.reserved[subject.case_id] = 0
            self.ties.providers.unreserve(slice_.leaf.provider, subject.vault, reserved)
