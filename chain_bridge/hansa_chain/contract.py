"""What all adapters share: reads at a named block, writes as calls that somebody sends."""

from dataclasses import astuple, dataclass
from typing import Any, ClassVar

from eth_abi.exceptions import DecodingError

from hansa_chain.abi import Abi, abi_of
from hansa_chain.errors import DeploymentInvalid
from hansa_chain.rpc import Block, Chain
from hansa_protocol.identity import Address


@dataclass(frozen=True, slots=True)
class Call:
    """Hold a transaction that is not signed yet; `to` None creates a contract, `gas_limit` None is estimated.

    `action` says for people and logs what it does.
    """

    to: Address | None
    data: bytes
    action: str
    gas_limit: int | None = None


class ContractAdapter:
    """Read and write one contract; subclasses give its methods types."""

    CONTRACT: ClassVar[str]

    def __init__(self, chain: Chain, address: Address) -> None:
        self.chain = chain
        self.address = address

    @property
    def _abi(self) -> Abi:
        return abi_of(self.CONTRACT)

    def _read_all(self, function: str, *arguments: Any, at: Block) -> tuple[Any, ...]:
        entry = self._abi.functions[function]
        raw = self.chain.call(self.address, entry.encode(arguments), at=at)
        try:
            return entry.decode(raw)
        except DecodingError as other:
            raise DeploymentInvalid(
                f"what is at {self.address} does not answer as {self.CONTRACT} does: the chain was started anew, "
                "or the address is wrong; deploy again or correct it"
            ) from other

    def _read(self, function: str, *arguments: Any, at: Block) -> Any:
        return self._read_all(function, *arguments, at=at)[0]

    def _write(self, function: str, *arguments: Any) -> Call:
        data = self._abi.functions[function].encode(arguments)
        return Call(self.address, data, f"{self.CONTRACT}.{function}")


def as_struct(value: Any) -> tuple[Any, ...]:
    """Return a dataclass as the tuple that the ABI takes; its fields are in Solidity's order."""
    return astuple(value)
