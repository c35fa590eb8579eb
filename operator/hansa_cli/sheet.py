"""The balance sheet of a vault at one block: what it holds, and to whom it owes it. Amounts in wei."""

from dataclasses import dataclass

from hansa_cli.listing import Listing
from hansa_protocol.units import Wei, format_amount


@dataclass(frozen=True, slots=True)
class Party:
    """Name an account and what it is in this market."""

    name: str
    role: str
    address: str


@dataclass(frozen=True, slots=True)
class Holding:
    """Report what one party has: tokens in its own wallet, and its balance in the vault."""

    name: str
    role: str
    address: str
    wallet: int
    balance: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """Report a vault: parties' balances, custody of contracts (escrow, bonds), and the tokens that are there."""

    block: int
    symbol: str
    decimals: int
    treasury: str
    holdings: tuple[Holding, ...]
    custody: tuple[Holding, ...]
    held: int

    @property
    def owed(self) -> int:
        """Return the sum of everything that the vault owes."""
        return sum(item.balance for item in (*self.holdings, *self.custody))

    def balance(self, address: str) -> int:
        """Return a party's vault balance; 0 for a stranger."""
        return sum(item.balance for item in self.holdings if item.address == address)

    def custody_of(self, address: str) -> int:
        """Return what a contract holds in the vault for others."""
        return sum(item.balance for item in self.custody if item.address == address)

    def text(self, amount: int) -> str:
        """Return an amount in tokens."""
        return format_amount(Wei(amount), self.decimals)


def list_sheet(sheet: Sheet, opening: Sheet | None = None) -> Listing:
    """Return the sheet as a table; with an opening one also how everything moved since."""
    rows: list[tuple[str, ...]] = []
    for item in (*sheet.holdings, *sheet.custody):
        row = (item.role, item.name, short(item.address), sheet.text(item.wallet), sheet.text(item.balance))
        before = opening.balance(item.address) + opening.custody_of(item.address) if opening else 0
        rows.append((*row, _signed(sheet, item.balance - before)) if opening else row)
    headings: tuple[str, ...] = ("ROLE", "NAME", "ADDRESS", "WALLET", "IN VAULT")
    total: tuple[str, ...] = ("", "sum", "", "", sheet.text(sheet.owed))
    if opening:
        headings, total = (*headings, "CHANGE"), (*total, _signed(sheet, sheet.owed - opening.owed))
    title = f"Vault at block {sheet.block}: holds {sheet.text(sheet.held)} {sheet.symbol}"
    return Listing(
        title, headings, tuple(rows), frozenset({"WALLET", "IN VAULT", "CHANGE"}), total, ("ADDRESS", "WALLET")
    )


def _signed(sheet: Sheet, amount: int) -> str:
    return f"+{sheet.text(amount)}" if amount > 0 else sheet.text(amount)


def short(text: str) -> str:
    """Return the beginning and end of an address or hash, for a table."""
    return f"{text[:10]}…{text[-4:]}"
