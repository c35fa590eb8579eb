"""The order that an AIJob holds, read as the contracts read it."""

from collections.abc import Mapping
from dataclasses import dataclass

from hansa_operator.api import aijob_parts as api
from hansa_operator.api.aijob_reasons import AIJobReason as Reason
from hansa_operator.api.hub import VaultRef
from hansa_operator.core.order.signed_work import Work
from hansa_protocol.eip712 import Domain, Order
from hansa_protocol.identity import Address, respell_address
from hansa_protocol.signing import SignatureError, recover
from hansa_protocol.units import UINT96_MAX, AmountError, Wei, format_amount, parse_amount

_SIGN_ANEW = "sign another with `hansa order sign`"


@dataclass(frozen=True, slots=True)
class OrderObjection:
    """Say why an order, or that there is none, keeps a job from running, and what to do."""

    reason: Reason
    message: str


@dataclass(frozen=True, slots=True)
class SignedOrder:
    """Hold an order with its signature and digest, which is the id of its job; `version` is that of the signed list."""

    order: Order
    version: int
    signature: bytes
    digest: bytes

    @property
    def job_id(self) -> str:
        """Return the id of the ordered job, 0x hex."""
        return _hex(self.digest)

    @property
    def signer(self) -> Address | None:
        """Return who signed exactly this order, or None when the signature is none."""
        try:
            return recover(self.digest, self.signature)
        except SignatureError:
            return None


def read_order(
    stated: api.Order, *, domain: Domain, hub: Address, vaults: Mapping[str, VaultRef]
) -> SignedOrder | OrderObjection:
    """Return an order of this hub, or why it is none. `vaults` by checksummed address."""
    if respell_address(stated.hub) != hub:
        return _invalid(f"it is for hub {stated.hub}, this one is {hub}")
    vault = vaults.get(respell_address(stated.vault))
    if vault is None:
        return _invalid(f"it is for vault {stated.vault}, which this hub does not serve")
    try:
        amount = parse_amount(stated.max_amount, vault.decimals)
    except AmountError as wrong:
        return _invalid(f"maxAmount: {wrong}")
    if amount > UINT96_MAX:
        return _invalid(f"maxAmount {stated.max_amount} is more than an order can hold")
    order = _order(stated, amount)
    signature = bytes.fromhex(stated.signature[2:])
    return SignedOrder(order, stated.spec_version, signature, order.digest(domain))


def state_order(signed: SignedOrder, *, decimals: int) -> api.Order:
    """Return an order as an AIJob holds it; `read_order` reads it back."""
    order = signed.order
    return api.Order(
        hub=order.hub,
        vault=order.vault,
        customer=order.customer,
        service=order.service,
        spec_version=signed.version,
        spec_digest=_hex(order.spec_digest),
        max_amount=format_amount(Wei(order.max_amount), decimals),
        nonce=order.nonce,
        expires_at=order.expires_at,
        signature=_hex(signed.signature),
    )


def check_work(signed: SignedOrder, work: Work) -> SignedOrder | OrderObjection:
    """Return the order if it is for this work, or why it is not."""
    try:
        digest = work.digest(signed.version)
    except ValueError as unknown:
        return _invalid(str(unknown))
    if digest != signed.order.spec_digest:
        return _invalid(
            f"it was signed for something else than this job is now (specDigest {_hex(signed.order.spec_digest)}, the "
            f"job's is {_hex(digest)}), and `hansa order show` lists what is signed"
        )
    return signed


def _hex(raw: bytes) -> str:
    return "0x" + raw.hex()


def _order(stated: api.Order, amount: int) -> Order:
    return Order(
        hub=respell_address(stated.hub),
        vault=respell_address(stated.vault),
        customer=respell_address(stated.customer),
        service=stated.service,
        spec_digest=bytes.fromhex(stated.spec_digest[2:]),
        max_amount=amount,
        nonce=stated.nonce,
        expires_at=stated.expires_at,
    )


def _invalid(why: str) -> OrderObjection:
    return OrderObjection(Reason.ORDER_INVALID, f"the order cannot be used here: {why}: {_SIGN_ANEW}")
