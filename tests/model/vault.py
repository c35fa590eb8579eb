"""A vault: balances, what contracts hold for others, and withdrawals that wait."""

from collections.abc import Sequence
from dataclasses import dataclass

from hansa_protocol.identity import ZERO_ADDRESS, Address, address_bytes
from hansa_protocol.rows import Row
from hansa_protocol.units import UINT96_MAX, Wei
from tests.model.lines import CreditLines
from tests.model.storage import Journal, Table, require
from tests.model.terms import Ground

MOST_HELD = 2**128 - 1


@dataclass(frozen=True, slots=True)
class Request:
    """Hold a withdrawal that was asked for."""

    amount: int = 0
    available_at: int = 0


class Token:
    """A plain ERC-20 token; everybody has approved every contract."""

    def __init__(self, journal: Journal) -> None:
        self.wallets: Table[Address, int] = Table(journal, 0)

    def move(self, sender: Address, to: Address, amount: int) -> None:
        """Move tokens."""
        held = self.wallets[sender]
        require(amount <= held, "ERC20InsufficientBalance", sender, held, amount)
        self.wallets[sender] -= amount
        self.wallets[to] += amount


class Vault:
    """Hold one token for everybody."""

    def __init__(self, ground: Ground, address: Address, lines: CreditLines) -> None:
        self.address, self.token = address, Token(ground.journal)
        self._clock, self._delay, self._lines = ground.clock, ground.terms.withdrawal, lines
        self.balances: Table[Address, int] = Table(ground.journal, 0)
        self.custodies: Table[Address, int] = Table(ground.journal, 0)
        self.last_debit: tuple[Row, ...] = ()
        self.requests: Table[Address, Request] = Table(ground.journal, Request())
        self.charged: Table[tuple[Address, Address], tuple[int, Address]] = Table(ground.journal, (0, ZERO_ADDRESS))

    @property
    def held(self) -> int:
        """Return what the vault owes."""
        return sum(self.balances.values()) + sum(self.custodies.values())

    def deposit(self, sender: Address, to: Address, amount: int) -> int:
        """Credit the sender's tokens to somebody."""
        self._check_payee(to)
        self._pull(sender, amount)
        self.balances[to] += amount
        return amount

    def deposit_with_permit(self, sender: Address, to: Address, amount: int, *_permit: object) -> int:
        """Do the same with a permit, which does nothing here: everybody has approved every contract."""
        return self.deposit(sender, to, amount)

    def deposit_custody(self, sender: Address, amount: int) -> int:
        """Give the sender's tokens into its own custody."""
        self._pull(sender, amount)
        self.custodies[sender] += amount
        return amount

    def request_withdrawal(self, sender: Address, amount: int) -> None:
        """Ask for money, which stays debitable until it is paid."""
        require(amount != 0, "ZeroAmount")
        pending = self.requests[sender]
        require(pending.amount == 0, "WithdrawalPending", pending.amount, pending.available_at)
        self._check_balance(sender, amount)
        self.requests[sender] = Request(amount, self._clock.now + self._delay)

    def cancel_withdrawal(self, sender: Address) -> None:
        """Take a request back."""
        require(self.requests[sender].amount != 0, "NoWithdrawalPending", sender)
        self.requests[sender] = Request()

    def withdraw(self, sender: Address, to: Address, amount: int) -> None:
        """Pay a part of a request that has waited long enough."""
        request = self.requests[sender]
        require(amount != 0, "ZeroAmount")
        self._check_payee(to)
        require(request.amount != 0, "NoWithdrawalPending", sender)
        now = self._clock.now
        require(now >= request.available_at, "WithdrawalTooEarly", request.available_at, now)
        require(amount <= request.amount, "WithdrawalExceedsRequest", amount, request.amount)
        self._check_balance(sender, amount)
        left = request.amount - amount
        self.requests[sender] = Request(left, request.available_at) if left else Request()
        self.balances[sender] -= amount
        self.token.move(self.address, to, amount)

    def debit(self, sender: Address, hub: Address, epoch: int, rows: Sequence[Row]) -> tuple[Row, ...]:
        """Take rows; returns what was taken, or nothing when each was taken whole."""
        taken = self.take(sender, hub, epoch, rows)
        return () if taken == tuple(rows) else taken

    def take(self, sender: Address, hub: Address, epoch: int, rows: Sequence[Row]) -> tuple[Row, ...]:
        """Take min(row, cap, balance) of every row into the sender's custody; nobody pays without a line in force."""
        last_epoch, last_account = self.charged[sender, hub]
        require(epoch >= last_epoch, "EpochAlreadyCharged", epoch, last_epoch)
        self._lines.require_chargeable(epoch)
        previous, taken = last_account if epoch == last_epoch else ZERO_ADDRESS, list[Row]()
        for row in rows:
            rising = address_bytes(row.account) > address_bytes(previous)
            require(rising, "DebitsNotRising", previous, row.account)
            previous = row.account
            self.charged[sender, hub] = epoch, previous
            cap = self._lines.cap_in(row.account, sender, hub, self.address, epoch)
            require(cap != 0, "NoLineInForce", row.account, sender, hub, epoch)
            part = min(row.amount, cap, self.balances[row.account])
            self.balances[row.account] -= part
            self.custodies[sender] += part
            taken.append(Row(row.account, Wei(part)))
        self.last_debit = tuple(taken)
        return self.last_debit

    def credit(self, sender: Address, rows: Sequence[Row]) -> None:
        """Give out of the sender's custody."""
        for row in reversed(rows):
            self._check_payee(row.account)
        total, custody = sum(row.amount for row in rows), self.custodies[sender]
        require(total <= custody, "InsufficientCustody", sender, total, custody)
        self.custodies[sender] -= total
        for row in rows:
            self.balances[row.account] += row.amount

    def pull(self, contract: Address, payer: Address, amount: int) -> int:
        """Take tokens of a contract's caller into the contract's custody."""
        self.token.move(payer, contract, amount)
        self.deposit_custody(contract, amount)
        require(amount <= UINT96_MAX, "BondTooLarge", amount)
        return amount

    def pay(self, contract: Address, to: Address, amount: int) -> None:
        """Credit somebody out of a contract's custody."""
        self.credit(contract, [Row(to, Wei(amount))])

    def _pull(self, sender: Address, amount: int) -> None:
        require(amount != 0, "ZeroAmount")
        held = self.held
        self.token.move(sender, self.address, amount)
        require(held + amount <= MOST_HELD, "AmountTooLarge", held + amount, MOST_HELD)

    def _check_balance(self, account: Address, amount: int) -> None:
        balance = self.balances[account]
        require(amount <= balance, "InsufficientBalance", account, amount, balance)

    def _check_payee(self, payee: Address) -> None:
        require(payee not in (ZERO_ADDRESS, self.address), "InvalidPayee", payee)
