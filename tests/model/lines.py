"""Credit lines: what a customer lets a hub charge, per epoch."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from hansa_protocol.eip712 import Domain, Line
from hansa_protocol.identity import ZERO_ADDRESS, Address
from hansa_protocol.signing import SignatureError, recover
from tests.model.keys import Keys, key_at
from tests.model.storage import Table, require
from tests.model.terms import Ground

NEVER = 2**32 - 1


class Refusal(IntEnum):
    """Say why a line was not set."""

    NONE = 0
    SIGNATURE_TOO_OLD = 1
    WRONG_NONCE = 2
    WRONG_SIGNATURE = 3
    CHANGE_PENDING = 4
    EXPIRED = 5
    ZERO_PARTY = 6
    NOTHING_TO_CLOSE = 7


@dataclass(frozen=True, slots=True)
class Period:
    """Hold terms: a cap in the epochs [since, until)."""

    cap: int = 0
    since: int = 0
    until: int = 0


@dataclass(frozen=True, slots=True)
class LineState:
    """Hold a line's terms, and the change that waits."""

    current: Period = Period()
    change: Period | None = None

    @property
    def counted(self) -> int:
        """Return what counts against the balance: the larger of old and new while one changes."""
        return max(self.current.cap, self.change.cap if self.change else 0)


Place = tuple[Address, Address, Address, Address]
"""Customer, settlement, hub and vault: one line."""


class CreditLines:
    """Hold all lines, and the sum of caps that count against each balance."""

    def __init__(self, ground: Ground, domain: Domain) -> None:
        self._clock, self._terms, self._domain = ground.clock, ground.terms, domain
        self.lines: Table[Place, LineState] = Table(ground.journal, LineState())
        self.signers: Table[Place, Keys] = Table(ground.journal, ())
        self.caps: Table[tuple[Address, Address], int] = Table(ground.journal, 0)
        self.nonces: Table[tuple[Address, Address], int] = Table(ground.journal, 0)

    def open(self, _sender: Address, line: Line, signature: bytes) -> None:
        """Set a line that its customer signed."""
        self._require_set(self._open_signed(line, signature))

    def open_by_customer(self, sender: Address, line: Line) -> None:
        """Set a line as the customer itself."""
        require(sender == line.customer, "NotTheCustomer", line.customer, sender)
        self._require_set(self._open(line))

    def open_batch(self, _sender: Address, lines: Sequence[Line], signatures: Sequence[bytes]) -> int:
        """Set many, and leave out those that are refused."""
        require(len(lines) == len(signatures), "LengthMismatch", len(lines), len(signatures))
        pairs = zip(lines, signatures, strict=True)
        return sum(self._open_signed(line, signature) is Refusal.NONE for line, signature in pairs)

    def revoke(self, sender: Address, settlement: Address, hub: Address, vault: Address) -> None:
        """Close the sender's line."""
        self._require_set(self._set((sender, settlement, hub, vault), 0, 0, ZERO_ADDRESS))

    def skip_nonce(self, sender: Address, vault: Address) -> None:
        """Void what the sender signed and nobody relayed."""
        self.nonces[sender, vault] += 1

    def prune(self, _sender: Address, customer: Address, settlement: Address, hub: Address, vault: Address) -> None:
        """Take out of the sum what can no longer be charged."""
        place = customer, settlement, hub, vault
        require(self._prune(place), "NothingToPrune", *place)

    def cap_in(self, customer: Address, settlement: Address, hub: Address, vault: Address, epoch: int) -> int:
        """Return the cap in force in an epoch, 0 without a line."""
        line = self.lines[customer, settlement, hub, vault]
        if line.change and epoch >= line.change.since:
            return line.change.cap if epoch < line.change.until else 0
        return line.current.cap if line.current.since <= epoch < line.current.until else 0

    def require_chargeable(self, epoch: int) -> None:
        """Refuse an epoch that is not over, or can no longer be posted."""
        begin = (epoch + 1) * self._terms.params.epoch
        until = begin + self._terms.params.post
        require(begin <= self._clock.now <= until, "EpochNotChargeable", epoch, begin, until, self._clock.now)

    def safe_amount(self, place: Place, epoch: int, balance: int, pending: int) -> int:
        """Return what a hub can admit: what of a balance no withdrawal and no other line can reach before it."""
        p = self._terms.params
        others = self.caps[place[0], place[3]] - self.lines[place].counted
        reserved = pending + (2 + 2 * (p.post // p.epoch)) * others
        return min(self.cap_in(*place, epoch), max(0, balance - reserved))

    def signer_of(self, customer: Address, settlement: Address, hub: Address, vault: Address, epoch: int) -> Address:
        """Return who signed a customer's orders in an epoch."""
        return key_at(self.signers[customer, settlement, hub, vault], epoch)

    def _require_set(self, refusal: Refusal) -> None:
        require(refusal is Refusal.NONE, "LineNotSet", refusal)

    def _open_signed(self, line: Line, signature: bytes) -> Refusal:
        if self._clock.now > line.valid_until:
            return Refusal.SIGNATURE_TOO_OLD
        try:
            signer = recover(line.digest(self._domain), signature)
        except SignatureError:
            return Refusal.WRONG_SIGNATURE
        return self._open(line) if signer == line.customer else Refusal.WRONG_SIGNATURE

    def _open(self, line: Line) -> Refusal:
        account = line.customer, line.vault
        if line.nonce != self.nonces[account]:
            return Refusal.WRONG_NONCE
        place = line.customer, line.settlement, line.hub, line.vault
        refusal = self._set(place, line.cap_per_epoch, line.expires_at, line.order_signer)
        if refusal is Refusal.NONE:
            self.nonces[account] += 1
        return refusal

    def _set(self, place: Place, cap: int, expires_at: int, signer: Address) -> Refusal:
        """Set terms: at once where no other line is on the balance, else after the notice; one change at a time."""
        if ZERO_ADDRESS in place:
            return Refusal.ZERO_PARTY
        self._prune(place)
        epoch_seconds = self._terms.params.epoch
        notice_ends = self._clock.now + self._terms.notice
        account = place[0], place[3]
        since = -(-notice_ends // epoch_seconds) if self.caps[account] else self._clock.now // epoch_seconds
        fresh = Period(cap, since, min(expires_at // epoch_seconds, NEVER))
        if cap and fresh.until <= since:
            return Refusal.EXPIRED
        line = self.lines[place]
        if line.current.cap == 0 and cap == 0:
            return Refusal.NOTHING_TO_CLOSE
        if line.current.cap and line.change:
            return Refusal.CHANGE_PENDING
        self._write(place, replace(line, change=fresh) if line.current.cap else LineState(fresh))
        if cap and signer != (self.signers[place][-1][1] if self.signers[place] else ZERO_ADDRESS):
            self.signers[place] += ((since, signer),)
        return Refusal.NONE

    def _prune(self, place: Place) -> bool:
        """Put a change in the place of the old terms, and end what expired, once no epoch of them can be posted."""
        before = line = self.lines[place]
        if line.current.cap == 0:
            return False
        if line.change and self._is_past(line.change.since):
            line = LineState(line.change)
        if not line.change and self._is_past(line.current.until):
            line = LineState()
        if line != before:
            self._write(place, line)
        return line != before

    def _write(self, place: Place, line: LineState) -> None:
        self.caps[place[0], place[3]] += line.counted - self.lines[place].counted
        self.lines[place] = line

    def _is_past(self, epoch: int) -> bool:
        return self._clock.now > epoch * self._terms.params.epoch + self._terms.params.post
