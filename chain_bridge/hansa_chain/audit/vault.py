"""A vault's books: every balance, custody and request, out of what came in, moved and went out."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import singledispatchmethod

from hansa_chain.audit.entries import Entry, Question
from hansa_chain.vault import PendingWithdrawal
from hansa_protocol.identity import Address
from hansa_protocol.rows import Row
from hansa_protocol.units import Wei


@dataclass(frozen=True, slots=True)
class Deposited:
    """Tell that tokens were credited to `to`."""

    to: Address
    amount: int


@dataclass(frozen=True, slots=True)
class CustodyDeposited:
    """Tell that tokens came into the custody of a contract."""

    holder: Address
    amount: int


@dataclass(frozen=True, slots=True)
class WithdrawalRequested:
    """Tell that an account asked for its money."""

    account: Address
    amount: int
    available_at: int


@dataclass(frozen=True, slots=True)
class WithdrawalCancelled:
    """Tell that an account took its request back."""

    account: Address


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Tell that an account was paid; `left` of its request stays open."""

    account: Address
    amount: int
    left: int


@dataclass(frozen=True, slots=True)
class Debited:
    """Tell what a settlement took of accounts into its custody."""

    settlement: Address
    taken: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Credited:
    """Tell what a contract gave accounts out of its custody."""

    holder: Address
    rows: tuple[Row, ...]


NOTHING = PendingWithdrawal(Wei(0), 0)


@dataclass(slots=True)
class VaultBooks:
    """Hold what one vault owes to whom."""

    address: Address
    held: int = 0
    balances: defaultdict[Address, int] = field(default_factory=lambda: defaultdict(int))
    custodies: defaultdict[Address, int] = field(default_factory=lambda: defaultdict(int))
    requests: dict[Address, PendingWithdrawal] = field(default_factory=dict)

    @singledispatchmethod
    def apply(self, event: object) -> None:
        """Enter an event; others than a vault's change nothing."""

    @apply.register
    def _(self, event: Deposited) -> None:
        self.held += event.amount
        self.balances[event.to] += event.amount

    @apply.register
    def _(self, event: CustodyDeposited) -> None:
        self.held += event.amount
        self.custodies[event.holder] += event.amount

    @apply.register
    def _(self, event: WithdrawalRequested) -> None:
        self.requests[event.account] = PendingWithdrawal(Wei(event.amount), event.available_at)

    @apply.register
    def _(self, event: WithdrawalCancelled) -> None:
        self.requests[event.account] = NOTHING

    @apply.register
    def _(self, event: Withdrawn) -> None:
        self.held -= event.amount
        self.balances[event.account] -= event.amount
        available_at = self.requests[event.account].available_at
        self.requests[event.account] = PendingWithdrawal(Wei(event.left), available_at) if event.left else NOTHING

    @apply.register
    def _(self, event: Debited) -> None:
        for row in event.taken:
            self.balances[row.account] -= row.amount
            self.custodies[event.settlement] += row.amount

    @apply.register
    def _(self, event: Credited) -> None:
        for row in event.rows:
            self.balances[row.account] += row.amount
            self.custodies[event.holder] -= row.amount

    def entries(self, token: Address) -> Iterator[Entry]:
        """Yield what the vault must say, and that its tokens are there."""
        for account, amount in self.balances.items():
            yield self._amount(account, "balance", amount, self._ask("balanceOf", account))
        for account, request in self.requests.items():
            asked = self._ask("pendingWithdrawal", account)
            yield self._amount(account, "asked to withdraw", request.amount, asked)
            yield Entry(account, "withdraws at", request.available_at, asked, (1,))
        for holder, amount in self.custodies.items():
            yield self._amount(holder, "custody", amount, self._ask("custodyOf", holder))
        yield self._amount(self.address, "owes in all", self.held, self._ask("totalHeld"))
        # Anybody can send tokens to a vault: it may have more, never less.
        have = Question("HansaToken", token, "balanceOf", (self.address,))
        yield Entry(self.address, "tokens for what it owes", self.held, have, vault=self.address, at_most=True)

    def custody_entry(self, holder: Address, role: str, amount: int) -> Entry:
        """Return that a contract's own events explain its custody here."""
        return self._amount(holder, role, amount, self._ask("custodyOf", holder))

    def _amount(self, account: Address, role: str, amount: int, question: Question) -> Entry:
        return Entry(account, role, amount, question, vault=self.address)

    def _ask(self, function: str, *arguments: Address) -> Question:
        return Question("Vault", self.address, function, arguments)
