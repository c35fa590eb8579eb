"""The line that a CreditLine holds, read as the contract reads it."""

from dataclasses import dataclass

from hansa_operator.api.credit_line import Authorization, CreditLine
from hansa_operator.api.credit_line import CreditLineReason as Reason
from hansa_operator.api.hub import Hub, VaultRef
from hansa_protocol.eip712 import Line, credit_lines_domain
from hansa_protocol.identity import ZERO_ADDRESS, Address, parse_address
from hansa_protocol.signing import SignatureError, recover
from hansa_protocol.units import UINT96_MAX, AmountError, Wei, format_amount, parse_amount

LAST_EPOCH = 2**32 - 1
"""The contract counts epochs in 32 bits."""


@dataclass(frozen=True, slots=True)
class Objection:
    """Say why a line cannot be used as it is, and what to do."""

    reason: Reason
    message: str


@dataclass(frozen=True, slots=True)
class SignedLine:
    """Hold a line with its signature and digest; it is in force before `until_epoch`."""

    line: Line
    signature: bytes
    digest: bytes
    vault: VaultRef
    until_epoch: int

    @property
    def by_customer(self) -> bool:
        """Return whether the customer signed exactly this line."""
        try:
            return recover(self.digest, self.signature) == self.line.customer
        except SignatureError:
            return False

    def tokens(self, wei: int) -> str:
        """Return an amount of the vault's token for people."""
        return f"{format_amount(Wei(wei), self.vault.decimals)} {self.vault.symbol}"


def read_line(credit_line: CreditLine, hub: Hub, epoch_seconds: int) -> SignedLine | Objection:
    """Return the signed line, or why it is none of this hub and this namespace."""
    signed, contracts = credit_line.spec.authorization, hub.spec.contracts
    if _address(signed.settlement) != _address(contracts.settlement):
        message = f"the line is for settlement {signed.settlement}, hub {hub.metadata.name} has {contracts.settlement}"
        return Objection(Reason.WRONG_HUB, f"{message}: sign a line for this hub, or set hubRef to the line's own")
    vault = next((one for one in hub.spec.vaults if _address(one.address) == _address(signed.vault)), None)
    if vault is None:
        known = ", ".join(f"{one.address} ({one.symbol})" for one in hub.spec.vaults)
        message = f"hub {hub.metadata.name} does not serve vault {signed.vault}: sign a line for one of {known}"
        return Objection(Reason.WRONG_VAULT, message)
    namespace = credit_line.metadata.namespace
    if signed.tenant != namespace:
        message = f"the customer signed for namespace {signed.tenant}, not {namespace}: apply it there, or sign anew"
        return Objection(Reason.TENANT_MISMATCH, message)
    cap = _cap(signed.cap_per_epoch, vault)
    if isinstance(cap, Objection):
        return cap
    return _signed(signed, hub, vault, cap=cap, epoch_seconds=epoch_seconds)


def _cap(text: str, vault: VaultRef) -> int | Objection:
    try:
        cap = parse_amount(text, vault.decimals)
    except AmountError as wrong:
        return Objection(Reason.AMOUNT_INVALID, f"capPerEpoch: {wrong}; sign a line with another cap")
    if cap > UINT96_MAX:
        return Objection(Reason.AMOUNT_INVALID, f"capPerEpoch {text} is more than a line can hold: sign a lower cap")
    return cap


def _signed(signed: Authorization, hub: Hub, vault: VaultRef, *, cap: int, epoch_seconds: int) -> SignedLine:
    line = Line(
        customer=_address(signed.customer),
        settlement=_address(signed.settlement),
        hub=_address(hub.spec.address),
        vault=_address(signed.vault),
        tenant=signed.tenant,
        cap_per_epoch=cap,
        expires_at=signed.expires_at,
        order_signer=_address(signed.order_signer or ZERO_ADDRESS),
        nonce=signed.nonce,
        valid_until=signed.valid_until,
    )
    domain = credit_lines_domain(hub.spec.chain_id, _address(hub.spec.contracts.credit_lines))
    until = min(signed.expires_at // epoch_seconds, LAST_EPOCH)
    return SignedLine(line, bytes.fromhex(signed.signature[2:]), line.digest(domain), vault, until)


def _address(text: str) -> Address:
    """Return the address whatever its letters' case: the signature vouches for it, not its checksum."""
    return parse_address(text.lower())
