"""The books of credit lines: the terms of every line, the caps that count on every balance, nonces and signers."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import singledispatchmethod

from hansa_chain.audit.entries import Entry, Question
from hansa_chain.credit_lines import LineTerms
from hansa_protocol.identity import ZERO_ADDRESS, Address
from hansa_protocol.units import Wei


@dataclass(frozen=True, slots=True)
class LineSet:
    """Tell the new terms of a line."""

    customer: Address
    hub: Address
    vault: Address
    settlement: Address
    tenant: str
    terms: LineTerms
    nonce: int


@dataclass(frozen=True, slots=True)
class LinePruned:
    """Tell that a line's change took the place of its terms, or that it ended."""

    customer: Address
    hub: Address
    vault: Address
    settlement: Address


@dataclass(frozen=True, slots=True)
class CapsChanged:
    """Tell the sum of caps on a balance."""

    customer: Address
    vault: Address
    caps: int


@dataclass(frozen=True, slots=True)
class NonceChanged:
    """Tell a customer's next nonce for a vault."""

    customer: Address
    vault: Address
    nonce: int


@dataclass(frozen=True, slots=True, order=True)
class Lane:
    """Say whose line it is, and for whom."""

    customer: Address
    settlement: Address
    hub: Address
    vault: Address


NONE = LineTerms(Wei(0), 0, 0, ZERO_ADDRESS)


@dataclass(slots=True)
class LineState:
    """Hold a line's terms and the change that waits; signers are kept for as long as the line's address is."""

    current: LineTerms = NONE
    change: LineTerms | None = None
    signers: list[tuple[int, Address]] = field(default_factory=list)

    @property
    def counted(self) -> int:
        """Return what the line counts for in the sum of caps."""
        return max(self.current.cap, self.change.cap if self.change else 0)

    def signer_at(self, epoch: int) -> Address:
        """Return the order signer of an epoch."""
        return next((key for since, key in reversed(self.signers) if since <= epoch), ZERO_ADDRESS)


@dataclass(slots=True)
class LineBooks:
    """Hold all lines of one CreditLines contract."""

    address: Address
    lines: defaultdict[Lane, LineState] = field(default_factory=lambda: defaultdict(LineState))
    caps: defaultdict[tuple[Address, Address], int] = field(default_factory=lambda: defaultdict(int))
    nonces: dict[tuple[Address, Address], int | None] = field(default_factory=dict)
    pruned: Lane | None = None

    @singledispatchmethod
    def apply(self, event: object) -> None:
        """Enter an event; others than of lines change nothing."""

    @apply.register
    def _(self, event: LineSet) -> None:
        line = self.lines[_lane(event)]
        self.caps[event.customer, event.vault] -= line.counted
        if line.current.cap == 0:
            line.current = event.terms
        else:
            line.change = event.terms
        self.caps[event.customer, event.vault] += line.counted
        last = line.signers[-1][1] if line.signers else ZERO_ADDRESS
        if event.terms.cap and event.terms.order_signer != last:
            line.signers.append((event.terms.from_epoch, event.terms.order_signer))
        # Closing without a signature uses no nonce up, and says the same as a signed line that closes.
        perhaps_revoked = event.terms.cap == 0 and event.terms.until_epoch == 0 and event.tenant == ""
        self.nonces[event.customer, event.vault] = None if perhaps_revoked else event.nonce + 1

    @apply.register
    def _(self, event: LinePruned) -> None:
        self.pruned = _lane(event)

    @apply.register
    def _(self, event: CapsChanged) -> None:
        """Find out what was pruned: the change that waited counts from now on, or nothing does."""
        lane, self.pruned = self.pruned, None
        if lane is None:
            return
        line, key = self.lines[lane], (event.customer, event.vault)
        others = self.caps[key] - line.counted
        left = line.change if line.change and event.caps - others == line.change.cap else None
        line.current, line.change = left if left and left.cap else NONE, None
        self.caps[key] = others + line.counted

    @apply.register
    def _(self, event: NonceChanged) -> None:
        self.nonces[event.customer, event.vault] = event.nonce

    def entries(self, epoch: int) -> Iterator[Entry]:
        """Yield what the contract must say of every line, and of signers in an epoch."""
        for lane, line in self.lines.items():
            yield from self._line(lane, line, epoch)
        for (customer, vault), amount in self.caps.items():
            asked = self._ask("capsOf", customer, vault)
            yield Entry(customer, "caps of all lines", amount, asked, vault=vault)
        for (customer, vault), nonce in self.nonces.items():
            if nonce is not None:
                yield Entry(customer, "next nonce", nonce, self._ask("nonceOf", customer, vault))

    def _line(self, lane: Lane, line: LineState, epoch: int) -> Iterator[Entry]:
        place = (lane.customer, lane.settlement, lane.hub, lane.vault)
        asked = self._ask("lineOf", *place)
        yield Entry(lane.customer, f"cap for {lane.hub}", line.current.cap, asked, (0, 0), lane.vault)
        if line.current.cap:
            yield Entry(lane.customer, f"from epoch, for {lane.hub}", line.current.from_epoch, asked, (0, 1))
            yield Entry(lane.customer, f"until epoch, for {lane.hub}", line.current.until_epoch, asked, (0, 2))
        change = line.change or NONE
        yield Entry(lane.customer, f"next cap for {lane.hub}", change.cap, asked, (1, 0), lane.vault)
        yield Entry(lane.customer, f"next from epoch, for {lane.hub}", change.from_epoch, asked, (1, 1))
        yield Entry(lane.customer, f"next until epoch, for {lane.hub}", change.until_epoch, asked, (1, 2))
        signer = self._ask("orderSignerOf", *place, epoch)
        yield Entry(lane.customer, f"order signer for {lane.hub}", line.signer_at(epoch), signer)

    def _ask(self, function: str, *arguments: Address | int) -> Question:
        return Question("CreditLines", self.address, function, arguments)


def _lane(event: LineSet | LinePruned) -> Lane:
    return Lane(event.customer, event.settlement, event.hub, event.vault)
