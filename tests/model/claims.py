"""Claims of payees on what a hub guarantees them, when it did not credit what it had signed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hansa_chain.cases import State
from hansa_protocol.eip712 import Iou
from hansa_protocol.header import Header
from hansa_protocol.identity import Address
from hansa_protocol.rows import Row
from tests.model.evidence import Evidence, Ties, require_signer
from tests.model.storage import Table, require
from tests.model.subject import Hold
from tests.model.terms import Ground

Lane = tuple[Address, Address, int]
"""Hub, vault and epoch."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Hold a claim: `due` is what it has of the guarantee, at most what is missing; the hub answers `until` then."""

    missing: int = 0
    due: int = 0
    next_part: int = 0
    stage: State = State.NONE
    deposit: int = 0
    until: int = 0


class Claims(Evidence):
    """Pay payees what is missing, as far as their guarantee reached when they claimed."""

    def __init__(self, ground: Ground, address: Address, ties: Ties) -> None:
        super().__init__(ground, address, ties)
        self.claims: Table[tuple[Lane, Address], Claim] = Table(ground.journal, Claim())

    def claim(self, sender: Address, iou: Iou, signature: bytes, wanted: int) -> None:
        """Claim an epoch once, up to `wanted` of what its IOU says, out of the sender's guarantee."""
        require(sender == iou.payee, "OtherParty", iou.payee, sender)
        require_signer(iou.digest(self.domain), signature, iou.hub)
        lane = iou.hub, iou.vault, iou.epoch
        until = self._claimable_until(*lane)
        require(self.clock.now <= until, "TooLate", until, self.clock.now)
        stage = self.claims[lane, sender].stage
        require(stage is State.NONE, "ClaimExists", sender, stage)
        due = self.settlement.use_guarantee(iou.hub, iou.vault, sender, min(wanted, iou.cumulative))
        require(due != 0, "NoGuarantee", iou.hub, iou.vault, sender)
        fee = self.terms.leaf_fee
        if fee:
            self.vaults[iou.vault].pull(self.address, sender, fee)
        answer_until = until + self.terms.params.answer
        self.claims[lane, sender] = Claim(iou.cumulative, due, 0, State.OPEN, fee, answer_until)

    def show_credit(self, sender: Address, header: Header, row: Row, index: int, proof: Sequence[bytes]) -> None:
        """Show a row of the payee that was paid; parts in rising order."""
        require(sender == header.hub, "OtherParty", header.hub, sender)
        lane, payee = (header.hub, header.vault, header.epoch), row.account
        claim = self._opened(lane, payee)
        require(self.clock.now <= claim.until, "TooLate", claim.until, self.clock.now)
        require(header.part >= claim.next_part, "PartNotRising", header.part, claim.next_part)
        self._check_paid(header, Hold(row, index, 0), proof)
        missing = max(0, claim.missing - row.amount)
        due = min(claim.due, missing)
        self.settlement.restore_guarantee(header.hub, header.vault, payee, claim.due - due)
        stage = State.OPEN if due else State.ANSWERED
        self.claims[lane, payee] = replace(claim, missing=missing, due=due, stage=stage, next_part=header.part + 1)
        if stage is State.ANSWERED:
            self._pay_deposit(header.vault, claim, header.hub)

    def pay_claim(self, _sender: Address, hub: Address, vault: Address, epoch: int, payee: Address) -> None:
        """Pay a claim what it has, when the hub can answer no more."""
        lane = hub, vault, epoch
        claim = self._opened(lane, payee)
        require(self.clock.now > claim.until, "TooEarly", claim.until + 1, self.clock.now)
        self.claims[lane, payee] = replace(claim, stage=State.ENDED)
        self.settlement.pay_guarantee(hub, vault, payee, claim.due)
        self._pay_deposit(vault, claim, payee)

    def _claimable_until(self, hub: Address, vault: Address, epoch: int) -> int:
        """Return the last second to claim an epoch; refused while something of it can still be posted."""
        p = self.terms.params
        post_deadline = (epoch + 1) * p.epoch + p.post
        require(self.clock.now > post_deadline, "TooEarly", post_deadline + 1, self.clock.now)
        covered_until = self.settlement.covered_until(hub, vault, epoch)
        return covered_until - self.terms.hard_deadline if covered_until else post_deadline + p.window

    def _check_paid(self, header: Header, shown: Hold, proof: Sequence[bytes]) -> None:
        """Refuse a row that is not of a posted part, or not paid."""
        self.settlement.require_posted(header)
        self.check_credit(header, shown, proof)
        paid = self.settlement.is_row_paid(header.hub, header.vault, header.epoch, header.part, shown.index)
        require(paid, "CreditNotPaid", header.part, shown.index)

    def _pay_deposit(self, vault: Address, claim: Claim, to: Address) -> None:
        if claim.deposit:
            self.vaults[vault].pay(self.address, to, claim.deposit)

    def _opened(self, lane: Lane, payee: Address) -> Claim:
        claim = self.claims[lane, payee]
        require(claim.stage is State.OPEN, "ClaimNotOpen", payee, claim.stage)
        return claim
