"""Find a node of the hub's chain, and read from it what the command line shows."""

import base64
import os
from collections.abc import Iterable
from dataclasses import dataclass

from hansa_chain.errors import ChainProblem, ChainUnreachable, NoUrl, Reverted
from hansa_chain.providers import Providers
from hansa_chain.rpc import BlockStamp, Chain
from hansa_chain.services import Services
from hansa_chain.settlement import Settlement
from hansa_chain.token import Token
from hansa_chain.vault import Vault
from hansa_cli.cluster.client import ApiRefused, Cluster, Manifest, Resource
from hansa_cli.problem import ExitCode, Problem
from hansa_cli.sheet import Holding, Party, Sheet
from hansa_cli.verify.facts import Registers
from hansa_protocol.identity import Address, parse_address

SECRETS = Resource("v1", "secrets", "Secret", namespaced=True)
SYSTEM = "hansa-system"
RPC_VARIABLE = "HANSA_RPC_URL"


@dataclass(frozen=True, slots=True)
class Books:
    """Name the contracts of one hub and one vault on a node."""

    chain: Chain
    settlement: Settlement
    vault: Vault
    providers: Providers
    services: Services
    hub: Address
    symbol: str
    decimals: int

    @property
    def registers(self) -> Registers:
        """Return the contracts that have a say in a batch."""
        return Registers(self.settlement, self.vault, self.providers, self.services)


def find_node(cluster: Cluster, hub: Manifest, given: str | None = None) -> str:
    """Return a node's address: the one given, else $HANSA_RPC_URL, else the hub's own where its Secret may be read."""
    chosen = given or os.environ.get(RPC_VARIABLE)
    if chosen:
        return chosen
    name = hub["spec"]["rpcSecretRef"]["name"]
    try:
        secret = cluster.get(SECRETS, os.environ.get("HANSA_NAMESPACE", SYSTEM), name)
    except ApiRefused:
        secret = None
    if secret is None or "url" not in (secret.get("data") or {}):
        what = f"no node of chain {hub['spec']['chainID']} is known: the hub's Secret {name} cannot be read"
        raise Problem(what, f"give one: --rpc-url URL, or set {RPC_VARIABLE}", code=ExitCode.UNREACHABLE)
    return base64.b64decode(secret["data"]["url"]).decode().strip()


def open_books(cluster: Cluster, hub: Manifest, given: str | None = None) -> list[Books]:
    """Connect to the hub's chain; returns one entry a vault."""
    spec = hub["spec"]
    try:
        chain = Chain.connect(find_node(cluster, hub, given), chain_id=spec["chainID"])
    except ChainProblem as problem:
        raise explain_chain(problem) from problem
    return [
        Books(
            chain=chain,
            settlement=Settlement(chain, parse_address(spec["contracts"]["settlement"])),
            vault=Vault(chain, parse_address(vault["address"])),
            providers=Providers(chain, parse_address(spec["contracts"]["providers"])),
            services=Services(chain, parse_address(spec["contracts"]["services"])),
            hub=parse_address(spec["address"]),
            symbol=vault["symbol"],
            decimals=vault["decimals"],
        )
        for vault in spec["vaults"]
    ]


def market_terms(cluster: Cluster, hub: Manifest) -> tuple[int, int]:
    """Return the protocol's fee in basis points and the epoch's length in seconds."""
    try:
        params = open_books(cluster, hub)[0].settlement.params(at="latest")
    except ChainProblem as problem:
        raise explain_chain(problem) from problem
    return params.fee_bps, params.epoch


def explain_chain(problem: ChainProblem) -> Problem:
    """Return what a person can do about an answer of the chain."""
    if isinstance(problem, NoUrl):
        return Problem(str(problem), f"give one with --rpc-url, or set {RPC_VARIABLE}", code=ExitCode.USAGE)
    if isinstance(problem, ChainUnreachable):
        remedy = "see whether the node runs; give another with --rpc-url"
        return Problem(str(problem), remedy, code=ExitCode.UNREACHABLE)
    if isinstance(problem, Reverted):
        what = str(problem).removesuffix(problem.remedy).rstrip(" .")
        return Problem(what, problem.remedy, code=ExitCode.REFUSED)
    # Their messages end with what to do.
    what, colon, remedy = str(problem).rpartition(": ")
    told = (what, remedy) if colon else (remedy, "correct this, and try again")
    return Problem(*told, code=ExitCode.REFUSED)


def read_sheet(books: Books, parties: Iterable[Party]) -> Sheet:
    """Return a vault's balance sheet at the latest block; the treasury is added to the parties."""
    try:
        at = books.chain.stamp("latest")
        treasury = books.settlement.treasury(at=at)
        token = Token(books.chain, books.vault.token(at=at))
        everybody = (*parties, Party("treasury", "protocol", treasury))
        contracts = (
            Party("escrow and hubs' bonds", "contract", books.settlement.address),
            Party("providers' bonds", "contract", books.providers.address),
        )
        return Sheet(
            block=at.number,
            symbol=books.symbol,
            decimals=books.decimals,
            treasury=treasury,
            holdings=tuple(_holding(books, token, party, at) for party in everybody),
            custody=tuple(_custody(books, party, at) for party in contracts),
            held=token.balance_of(books.vault.address, at=at),
        )
    except ChainProblem as problem:
        raise explain_chain(problem) from problem


def _holding(books: Books, token: Token, party: Party, at: BlockStamp) -> Holding:
    account = parse_address(party.address)
    wallet, balance = token.balance_of(account, at=at), books.vault.balance_of(account, at=at)
    return Holding(party.name, party.role, account, wallet, balance)


def _custody(books: Books, party: Party, at: BlockStamp) -> Holding:
    address = parse_address(party.address)
    return Holding(party.name, party.role, address, 0, books.vault.custody_of(address, at=at))
