"""What challenges prove, and how every case opens and ends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from hansa_chain.cases import Charge, Kind, Slice, SliceProof, State, Subject, subject_of
from hansa_protocol.header import Header
from hansa_protocol.identity import ZERO_ADDRESS, Address
from hansa_protocol.leaf import Leaf, leaf_hash, leaf_split
from hansa_protocol.merkle import verify_proof
from hansa_protocol.signing import recover
from tests.model.lines import CreditLines
from tests.model.providers import Providers
from tests.model.rows import credit_leaf, debit_leaf, row_of
from tests.model.settlement import Settlement
from tests.model.storage import Table, require
from tests.model.subject import Hold
from tests.model.terms import Ground


@dataclass(frozen=True, slots=True)
class Case:
    """Hold a case; `due` of a lost one is when its penalty can be collected."""

    opener: Address = ZERO_ADDRESS
    due: int = 0
    stage: State = State.NONE
    deposit: int = 0
    penalty: int = 0


def require_signer(digest: bytes, signature: bytes, expected: Address) -> None:
    """Refuse what somebody else signed."""
    require(len(signature) == 65, "ECDSAInvalidSignatureLength")
    require(recover(digest, signature) == expected, "WrongSigner")


@dataclass(frozen=True, slots=True)
class Ties:
    """Name whom the challenges rest on; `royalties` in basis points, `windows` as statements opened them."""

    settlement: Settlement
    lines: CreditLines
    providers: Providers
    royalties: Mapping[int, int]
    windows: Table[tuple[bytes, Address], int]


class Evidence:
    """Check headers, leaves and rows against what was posted."""

    def __init__(self, ground: Ground, address: Address, ties: Ties) -> None:
        self.address, self.settlement, self.ties = address, ties.settlement, ties
        self.clock, self.terms, self.domain = ground.clock, ground.terms, ground.domain
        self.vaults = ties.settlement.vaults

    def check_leaf(self, header: Header, leaf: Leaf, index: int, proof: Sequence[bytes]) -> None:
        """Refuse a leaf that is not at this place."""
        proven = verify_proof(header.jobs_root, leaf_hash(leaf), index, header.leaf_count, proof)
        require(proven, "WrongLeaf")

    def check_charge(self, header: Header, charge: Charge, customer: Address, proof: Sequence[bytes]) -> None:
        """Refuse a debit row that is not the customer's, or not at this place."""
        require(row_of(charge).account == customer, "OtherParty")
        leaf = debit_leaf(charge)
        proven = verify_proof(header.debit_root, leaf, charge.index, header.debit_count, proof)
        require(proven, "WrongDebit")

    def check_credit(self, header: Header, hold: Hold, proof: Sequence[bytes]) -> None:
        """Refuse a credit row that is not at this place."""
        leaf = credit_leaf(hold.row)
        proven = verify_proof(header.credit_root, leaf, hold.index, header.credit_count, proof)
        require(proven, "WrongCredit")

    def check_not_void(self, header: Header) -> None:
        """Refuse a part that is void."""
        require(not self.settlement.is_void(header), "PartIsVoid")

    def debit_of(self, leaf: Leaf) -> int:
        """Return what a leaf costs its customer."""
        royalty_bps = self.ties.royalties.get(leaf.service, 0) if leaf.service else 0
        return leaf_split(leaf, royalty_bps, self.terms.params.fee_bps).debit

    def penalty_of(self, slice_: Slice) -> int:
        """Return what a case about a leaf costs as a penalty: its debit, at most its row."""
        return min(self.debit_of(slice_.leaf), row_of(slice_.charge).amount)


class Cases(Evidence):
    """Open cases with a deposit, end them by a deadline, and collect what was lost."""

    def __init__(self, ground: Ground, address: Address, ties: Ties) -> None:
        super().__init__(ground, address, ties)
        self.cases: Table[bytes, Case] = Table(ground.journal, Case())

    def collect(self, _sender: Address, subject: Subject) -> None:
        """Take a lost case's penalty from the hub's bond, as far as it reaches; again for the rest."""
        case = self.cases[subject.case_id]
        require(case.stage is State.LOST and case.penalty != 0, "NothingToCollect")
        require(self.clock.now >= case.due, "TooEarly")
        collected = self.settlement.collect_penalty(subject.hub, subject.vault, case.penalty, case.opener)
        self.cases[subject.case_id] = replace(case, penalty=case.penalty - collected)

    def _open(self, sender: Address, subject: Subject, due: int, deposit: int, penalty: int) -> bytes:
        require(self.cases[subject.case_id].stage is State.NONE, "CaseExists")
        if deposit:
            self.vaults[subject.vault].pull(self.address, sender, deposit)
        self.cases[subject.case_id] = Case(sender, due, State.OPEN, deposit, penalty)
        self.settlement.open_case(subject.hub, subject.vault, subject.epoch, penalty)
        return subject.case_id

    def _opened(self, subject: Subject) -> Case:
        case = self.cases[subject.case_id]
        require(case.stage is State.OPEN, "CaseNotOpen")
        return case

    def _answerable(self, subject: Subject) -> Case:
        case = self._opened(subject)
        require(self.clock.now <= case.due, "TooLate")
        return case

    def _overdue(self, subject: Subject) -> Case:
        case = self._opened(subject)
        require(self.clock.now > case.due, "TooEarly")
        return case

    def _answer(self, case: Case, subject: Subject, payee: Address, to_payee: int) -> None:
        """End a case for the hub, which gets so much of the deposit; the rest goes back."""
        part = min(to_payee, case.deposit)
        self._close(case, subject, State.ANSWERED)
        self._pay(subject.vault, payee, part)
        self._pay(subject.vault, case.opener, case.deposit - part)

    def _lapse(self, case: Case, subject: Subject) -> None:
        """End a case that something else decided: the deposit goes back."""
        self._close(case, subject, State.ENDED)
        self._pay(subject.vault, case.opener, case.deposit)

    def _lose(self, subject: Subject) -> None:
        """End a case against the hub: the deposit goes back, the penalty waits for all that is posted now."""
        case, p = self.cases[subject.case_id], self.terms.params
        collectable_at = (self.clock.now // p.epoch + 1) * p.epoch + p.post + p.settle_seconds + 1
        self.cases[subject.case_id] = replace(case, stage=State.LOST, deposit=0, due=collectable_at)
        self.settlement.close_case(subject.hub, subject.vault, subject.epoch, 0)
        self._pay(subject.vault, case.opener, case.deposit)

    def _close(self, case: Case, subject: Subject, stage: State) -> None:
        self.cases[subject.case_id] = replace(case, stage=stage, deposit=0, penalty=0)
        self.settlement.close_case(subject.hub, subject.vault, subject.epoch, case.penalty)

    def _pay(self, vault: Address, account: Address, amount: int) -> None:
        if amount:
            self.vaults[vault].pay(self.address, account, amount)


class LeafCases(Cases):
    """Open cases about one leaf, within the window of its part or of the statement that revealed it."""

    def _subject(self, kind: Kind, proof: SliceProof) -> Subject:
        header, leaf, charge = proof.header, proof.slice.leaf, proof.slice.charge
        self.settlement.require_posted(header)
        self.check_leaf(header, leaf, proof.index, proof.leaf_proof)
        self.check_charge(header, charge, leaf.customer, proof.row_proof)
        self.check_not_void(header)
        subject = subject_of(kind, header, proof.index, proof.slice.content())
        require(not self.settlement.is_struck(subject), "AlreadyStruck")
        return subject

    def _check_window(self, subject: Subject, header: Header, customer: Address) -> None:
        until = header.posted_at + self.terms.params.window
        revealed = self.ties.windows[subject.header_hash, customer]
        require(self.clock.now <= max(until, revealed), "TooLate")

    def _check_content(self, subject: Subject, slice_: Slice, kind: Kind) -> None:
        require(subject.kind == kind, "WrongKind")
        require(slice_.content() == subject.content, "WrongContent")
