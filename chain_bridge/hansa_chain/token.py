"""The ERC-20 token behind a vault; development tokens can be minted by anybody."""

from hansa_chain.contract import Call, ContractAdapter
from hansa_chain.rpc import Block
from hansa_protocol.identity import Address
from hansa_protocol.units import Wei


class Token(ContractAdapter):
    """Read and write an ERC-20 token."""

    CONTRACT = "HansaToken"

    def balance_of(self, account: Address, *, at: Block) -> Wei:
        """Return what an account holds outside of vaults."""
        return Wei(self._read("balanceOf", account, at=at))

    def allowance(self, owner: Address, spender: Address, *, at: Block) -> Wei:
        """Return what `spender` may take from `owner`."""
        return Wei(self._read("allowance", owner, spender, at=at))

    def decimals(self, *, at: Block) -> int:
        """Return how many digits follow the point of an amount."""
        return int(self._read("decimals", at=at))

    def symbol(self, *, at: Block) -> str:
        """Return the token's short name."""
        return str(self._read("symbol", at=at))

    def total_supply(self, *, at: Block) -> Wei:
        """Return how many there are."""
        return Wei(self._read("totalSupply", at=at))

    def approve(self, spender: Address, amount: Wei) -> Call:
        """Let `spender` take up to `amount` of the sender's tokens."""
        return self._write("approve", spender, amount)

    def transfer(self, to: Address, amount: Wei) -> Call:
        """Send tokens."""
        return self._write("transfer", to, amount)

    def mint(self, to: Address, amount: Wei) -> Call:
        """Make tokens; only development tokens have this."""
        return self._write("mint", to, amount)
