"""What is audited: the contracts, and what their constructors fixed for ever."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hansa_chain.abi import abi_of
from hansa_chain.errors import DeploymentInvalid
from hansa_chain.profile import Params
from hansa_chain.rpc import Block, Chain
from hansa_chain.settlement import Settlement
from hansa_chain.vault import Vault
from hansa_protocol.identity import Address

CASE_CONTRACTS = ("Statements", "Challenges", "Disputes")
"""The contracts that open cases against hubs."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Name the contracts of one settlement, each vault's token, and the times and rates."""

    settlement: Address
    credit_lines: Address
    providers: Address
    tokens: Mapping[Address, Address]
    case_contracts: Mapping[str, Address]
    claims: Address | None
    treasury: Address
    params: Params
    leaf_fee: int

    @property
    def contracts(self) -> Mapping[Address, str]:
        """Return the name of every contract whose events count."""
        named = {self.settlement: "Settlement", self.credit_lines: "CreditLines", self.providers: "Providers"}
        named |= dict.fromkeys(self.tokens, "Vault")
        named |= {address: name for name, address in self.case_contracts.items()}
        return named | ({self.claims: "Claims"} if self.claims else {})


def fetch_scope(chain: Chain, named: Sequence[tuple[str, Address]], *, at: Block) -> Scope:
    """Return the scope of contracts that are named as in a manifest; several may be called Vault.

    Credit lines and providers are those that the settlement names. Raises DeploymentInvalid.
    """
    one, vaults = dict(named), [address for name, address in named if name == "Vault"]
    if "Settlement" not in one or not vaults:
        raise DeploymentInvalid("an audit needs a Settlement and a Vault at least: name their addresses")
    settlement, claims = Settlement(chain, one["Settlement"]), one.get("Claims")
    for vault in vaults:
        if not settlement.is_vault(vault, at=at):
            raise DeploymentInvalid(f"{vault} is no vault of the settlement {settlement.address}: correct the address")
    return Scope(
        settlement=settlement.address,
        credit_lines=_ask(chain, "Settlement", settlement.address, "lines", at),
        providers=_ask(chain, "Settlement", settlement.address, "providers", at),
        tokens={vault: Vault(chain, vault).token(at=at) for vault in vaults},
        case_contracts={name: one[name] for name in CASE_CONTRACTS if name in one},
        claims=claims,
        treasury=settlement.treasury(at=at),
        params=settlement.params(at=at),
        leaf_fee=_ask(chain, "Claims", claims, "leafFee", at) if claims else 0,
    )


def _ask(chain: Chain, contract: str, address: Address, function: str, at: Block) -> Any:
    entry = abi_of(contract).functions[function]
    return entry.decode(chain.call(address, entry.encode(()), at=at))[0]
