"""The chain behind the operator's port: hansa_chain blocks, so every call runs on threads of the adapter's own."""

from hansa_operator.adapters.chain.evm import EvmChain, open_chain
from hansa_operator.adapters.chain.opening import ContractAddresses

__all__ = ["ContractAddresses", "EvmChain", "open_chain"]
