"""A deployment's manifest: where the contracts are, what code they have, and the times they were made with."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hansa_chain.artifacts import CONTRACTS
from hansa_chain.challenges import Challenges
from hansa_chain.claims import Claims
from hansa_chain.credit_lines import CreditLines
from hansa_chain.disputes import Disputes
from hansa_chain.errors import DeploymentInvalid
from hansa_chain.json_object import address_member, member, parse_object
from hansa_chain.profile import Profile
from hansa_chain.providers import Providers
from hansa_chain.rpc import Block, Chain
from hansa_chain.services import Services
from hansa_chain.settlement import Settlement
from hansa_chain.statements import Statements
from hansa_chain.token import Token
from hansa_chain.vault import Vault
from hansa_protocol.identity import Address, keccak

FORMAT = "hansa-deployment/1"


@dataclass(frozen=True, slots=True)
class Place:
    """Say where a contract is and what keccak256 its code has (0x hex)."""

    address: Address
    code_hash: str


@dataclass(frozen=True, slots=True)
class Contracts:
    """Bundle the adapters of one deployment; more vaults are adapters of their own."""

    token: Token
    credit_lines: CreditLines
    vault: Vault
    providers: Providers
    services: Services
    settlement: Settlement
    statements: Statements
    challenges: Challenges
    disputes: Disputes
    claims: Claims


@dataclass(frozen=True, slots=True)
class Deployment:
    """Hold what is known of a deployment; `block_number` is the block of its first creation."""

    chain_id: int
    places: Mapping[str, Place]
    treasury: Address
    profile: Profile
    block_number: int

    @classmethod
    def observe(
        cls,
        chain: Chain,
        addresses: Mapping[str, Address],
        *,
        treasury: Address,
        profile: Profile,
        block_number: int,
    ) -> "Deployment":
        """Return the manifest of what is at these addresses now; raises DeploymentInvalid where there is no code."""
        places = {
            name: Place(address, _code_hash(chain, name, address, "latest")) for name, address in addresses.items()
        }
        return cls(chain.chain_id, places, treasury, profile, block_number)

    @property
    def token(self) -> Address:
        """Return the token's address."""
        return self.places["HansaToken"].address

    @property
    def credit_lines(self) -> Address:
        """Return the address of the credit lines."""
        return self.places["CreditLines"].address

    @property
    def vault(self) -> Address:
        """Return the vault's address."""
        return self.places["Vault"].address

    @property
    def providers(self) -> Address:
        """Return the address of the register of providers."""
        return self.places["Providers"].address

    @property
    def services(self) -> Address:
        """Return the address of the services."""
        return self.places["Services"].address

    @property
    def settlement(self) -> Address:
        """Return the settlement's address."""
        return self.places["Settlement"].address

    @property
    def statements(self) -> Address:
        """Return the address of the demands for statements."""
        return self.places["Statements"].address

    @property
    def challenges(self) -> Address:
        """Return the address of the challenges of slices."""
        return self.places["Challenges"].address

    @property
    def disputes(self) -> Address:
        """Return the address of the disputes."""
        return self.places["Disputes"].address

    @property
    def claims(self) -> Address:
        """Return the address of the payees' claims."""
        return self.places["Claims"].address

    def contracts(self, chain: Chain) -> Contracts:
        """Return the adapters."""
        return Contracts(
            Token(chain, self.token),
            CreditLines(chain, self.credit_lines),
            Vault(chain, self.vault),
            Providers(chain, self.providers),
            Services(chain, self.services),
            Settlement(chain, self.settlement),
            Statements(chain, self.statements),
            Challenges(chain, self.challenges),
            Disputes(chain, self.places["Disputes"].address),
            Claims(chain, self.claims),
        )

    def verify(self, chain: Chain, *, at: Block = "latest") -> None:
        """Check that the chain has this code at these addresses; raises DeploymentInvalid or ChainUnreachable."""
        if chain.chain_id != self.chain_id:
            raise DeploymentInvalid(
                f"the deployment is on chain {self.chain_id}, not {chain.chain_id}: use its manifest"
            )
        for name, place in self.places.items():
            if _code_hash(chain, name, place.address, at) != place.code_hash:
                raise DeploymentInvalid(
                    f"{name} at {place.address} has other code than the manifest says: the chain was started anew, "
                    "or the manifest belongs to another deployment; deploy again or correct the manifest"
                )

    def save(self, path: Path) -> None:
        """Write the manifest as JSON, in one step."""
        data = {
            "format": FORMAT,
            "chainId": self.chain_id,
            "treasury": self.treasury,
            "blockNumber": self.block_number,
            "contracts": {n: {"address": p.address, "codeHash": p.code_hash} for n, p in self.places.items()},
            "profile": self.profile.to_json(),
        }
        fresh = path.with_name(f".{path.name}.{os.getpid()}")
        fresh.write_text(json.dumps(data, indent=2) + "\n")
        fresh.replace(path)

    @classmethod
    def load(cls, path: Path) -> "Deployment":
        """Return the manifest of a file; raises DeploymentInvalid when it is missing or broken."""
        try:
            return _parse(parse_object(path.read_bytes()))
        except FileNotFoundError as missing:
            raise DeploymentInvalid(f"{path} is not there: deploy first, or give the manifest's path") from missing
        except OSError as failed:
            raise DeploymentInvalid(f"{path} cannot be read, {failed.strerror}: give the manifest's path") from failed
        except ValueError as broken:
            raise DeploymentInvalid(f"{path} is no manifest ({broken}): deploy again, or restore it") from broken


def _parse(data: Mapping[str, Any]) -> Deployment:
    if (stated := member(data, "format", str)) != FORMAT:
        raise ValueError(f"its format is {stated!r}, this version reads {FORMAT!r}")
    contracts = member(data, "contracts", dict)
    if lacking := [name for name in CONTRACTS if name != "Factory" and name not in contracts]:
        raise ValueError(f"it does not say where {', '.join(lacking)} are")
    return Deployment(
        chain_id=member(data, "chainId", int),
        places={name: _place(contracts, name) for name in contracts},
        treasury=address_member(data, "treasury"),
        profile=Profile.from_json(member(data, "profile", dict)),
        block_number=member(data, "blockNumber", int),
    )


def _place(contracts: Mapping[str, Any], name: str) -> Place:
    stated = member(contracts, name, dict)
    try:
        return Place(address_member(stated, "address"), member(stated, "codeHash", str))
    except ValueError as wrong:
        raise ValueError(f"of {name} the {wrong}") from wrong


def _code_hash(chain: Chain, name: str, address: Address, at: Block) -> str:
    code = chain.code(address, at=at)
    if not code:
        raise DeploymentInvalid(
            f"there is no contract {name} at {address}: the chain was started anew or is another one; deploy again"
        )
    return "0x" + keccak(code).hex()
