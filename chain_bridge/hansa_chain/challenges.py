"""Challenges of single leaves: contradictions are struck at once, orders and receipts are asked for."""

from hansa_chain.cases import CaseAdapter, LeafProof, Slice, SliceProof, Subject
from hansa_chain.contract import Call, as_struct
from hansa_protocol.eip712 import Order, Receipt


class Challenges(CaseAdapter):
    """Read and write the challenges of leaves."""

    CONTRACT = "Challenges"

    def prove_fault(self, struck: SliceProof) -> Call:
        """Strike a leaf that is wrong in itself."""
        return self._write("proveFault", as_struct(struck))

    def prove_duplicate(self, struck: SliceProof, other: LeafProof) -> Call:
        """Strike a leaf that another one, not younger, contradicts."""
        return self._write("proveDuplicate", as_struct(struck), as_struct(other))

    def challenge_order(self, proof: SliceProof) -> Call:
        """Ask, as the customer, for the order of a leaf's job; the contract must be approved for the leaf fee."""
        return self._write("challengeOrder", as_struct(proof))

    def show_order(self, subject: Subject, one: Slice, order: Order, signature: bytes) -> Call:
        """Answer with the signed order."""
        return self._write("showOrder", as_struct(subject), as_struct(one), as_struct(order), signature)

    def challenge_receipt(self, proof: SliceProof) -> Call:
        """Ask, as the provider, for the receipt of a leaf; the contract must be approved for the leaf fee."""
        return self._write("challengeReceipt", as_struct(proof))

    def show_receipt(self, subject: Subject, one: Slice, receipt: Receipt, signature: bytes) -> Call:
        """Answer with the signed receipt."""
        return self._write("showReceipt", as_struct(subject), as_struct(one), as_struct(receipt), signature)

    def strike(self, subject: Subject, one: Slice) -> Call:
        """Strike a leaf whose challenge was not answered in time."""
        return self._write("strike", as_struct(subject), as_struct(one))
