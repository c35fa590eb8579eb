"""A payee that claims an epoch by the hub's IOU, and what it is guaranteed."""

from hansa_chain.claims import Claim
from hansa_chain.contract import Call
from hansa_chain.guarantees import Guarantee
from hansa_protocol.eip712 import Iou
from hansa_protocol.signing import sign
from hansa_protocol.units import Wei
from tests.fixtures.anvil import ACCOUNTS
from tests.integration.chain.market import Market, address

PAYEE = "north"


def claim(market: Market, epoch: int, amount: int, *, wanted: int | None = None) -> Claim:
    """Claim with an IOU that the hub signed, all of it by default; returns the claim as the contract has it."""
    iou = Iou(address("hub"), market.contracts.vault.address, epoch, address(PAYEE), 1, amount)
    signature = sign(iou.digest(market.contracts.settlement.domain), ACCOUNTS["hub"].key)
    asked = Wei(amount if wanted is None else wanted)
    market.do(PAYEE, market.contracts.claims.claim(iou, signature, asked))
    return claim_of(market, epoch)


def claim_of(market: Market, epoch: int) -> Claim:
    """Return a claim that was made."""
    vault = market.contracts.vault.address
    found = market.contracts.claims.claim_of(address("hub"), vault, epoch, address(PAYEE), at="latest")
    assert found is not None
    return found


def guarantee_of(market: Market) -> Guarantee:
    """Return what the payee is guaranteed."""
    vault = market.contracts.vault.address
    return market.contracts.settlement.guarantee_of(address("hub"), vault, address(PAYEE), at="latest")


def pay_call(market: Market, epoch: int) -> Call:
    """Return what pays a claim: anybody can send it."""
    vault = market.contracts.vault.address
    return market.contracts.claims.pay_claim(address("hub"), vault, epoch, address(PAYEE))


def pay(market: Market, epoch: int) -> None:
    """Pay a claim as soon as the hub can answer it no more."""
    market.anvil.advance_to(claim_of(market, epoch).until + 1)
    market.do("ben", pay_call(market, epoch))


def miss_epoch(market: Market) -> int:
    """Move to when an epoch that nobody posted can be claimed, and return that epoch."""
    epoch = market.epoch()
    market.anvil.advance_to((epoch + 1) * market.epoch_seconds + market.deployment.profile.params.post + 1)
    return epoch
