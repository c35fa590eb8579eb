"""Claims of payees on the bond of a hub that did not credit what it had signed."""

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
    """Hold a claim: `due` is what is missing, at most what of the payee's own bond is reserved for it."""

    cumulative: int = 0
    due: int = 0
    next_part: int = 0
    stage: State = State.NONE
    reserved: int = 0
    deposit: int = 0
    shown: int = 0


@dataclass(frozen=True, slots=True)
class Pool:
    """Hold what is claimed of an epoch until a common deadline, and what there is for it then."""

    until: int = 0
    closed: bool = False
    rest: int = 0
    due: int = 0
    pot: int = 0


class Claims(Evidence):
    """Pay payees what is missing, pro rata, after customers."""

    def __init__(self, ground: Ground, address: Address, ties: Ties) -> None:
        super().__init__(ground, address, ties)
        self.pools: Table[Lane, Pool] = Table(ground.journal, Pool())
        self.claims: Table[tuple[Lane, Address], Claim] = Table(ground.journal, Claim())

    def claim(self, sender: Address, iou: Iou, signature: bytes) -> None:
        """Claim an epoch once, with as much of one's own bond."""
        require(sender == iou.payee, "OtherParty", iou.payee, sender)
        require_signer(iou.digest(self.domain), signature, iou.hub)
        lane = iou.hub, iou.vault, iou.epoch
        pool = self._open_pool(lane)
        require(self.clock.now <= pool.until, "TooLate", pool.until, self.clock.now)
        stage = self.claims[lane, sender].stage
        require(stage is State.NONE, "ClaimExists", sender, stage)
        reserved = self.ties.providers.reserve("claims", sender, iou.vault, iou.cumulative)
        require(reserved != 0, "NoBond", sender, iou.vault)
        fee = self.terms.leaf_fee
        if fee:
            self.vaults[iou.vault].pull(self.address, sender, fee)
        self.claims[lane, sender] = Claim(iou.cumulative, reserved, 0, State.OPEN, reserved, fee)
        due = pool.due + reserved
        short = self.settlement.set_pot(*lane, due) < due
        rest = self.clock.now + self.terms.params.settle_seconds if short else pool.rest
        self.pools[lane] = replace(pool, due=due, rest=rest)

    def show_credit(self, sender: Address, header: Header, row: Row, index: int, proof: Sequence[bytes]) -> None:
        """Show a row of the payee that was paid; parts in rising order."""
        require(sender == header.hub, "OtherParty", header.hub, sender)
        lane, payee = (header.hub, header.vault, header.epoch), row.account
        pool, claim = self.pools[lane], self._opened(lane, payee)
        until = pool.until + self.terms.params.answer
        require(self.clock.now <= until, "TooLate", until, self.clock.now)
        require(header.part >= claim.next_part, "PartNotRising", header.part, claim.next_part)
        self.settlement.require_posted(header)
        self.check_credit(header, Hold(row, index, 0), proof)
        paid = self.settlement.is_row_paid(header.hub, header.vault, header.epoch, header.part, index)
        require(paid, "CreditNotPaid", header.part, index)
        shown = claim.shown + row.amount
        due = min(claim.due, max(0, claim.cumulative - shown))
        stage = State.OPEN if due else State.ANSWERED
        self.claims[lane, payee] = replace(claim, shown=shown, due=due, stage=stage, next_part=header.part + 1)
        self.pools[lane] = replace(pool, due=pool.due - claim.due + due)
        self.settlement.set_pot(*lane, self.pools[lane].due)
        if due == 0:
            self._release(lane, payee, claim, header.hub)

    def pay_claim(self, _sender: Address, hub: Address, vault: Address, epoch: int, payee: Address) -> None:
        """Pay a claim's share of the pot."""
        lane = hub, vault, epoch
        claim = self._opened(lane, payee)
        pool = self._closed_pool(lane)
        amount = claim.due * pool.pot // pool.due if pool.pot < pool.due else claim.due
        self.claims[lane, payee] = replace(claim, stage=State.ENDED)
        if amount:
            self.settlement.pay_from_pot(hub, vault, epoch, payee, amount)
        self._release(lane, payee, claim, payee)

    def close_pool(self, _sender: Address, hub: Address, vault: Address, epoch: int) -> None:
        """Free what the claims of an epoch keep in place, when all of them were answered."""
        lane = hub, vault, epoch
        require(self.pools[lane].until != 0, "NoPool", *lane)
        self._closed_pool(lane)

    def _open_pool(self, lane: Lane) -> Pool:
        """Return the pool of an epoch of which nothing can be posted any more; the first claim opens it."""
        pool, p = self.pools[lane], self.terms.params
        if pool.until:
            return pool
        post_deadline = (lane[2] + 1) * p.epoch + p.post
        require(self.clock.now > post_deadline, "TooEarly", post_deadline + 1, self.clock.now)
        release_at = self.settlement.open_pot(*lane)
        until = release_at - self.terms.hard_deadline if release_at else post_deadline + p.window
        return replace(pool, until=until)

    def _closed_pool(self, lane: Lane) -> Pool:
        """Return the pool when nobody can claim or answer any more; the first payment closes it."""
        pool = self.pools[lane]
        if pool.closed:
            return pool
        until = max(pool.until + self.terms.params.answer, pool.rest)
        require(self.clock.now > until, "TooEarly", until + 1, self.clock.now)
        self.pools[lane] = replace(pool, pot=self.settlement.close_pot(*lane, pool.due), closed=True)
        return self.pools[lane]

    def _release(self, lane: Lane, payee: Address, claim: Claim, depositor: Address) -> None:
        self.ties.providers.unreserve("claims", payee, lane[1], claim.reserved)
        if claim.deposit:
            self.vaults[lane[1]].pay(self.address, depositor, claim.deposit)

    def _opened(self, lane: Lane, payee: Address) -> Claim:
        claim = self.claims[lane, payee]
        require(claim.stage is State.OPEN, "ClaimNotOpen", payee, claim.stage)
        return claim
