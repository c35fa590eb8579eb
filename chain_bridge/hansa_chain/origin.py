"""What contracts were made of: their own code does not show what their constructors wrote, or for whom.

The factory keeps what it made each contract of, and its own address follows from its code, so it says the truth.
"""

from hansa_chain.abi import encode_constructor
from hansa_chain.artifacts import load_bytecode
from hansa_chain.creations import constructor_arguments
from hansa_chain.deployment import Deployment
from hansa_chain.factory import factory_at
from hansa_chain.rpc import Block, Chain
from hansa_protocol.identity import keccak


def find_strangers(deployment: Deployment, chain: Chain, *, at: Block) -> tuple[str, ...]:
    """Return the contracts that are not made of this package's code for what the manifest says.

    Those that the package does not know are among them; of the token nothing is known. Raises ChainUnreachable.
    """
    places, factory = {name: place.address for name, place in deployment.places.items()}, factory_at(chain)
    arguments = constructor_arguments(
        deployment.profile, token=deployment.token, treasury=deployment.treasury, place_of=places.__getitem__
    )
    unknown = tuple(sorted(places.keys() - arguments.keys() - {"HansaToken"}))
    if not chain.code(factory.address, at=at):
        return (*arguments, *unknown)
    expected = {name: keccak(load_bytecode(name) + encode_constructor(name, own)) for name, own in arguments.items()}
    made = {name: factory.init_code_hash_of(places[name], at=at) for name in expected}
    return (*(name for name in expected if made[name] != expected[name]), *unknown)
