"""What can go wrong between here and the chain, each with what to do about it."""

from collections.abc import Mapping
from typing import Any


class ChainProblem(Exception):
    """Begin of every exception of this package; the message says what happened, why, and what to do."""


class NoUrl(ChainProblem):
    """Raised when what was given as a node's URL is none; it is not shown, since there may be a key in it."""

    def __init__(self) -> None:
        super().__init__("what was given as the node's URL is none: write http://HOST:PORT or https://HOST")


class ChainUnreachable(ChainProblem):
    """Raised when the node does not answer: temporary, and no statement about what is on chain."""


class BlockUnknown(ChainUnreachable):
    """Raised when the node does not have the block that a read names: it was reorganised away, or is not there yet."""


class WrongChain(ChainProblem):
    """Raised when the node serves another chain than the one that was asked for."""

    def __init__(self, expected: int, actual: int, url: str) -> None:
        super().__init__(
            f"{url} serves chain {actual}, and chain {expected} was asked for: correct the URL or the chain id"
        )
        self.expected, self.actual = expected, actual


class NodeRefused(ChainProblem):
    """Raised when the node answers with an error that no contract gave."""

    def __init__(self, method: str, message: str) -> None:
        super().__init__(f"the node refused {method}: {message}")
        self.method, self.reason = method, message


class InsufficientGasMoney(NodeRefused):
    """Raised when the sender cannot pay for a transaction's gas."""


class NonceTaken(ChainProblem):
    """Raised when a nonce was used by a transaction that is mined already: look at the chain before sending again."""


class FeesAboveCeiling(ChainProblem):
    """Raised when the chain asks for more per gas than the sender may pay: wait, or raise the ceiling."""


class TransactionNotSeen(ChainProblem):
    """Raised when a transaction did not get as far as was waited for in time, or was dropped."""


class DeploymentInvalid(ChainProblem):
    """Raised when a manifest cannot be read, or the chain has other code at its addresses."""


class ArtifactMissing(ChainProblem):
    """Raised when a contract's interface and bytecode are not there."""


class Reverted(ChainProblem):
    """Raised when a contract refuses; carries its error's name and values."""

    def __init__(self, error_name: str, arguments: Mapping[str, Any], remedy: str) -> None:
        values = ", ".join(f"{name} {value}" for name, value in arguments.items())
        super().__init__(f"the contract refused: {error_name}({values}). {remedy}")
        self.error_name, self.arguments, self.remedy = error_name, dict(arguments), remedy
