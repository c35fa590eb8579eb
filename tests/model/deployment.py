"""Two deployments that differ only in whether there is a court, and the people who act on them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from web3.utils import get_create_address

from hansa_chain.abi import encode_constructor
from hansa_chain.artifacts import load_bytecode
from hansa_chain.profile import Params
from hansa_protocol.identity import ZERO_ADDRESS, Address, keccak, parse_address
from hansa_protocol.signing import address_of
from tests.model.terms import HIGHEST_ROYALTY_BPS, Terms
from tests.model.world import Call, World

CHAIN_ID = 31_337
START = 20_000_000
"""When histories begin, in unix seconds: at the start of an epoch."""
WALLET, RICH = 10**30, 2**130
"""What everybody has of a token, and what eve has: more than a vault can hold."""
MAX = 2**256 - 1
PARAMS = Params(
    epoch=20,
    post=14,
    window=8,
    reveal=7,
    answer=7,
    queue=2,
    court=0,
    sealing=2,
    finality=3,
    outage=1,
    audit=1,
    fee_bps=500,
    cover_bps=10_000,
)
"""No second to spare, as in the contracts' own tests."""
NOTICE, WITHDRAWAL, UNBONDING = 40, 41, 68
LEAF_FEE = 10**16
ROYALTIES = {1: 1_000, 2: 3_000}
"""Basis points of the services that are published before a history begins."""
NAMES = (
    *("ada", "ben", "cat"),
    *("north", "south", "author"),
    *("hub", "rival"),
    *("treasury", "court", "eve"),
    *("ada-orders", "ben-orders", "north-receipts", "south-receipts", "new-receipts"),
)


@dataclass(frozen=True, slots=True)
class Person:
    """Hold a key and its address."""

    name: str
    key: bytes
    address: Address

    @property
    def wallet(self) -> int:
        """Return what it has of each token before a history."""
        return RICH if self.name == "eve" else WALLET


def _person(name: str) -> Person:
    key = keccak(b"hansa model " + name.encode())
    return Person(name, key, address_of(key))


PEOPLE = {name: _person(name) for name in NAMES}


@dataclass(frozen=True, slots=True)
class Creation:
    """Hold the code that makes a contract, and where it will be."""

    contract: str
    address: Address
    code: bytes


@dataclass(frozen=True, slots=True)
class Deployment:
    """Hold a deployment: what is created in which order, and which calls come before every history."""

    terms: Terms
    creations: Mapping[str, Creation]

    @property
    def places(self) -> dict[str, Address]:
        """Return the address of every label."""
        return {label: creation.address for label, creation in self.creations.items()}

    def abi_name(self, label: str) -> str:
        """Return the name of the contract behind a label."""
        return self.creations[label].contract

    def preparations(self) -> list[Call]:
        """Return the calls that give everybody tokens and approvals, and publish services."""
        return [*self._tokens("Token A", "Vault A"), *self._tokens("Token B", "Vault B"), *self._services()]

    def world(self) -> World:
        """Return the model of it after its preparations."""
        world = World(self.terms, self.places, CHAIN_ID)
        for publishing in self._services():
            world.play(publishing)
        for vault in world.vaults.values():
            for person in PEOPLE.values():
                vault.token.wallets[person.address] = person.wallet
        return world

    def _tokens(self, token: str, vault: str) -> list[Call]:
        takers = (vault, "Providers", "Settlement", "Statements", "Challenges", "Disputes", "Claims")
        minted = [_prepare(one, token, "mint", one.address, one.wallet) for one in PEOPLE.values()]
        return minted + [
            _prepare(one, token, "approve", self.places[taker], MAX) for one in PEOPLE.values() for taker in takers
        ]

    def _services(self) -> list[Call]:
        author = PEOPLE["author"]
        return [
            _prepare(author, "Services", "publish", f"service {id_}", "1", author.address, bps, keccak(b"content"))
            for id_, bps in ROYALTIES.items()
        ]


def plan_deployment(deployer: Address, first_nonce: int, *, court: bool) -> Deployment:
    """Return the deployment that an account makes with its next nonces."""
    terms = Terms(
        PARAMS,
        NOTICE,
        WITHDRAWAL,
        UNBONDING,
        LEAF_FEE,
        PEOPLE["treasury"].address,
        PEOPLE["court"].address if court else ZERO_ADDRESS,
    )
    at = {
        label: parse_address(get_create_address(deployer, first_nonce + i))
        for i, (label, _, _) in enumerate(_plan(terms, {}))
    }
    creations = {
        label: Creation(contract, at[label], load_bytecode(contract) + encode_constructor(contract, arguments))
        for label, contract, arguments in _plan(terms, at)
    }
    return Deployment(terms, creations)


def _plan(terms: Terms, at: Mapping[str, Address]) -> tuple[tuple[str, str, tuple[Any, ...]], ...]:
    """Return label, contract and constructor arguments in the order of creation; addresses may be unknown yet."""
    p = terms.params

    def get(label: str) -> Address:
        return at.get(label, ZERO_ADDRESS)

    vaults = [get("Vault A"), get("Vault B")]
    shared = (get("Settlement"), get("Services"))
    return (
        ("Token A", "HansaToken", ()),
        ("Token B", "HansaToken", ()),
        ("CreditLines", "CreditLines", (p.epoch, p.post, terms.notice)),
        ("Vault A", "Vault", (get("Token A"), get("CreditLines"), terms.withdrawal)),
        ("Vault B", "Vault", (get("Token B"), get("CreditLines"), terms.withdrawal)),
        ("Services", "Services", (HIGHEST_ROYALTY_BPS,)),
        ("Providers", "Providers", (p.epoch, terms.notice, terms.unbonding, vaults, get("Disputes"))),
        (
            "Settlement",
            "Settlement",
            (
                p.to_abi(),
                get("CreditLines"),
                get("Providers"),
                terms.treasury,
                vaults,
                [get(label) for label in ("Statements", "Challenges", "Disputes", "Claims")],
            ),
        ),
        ("Statements", "Statements", (*shared, terms.leaf_fee)),
        ("Challenges", "Challenges", (*shared, get("Statements"), terms.leaf_fee)),
        ("Disputes", "Disputes", (*shared, get("Statements"), terms.leaf_fee, terms.court)),
        ("Claims", "Claims", (*shared, terms.leaf_fee)),
    )


def _prepare(person: Person, label: str, function: str, *arguments: Any) -> Call:
    return Call(START, 1, person.address, label, function, arguments)
