"""Deployment at addresses that follow from who deploys and a salt, the same on every chain."""

from hansa_chain.artifacts import load_bytecode
from hansa_chain.contract import Call, ContractAdapter
from hansa_chain.errors import ChainProblem
from hansa_chain.rpc import Block, Chain
from hansa_protocol.identity import Address, address_bytes, address_from_bytes, address_word, keccak

SINGLETON = Address("0x4e59b44847b379578588920cA78FbF26c0B4956C")
"""The deterministic deployment proxy: its call data are a salt and creation code (Arachnid, 2018); anvil has it."""

_SALT = bytes(32)


class Factory(ContractAdapter):
    """Create contracts of the sender under salts."""

    CONTRACT = "Factory"

    def create(self, salt: bytes, init_code: bytes) -> Call:
        """Create the sender's contract of a salt (32 bytes)."""
        return self._write("create", salt, init_code)

    def init_code_hash_of(self, place: Address, *, at: Block) -> bytes:
        """Return keccak256 of the creation code, with its arguments, of what was made here; 32 zeros for all others."""
        found: bytes = self._read("initCodeHashOf", place, at=at)
        return found

    def address_of(self, sender: Address, salt: bytes) -> Address:
        """Return where the sender's contract of a salt is, or would be; nothing is asked of the chain."""
        cradle = _create2(self.address, keccak(address_word(sender) + salt), _cradle_code())
        return address_from_bytes(keccak(b"\xd6\x94" + address_bytes(cradle) + b"\x01")[12:])


def factory_at(chain: Chain) -> Factory:
    """Return the factory, which may not be there yet."""
    return Factory(chain, _create2(SINGLETON, _SALT, load_bytecode("Factory")))


def creation_of(factory: Factory) -> Call | None:
    """Return the call that puts the factory on its chain, None when it is there; raises ChainProblem without a way."""
    if factory.chain.code(factory.address, at="latest"):
        return None
    if not factory.chain.code(SINGLETON, at="latest"):
        raise ChainProblem(
            f"chain {factory.chain.chain_id} has no deterministic deployment proxy at {SINGLETON}: send its well-known "
            "signed transaction first, as for any chain that is new"
        )
    return Call(SINGLETON, _SALT + load_bytecode("Factory"), "create Factory")


def _create2(creator: Address, salt: bytes, init_code: bytes) -> Address:
    # EIP-1014.
    return address_from_bytes(keccak(b"\xff" + address_bytes(creator) + salt + keccak(init_code))[12:])


def _cradle_code() -> bytes:
    return load_bytecode("Cradle")
