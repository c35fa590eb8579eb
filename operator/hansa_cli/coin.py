"""Amounts of a token in the unit that people know."""

from dataclasses import dataclass

from hansa_chain.errors import DeploymentInvalid, Reverted
from hansa_chain.rpc import Block
from hansa_chain.token import Token
from hansa_cli.sheet import short
from hansa_protocol.identity import Address
from hansa_protocol.units import Wei, format_amount

MOST_CHARACTERS = 11
MOST_DECIMALS = 36


@dataclass(frozen=True, slots=True)
class Coin:
    """Say how amounts of a token are shown."""

    token: Address
    symbol: str
    decimals: int

    def number(self, wei: int) -> str:
        """Return an amount without its unit, for a table that names it."""
        return format_amount(Wei(wei), self.decimals)

    def text(self, wei: int) -> str:
        """Return an amount with its unit."""
        return f"{self.number(wei)} {self.symbol}"


def read_coin(token: Token, *, at: Block) -> Coin:
    """Return how a token's amounts are shown: one that has no decent symbol is called by its address.

    Both `symbol` and `decimals` are optional in ERC-20; amounts of a token without the latter are shown as it counts.
    """
    try:
        decimals = token.decimals(at=at)
    except (Reverted, DeploymentInvalid):
        decimals = MOST_DECIMALS + 1
    if decimals > MOST_DECIMALS:
        return Coin(token.address, f"units of {short(token.address)}", 0)
    try:
        symbol = token.symbol(at=at)
    except (Reverted, DeploymentInvalid):
        symbol = ""
    # A token's makers choose its symbol: nothing that would pass for other words of ours.
    decent = symbol.isascii() and symbol.isprintable() and " " not in symbol and 0 < len(symbol) <= MOST_CHARACTERS
    return Coin(token.address, symbol if decent else f"of {short(token.address)}", decimals)
