"""Credit lines: what customers let hubs charge."""

from collections.abc import Sequence
from dataclasses import dataclass

from hansa_chain.contract import Call, ContractAdapter, as_struct
from hansa_chain.rpc import Block
from hansa_protocol.eip712 import Domain, Line, credit_lines_domain
from hansa_protocol.identity import ZERO_ADDRESS, Address
from hansa_protocol.units import Wei


@dataclass(frozen=True, slots=True)
class LineTerms:
    """State a line's cap per epoch in wei, and the epochs [from_epoch, until_epoch) that it is in force in."""

    cap: Wei
    from_epoch: int
    until_epoch: int
    order_signer: Address


class CreditLines(ContractAdapter):
    """Read and write credit lines."""

    CONTRACT = "CreditLines"

    @property
    def domain(self) -> Domain:
        """Return the EIP-712 domain that lines are signed in."""
        return credit_lines_domain(self.chain.chain_id, self.address)

    def line_in_force(
        self, customer: Address, settlement: Address, hub: Address, vault: Address, epoch: int, *, at: Block
    ) -> LineTerms | None:
        """Return the terms in force in an epoch, or None without any."""
        terms = LineTerms(*self._read("lineInForce", customer, settlement, hub, vault, epoch, at=at))
        return terms if terms.cap else None

    def order_signer_of(
        self, customer: Address, settlement: Address, hub: Address, vault: Address, epoch: int, *, at: Block
    ) -> Address | None:
        """Return whose orders count for an epoch, also after the line ended; None where none are asked for."""
        signer = Address(self._read("orderSignerOf", customer, settlement, hub, vault, epoch, at=at))
        return None if signer == ZERO_ADDRESS else signer

    def line_of(
        self, customer: Address, settlement: Address, hub: Address, vault: Address, *, at: Block
    ) -> tuple[LineTerms | None, LineTerms | None]:
        """Return the terms that were set last, and those that replace them when their epoch comes (cap 0: it ends)."""
        current, after = (LineTerms(*one) for one in self._read_all("lineOf", customer, settlement, hub, vault, at=at))
        return (current if current.until_epoch else None), (after if after.from_epoch else None)

    def safe_amount(self, customer: Address, settlement: Address, hub: Address, vault: Address, *, at: Block) -> Wei:
        """Return what the hub can admit, before what it has not settled itself."""
        return Wei(self._read("safeAmount", customer, settlement, hub, vault, at=at))

    def reserved_elsewhere(
        self, customer: Address, settlement: Address, hub: Address, vault: Address, *, at: Block
    ) -> Wei:
        """Return what all other lines on the balance may take before a batch of this hub is paid.

        That is K times their caps, K = 2 + 2 x floor(P / E) as in CreditLines.safeAmount.
        """
        own = max((terms.cap for terms in self.line_of(customer, settlement, hub, vault, at=at) if terms), default=0)
        factor = int(self._read("reserveFactor", at=at))
        return Wei(factor * (self.caps_of(customer, vault, at=at) - own))

    def caps_of(self, customer: Address, vault: Address, *, at: Block) -> Wei:
        """Return the sum of caps of all lines on a customer's balance."""
        return Wei(self._read("capsOf", customer, vault, at=at))

    def nonce_of(self, customer: Address, vault: Address, *, at: Block) -> int:
        """Return the nonce that the customer's next line must have."""
        return int(self._read("nonceOf", customer, vault, at=at))

    def notice_seconds(self, *, at: Block) -> int:
        """Return the notice of changes."""
        return int(self._read("noticeSeconds", at=at))

    def open(self, line: Line, signature: bytes) -> Call:
        """Relay one signed line; reverts with the reason when it is refused."""
        return self._write("open", as_struct(line), signature)

    def open_by_customer(self, line: Line) -> Call:
        """Set a line as the customer itself."""
        return self._write("openByCustomer", as_struct(line))

    def open_batch(self, signed: Sequence[tuple[Line, bytes]]) -> Call:
        """Relay many; what is refused is left out with an event."""
        return self._write("openBatch", [as_struct(line) for line, _ in signed], [raw for _, raw in signed])

    def revoke(self, settlement: Address, hub: Address, vault: Address) -> Call:
        """Close the sender's line, in force after the notice."""
        return self._write("revoke", settlement, hub, vault)

    def skip_nonce(self, vault: Address) -> Call:
        """Void the sender's signatures that were not relayed yet."""
        return self._write("skipNonce", vault)

    def prune(self, customer: Address, settlement: Address, hub: Address, vault: Address) -> Call:
        """Remove what can no longer be charged from the sum of caps."""
        return self._write("prune", customer, settlement, hub, vault)
