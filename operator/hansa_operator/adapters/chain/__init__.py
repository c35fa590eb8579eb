"""The chain behind the operator's port: hansa_chain blocks, so every call runs on threads of the adapter's own."""

from hansa_operator.adapters.chain.evm import EvmChain, open_chain
from hansa_operator.adapters.chain.evm_cases import EvmCases, open_cases
from hansa_operator.adapters.chain.opening import ContractAddresses

__all__ = ["ContractAddresses", "EvmCases", "EvmChain", "open_cases", "open_chain"]
