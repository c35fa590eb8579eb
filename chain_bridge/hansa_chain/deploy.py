"""Put the contracts on a chain, all transactions at once, and say where they are; what is there already stays."""

from collections.abc import Mapping
from typing import Any

from hansa_chain.abi import encode_constructor
from hansa_chain.artifacts import code_digest, load_bytecode
from hansa_chain.contract import Call
from hansa_chain.creations import constructor_arguments
from hansa_chain.deployment import Deployment
from hansa_chain.errors import ChainProblem, DeploymentInvalid, Reverted
from hansa_chain.factory import creation_of, factory_at
from hansa_chain.profile import Profile
from hansa_chain.profiles import DEVELOPMENT, DEVELOPMENT_CHAINS
from hansa_chain.rpc import Chain
from hansa_chain.sender import Sender, SentTx
from hansa_chain.token import Token
from hansa_protocol.identity import ZERO_ADDRESS, Address, keccak
from hansa_protocol.units import Wei

MOST_DECIMALS = 24
"""Of a token: an amount of 96 bits has room for ten thousand whole ones then."""


def deploy_development(
    chain: Chain,
    deployer_key: bytes,
    profile: Profile = DEVELOPMENT,
    *,
    treasury: Address | None = None,
    mint: Mapping[Address, Wei] | None = None,
) -> Deployment:
    """Deploy a token, its vault and everything else, mint tokens for the given accounts, and wait until it is mined.

    The treasury is the deployer unless it is given. Raises ChainProblem with what to do.
    """
    if chain.chain_id not in DEVELOPMENT_CHAINS:
        raise ChainProblem(f"chain {chain.chain_id} is no development chain {DEVELOPMENT_CHAINS}: nothing was deployed")
    made = _Deployer(Sender(chain, deployer_key), b"development")
    token = made.create("HansaToken")
    for account, amount in (mint or {}).items():
        made.send(Token(chain, token).mint(account, amount))
    return _deploy(made, token, profile, treasury or made.sender.address)


def deploy(chain: Chain, deployer_key: bytes, profile: Profile, *, token: Address, treasury: Address) -> Deployment:
    """Deploy everything around a token that is there, and wait until it is mined; done again, it goes on.

    The addresses follow from the deployer, the profile, token, treasury and the contracts' code alone. Raises
    ChainProblem with what to do.
    """
    if profile == DEVELOPMENT and chain.chain_id not in DEVELOPMENT_CHAINS:
        raise ChainProblem(
            f"the development profile has windows of seconds, in which nobody can object, and chain {chain.chain_id} "
            "is no development chain: choose another profile"
        )
    if treasury == ZERO_ADDRESS:
        raise ChainProblem("the treasury is the zero address, from which nobody can take the fee: give an account")
    profile = profile.in_units_of(_decimals_of(chain, token))
    if treasury == token:
        raise ChainProblem("the treasury is the token itself, which can take no fee out: give an account")
    made = _Deployer(Sender(chain, deployer_key), f"{profile.to_json()} {token} {treasury}".encode())
    return _deploy(made, token, profile, treasury)


def _decimals_of(chain: Chain, address: Address) -> int:
    """Return the decimals of what has to be a token."""
    token, told = Token(chain, address), f"chain {chain.chain_id} has no token at {address}: give that of an ERC-20"
    if not chain.code(address, at="latest"):
        raise ChainProblem(told)
    try:
        token.total_supply(at="latest")
        decimals = token.decimals(at="latest")
    except (Reverted, DeploymentInvalid) as other:
        raise ChainProblem(told) from other
    if decimals > MOST_DECIMALS:
        raise ChainProblem(
            f"the token at {address} has {decimals} decimals, at most {MOST_DECIMALS} fit: amounts have 96 bits"
        )
    return decimals


def _deploy(made: "_Deployer", token: Address, profile: Profile, treasury: Address) -> Deployment:
    places = {"HansaToken": token, **_create_all(made, token, profile, treasury)}
    chain = made.sender.chain
    mined = made.wait()
    # The one that is created first: an audit has to begin before anything can happen.
    lines = places["CreditLines"]
    block = mined[lines] if lines in mined else _find_creation(chain, lines)
    return Deployment.observe(chain, places, treasury=treasury, profile=profile, block_number=block)


def _create_all(made: "_Deployer", token: Address, profile: Profile, treasury: Address) -> dict[str, Address]:
    creations = constructor_arguments(profile, token=token, treasury=treasury, place_of=made.place_of)
    return {name: made.create(name, *arguments) for name, arguments in creations.items()}


def _find_creation(chain: Chain, place: Address) -> int:
    """Return the first block that has a contract; the node must know its past, as archive nodes do."""
    low, high = 0, chain.stamp("latest").number
    while low < high:
        middle = (low + high) // 2
        if chain.code(place, at=chain.stamp(middle)):
            high = middle
        else:
            low = middle + 1
    return low


class _Deployer:
    """Send creations without waiting for each other: their addresses are known before they are sent."""

    def __init__(self, sender: Sender, label: bytes) -> None:
        self.sender = sender
        self._sent: list[SentTx] = []
        self._created: dict[Address, SentTx] = {}
        # Other code goes to other places: what is there already is surely this code.
        self._label = label + code_digest()
        self._factory = factory_at(sender.chain)
        creation = creation_of(self._factory)
        if creation is not None:
            self.send(creation)

    def place_of(self, contract: str) -> Address:
        return self._factory.address_of(self.sender.address, self._salt(contract))

    def create(self, contract: str, *arguments: Any) -> Address:
        place = self.place_of(contract)
        if not self.sender.chain.code(place, at="latest"):
            init_code = load_bytecode(contract) + encode_constructor(contract, arguments)
            self._created[place] = self.send(self._factory.create(self._salt(contract), init_code))
        return place

    def send(self, call: Call) -> SentTx:
        try:
            sent = self.sender.send(call)
        except Reverted:
            # What a constructor needs may have been sent, and not fit into the block that gas is estimated on.
            self.wait()
            sent = self.sender.send(call)
        self._sent.append(sent)
        return sent

    def wait(self) -> dict[Address, int]:
        """Wait until all is mined; returns the block of each creation."""
        blocks = {one.tx_hash: self.sender.wait_mined(one.tx_hash).block_number for one in self._sent}
        return {place: blocks[one.tx_hash] for place, one in self._created.items()}

    def _salt(self, contract: str) -> bytes:
        return keccak(self._label + b"/" + contract.encode())
