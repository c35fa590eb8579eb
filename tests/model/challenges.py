"""Challenges of single leaves: faults, duplicates, orders and receipts."""

from hansa_chain.cases import Kind, LeafProof, Slice, SliceProof, Subject
from hansa_protocol.eip712 import Order, Receipt
from hansa_protocol.identity import ZERO_ADDRESS, Address
from hansa_protocol.leaf import Leaf
from tests.model.evidence import LeafCases, require_signer
from tests.model.storage import require


class Challenges(LeafCases):
    """Strike leaves that are wrong at once, and those that nobody can account for after a deadline."""

    def prove_fault(self, sender: Address, struck: SliceProof) -> None:
        """Strike a leaf that is wrong in itself."""
        subject, leaf = self._subject(Kind.FAULT, struck), struck.slice.leaf
        in_epoch, forward = leaf.epoch == struck.header.epoch, leaf.from_ms <= leaf.to_ms
        sound = in_epoch and forward and leaf.cumulative >= self.debit_of(leaf)
        require(not sound, "NoFault", subject.header_hash, subject.index)
        self._strike_at_once(sender, struck, subject)

    def prove_duplicate(self, sender: Address, struck: SliceProof, other: LeafProof) -> None:
        """Strike a leaf that another one, not younger, contradicts."""
        subject = self._subject(Kind.FAULT, struck)
        self.settlement.require_posted(other.header)
        self.check_leaf(other.header, other.leaf, other.index, other.proof)
        same = other.header == struck.header and other.index == struck.index
        require(not same, "NoFault", subject.header_hash, subject.index)
        require(other.header.hub == subject.hub, "OtherParty", subject.hub, other.header.hub)
        require(other.header.vault == subject.vault, "OtherParty", subject.vault, other.header.vault)
        require(other.header.epoch <= subject.epoch, "OtherIsYounger", other.header.epoch, subject.epoch)
        self.check_not_void(other.header)
        contradict = self._contradict(struck.slice.leaf, other.leaf)
        require(contradict, "NoFault", subject.header_hash, subject.index)
        self._strike_at_once(sender, struck, subject)

    def challenge_order(self, sender: Address, proof: SliceProof) -> bytes:
        """Doubt, as its customer, that a leaf's job was ordered."""
        leaf = proof.slice.leaf
        require(sender == leaf.customer, "OtherParty", leaf.customer, sender)
        signer = self._order_signer(leaf, proof.header.hub, proof.header.vault)
        require(signer != ZERO_ADDRESS, "NoOrderSigner", leaf.customer, leaf.epoch)
        return self._challenge(sender, Kind.ORDER, proof)

    def show_order(self, _sender: Address, subject: Subject, slice_: Slice, order: Order, signature: bytes) -> None:
        """Answer with the order that gave the job its id."""
        leaf = slice_.leaf
        self._check_content(subject, slice_, Kind.ORDER)
        digest = order.digest(self.domain)
        require(digest == leaf.job_id, "OtherJob", leaf.job_id, digest)
        parties = (order.hub, order.vault, order.customer, order.service)
        covers = parties == (subject.hub, subject.vault, leaf.customer, leaf.service)
        require(covers and leaf.to_ms <= order.expires_at * 1000, "OrderDoesNotCover", digest)
        require(leaf.cumulative <= order.max_amount, "OrderExceeded", leaf.cumulative, order.max_amount)
        require_signer(digest, signature, self._order_signer(leaf, subject.hub, subject.vault))
        self._answered(subject)

    def challenge_receipt(self, sender: Address, proof: SliceProof) -> bytes:
        """Deny, as its provider, having signed for a leaf."""
        provider = proof.slice.leaf.provider
        require(sender == provider, "OtherParty", provider, sender)
        return self._challenge(sender, Kind.RECEIPT, proof)

    def show_receipt(
        self, _sender: Address, subject: Subject, slice_: Slice, receipt: Receipt, signature: bytes
    ) -> None:
        """Answer with the receipt that the leaf names."""
        leaf = slice_.leaf
        self._check_content(subject, slice_, Kind.RECEIPT)
        digest = receipt.digest(self.domain)
        require(digest == leaf.receipt_digest, "OtherReceipt", leaf.receipt_digest, digest)
        require(self._covers(receipt, subject, leaf), "ReceiptDoesNotCover", digest)
        require_signer(digest, signature, self.ties.providers.key_of(leaf.provider, receipt.epoch))
        self._answered(subject)

    def strike(self, _sender: Address, subject: Subject, slice_: Slice) -> None:
        """Strike a leaf whose challenge was not answered; one that was struck meanwhile costs the penalty still."""
        case = self._overdue(subject)
        self._check_content(subject, slice_, subject.kind)
        if not self.settlement.is_struck(subject):
            self.settlement.strike(subject, slice_.charge, case.penalty)
        self._lose(subject)

    def _challenge(self, sender: Address, kind: Kind, proof: SliceProof) -> bytes:
        subject = self._subject(kind, proof)
        self._check_window(subject, proof.header, proof.slice.leaf.customer)
        due = self.clock.now + self.terms.params.answer
        return self._open(sender, subject, due, self.terms.leaf_fee, self.penalty_of(proof.slice))

    def _strike_at_once(self, sender: Address, struck: SliceProof, subject: Subject) -> None:
        until = struck.header.posted_at + self.terms.params.settle_seconds
        require(self.clock.now <= until, "TooLate", until, self.clock.now)
        penalty = self.penalty_of(struck.slice)
        self._open(sender, subject, self.clock.now, 0, penalty)
        self.settlement.strike(subject, struck.slice.charge, penalty)
        self._lose(subject)

    def _contradict(self, a: Leaf, b: Leaf) -> bool:
        """Return whether both cannot be true: one number, one time, or a sum that does not grow."""
        if a.job_id != b.job_id:
            return False
        overlap = a.attempt == b.attempt and max(a.from_ms, b.from_ms) < min(a.to_ms, b.to_ms)
        first, second = (a, b) if a.seq < b.seq else (b, a)
        falls = second.cumulative < first.cumulative + self.debit_of(second)
        return a.seq == b.seq or overlap or falls

    def _order_signer(self, leaf: Leaf, hub: Address, vault: Address) -> Address:
        return self.ties.lines.signer_of(leaf.customer, self.settlement.address, hub, vault, leaf.epoch)

    def _answered(self, subject: Subject) -> None:
        case = self._answerable(subject)
        self._answer(case, subject, subject.hub, case.deposit)

    def _covers(self, receipt: Receipt, subject: Subject, leaf: Leaf) -> bool:
        """Return whether a receipt is for this leaf's work, time and money."""
        same = (receipt.hub, receipt.vault, receipt.customer, receipt.job_id, receipt.attempt, receipt.result_digest)
        if same != (subject.hub, subject.vault, leaf.customer, leaf.job_id, leaf.attempt, leaf.result_digest):
            return False
        own_time = receipt.to_ms <= (receipt.epoch + 1) * self.terms.params.epoch * 1000
        in_time = receipt.epoch <= leaf.epoch and receipt.from_ms <= leaf.from_ms and leaf.to_ms <= receipt.to_ms
        return own_time and in_time and leaf.provider_amount <= receipt.provider_amount
