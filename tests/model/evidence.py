"""What challenges prove, and how every case opens and ends."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hansa_chain.cases import Charge, Kind, Slice, SliceProof, State, Subject, subject_of
from hansa_protocol.header import Header, header_hash
from hansa_protocol.identity import ZERO_ADDRESS, Address
from hansa_protocol.leaf import Leaf, leaf_hash, leaf_split
from hansa_protocol.merkle import verify_proof
from hansa_protocol.signing import SignatureError, recover
from tests.model.lines import CreditLines
from tests.model.providers import Providers
from tests.model.rows import credit_leaf, debit_leaf, row_of
from tests.model.services import Services
from tests.model.settlement import Settlement
from tests.model.storage import Refused, Table, require
from tests.model.subject import Hold
from tests.model.terms import Ground

HIGHEST_S = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141 // 2


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
    require(len(signature) == 65, "ECDSAInvalidSignatureLength", len(signature))
    try:
        signer = recover(digest, signature)
    except SignatureError:
        require(int.from_bytes(signature[32:64], "big") <= HIGHEST_S, "ECDSAInvalidSignatureS", signature[32:64])
        raise Refused("ECDSAInvalidSignature") from None
    require(signer == expected, "WrongSigner", expected, signer)


@dataclass(frozen=True, slots=True)
class Ties:
    """Name whom the challenges rest on; `windows` as statements opened them."""

    settlement: Settlement
    lines: CreditLines
    providers: Providers
    services: Services
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
        require(proven, "WrongLeaf", index)

    def check_charge(self, header: Header, charge: Charge, customer: Address, proof: Sequence[bytes]) -> None:
        """Refuse a debit row that is not the customer's, or not at this place."""
        account = row_of(charge).account
        require(account == customer, "OtherParty", customer, account)
        leaf = debit_leaf(charge)
        proven = verify_proof(header.debit_root, leaf, charge.index, header.debit_count, proof)
        require(proven, "WrongDebit", charge.index)

    def check_credit(self, header: Header, hold: Hold, proof: Sequence[bytes]) -> None:
        """Refuse a credit row that is not at this place."""
        leaf = credit_leaf(hold.row)
        proven = verify_proof(header.credit_root, leaf, hold.index, header.credit_count, proof)
        require(proven, "WrongCredit", hold.index)

    def check_not_void(self, header: Header) -> None:
        """Refuse a part that is void."""
        require(not self.settlement.is_void(header), "PartIsVoid", header_hash(header))

    def debit_of(self, leaf: Leaf) -> int:
        """Return what a leaf costs its customer."""
        return leaf_split(leaf, self.ties.services.royalty_bps_of(leaf.service), self.terms.params.fee_bps).debit

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
        id_ = subject.case_id
        case = self.cases[id_]
        is_owed = case.stage is State.LOST and case.penalty != 0
        require(is_owed, "NothingToCollect", id_, case.stage, case.penalty)
        require(self.clock.now >= case.due, "TooEarly", case.due, self.clock.now)
        collected = self.settlement.collect_penalty(subject.hub, subject.vault, case.penalty, case.opener)
        self.cases[id_] = replace(case, penalty=case.penalty - collected)

    def _open(self, sender: Address, subject: Subject, due: int, deposit: int, penalty: int) -> bytes:
        stage = self.cases[subject.case_id].stage
        require(stage is State.NONE, "CaseExists", subject.case_id, stage)
        if deposit:
            self.vaults[subject.vault].pull(self.address, sender, deposit)
        self.cases[subject.case_id] = Case(sender, due, State.OPEN, deposit, penalty)
        self.settlement.open_case(subject.hub, subject.vault, subject.epoch, penalty)
        return subject.case_id

    def _opened(self, subject: Subject) -> Case:
        case = self.cases[subject.case_id]
        require(case.stage is State.OPEN, "CaseNotOpen", subject.case_id, case.stage)
        return case

    def _answerable(self, subject: Subject) -> Case:
        case = self._opened(subject)
        require(self.clock.now <= case.due, "TooLate", case.due, self.clock.now)
        return case

    def _overdue(self, subject: Subject) -> Case:
        case = self._opened(subject)
        require(self.clock.now > case.due, "TooEarly", case.due + 1, self.clock.now)
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
        require(not self.settlement.is_struck(subject), "AlreadyStruck", subject.header_hash, subject.index)
        return subject

    def _check_window(self, subject: Subject, header: Header, customer: Address) -> None:
        until = header.posted_at + self.terms.params.window
        revealed = self.ties.windows[subject.header_hash, customer]
        require(self.clock.now <= max(until, revealed), "TooLate", max(until, revealed), self.clock.now)

    def _check_content(self, subject: Subject, slice_: Slice, kind: Kind) -> None:
        require(subject.kind == kind, "WrongKind", subject.kind, kind)
        content = slice_.content()
        require(content == subject.content, "WrongContent", content, subject.content)
