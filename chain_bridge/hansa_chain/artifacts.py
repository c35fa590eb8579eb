"""Interfaces and bytecode of the contracts, as the build left them in this package."""

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from hansa_chain.errors import ArtifactMissing
from hansa_protocol.identity import keccak

CHALLENGES = ("Statements", "Challenges", "Disputes", "Claims")
CONTRACTS = ("Factory", "HansaToken", "CreditLines", "Vault", "Providers", "Services", "Settlement", *CHALLENGES)


@dataclass(frozen=True, slots=True)
class Artifact:
    """Hold a contract's ABI as JSON has it."""

    name: str
    abi: tuple[dict[str, Any], ...]


def load_artifact(name: str) -> Artifact:
    """Return a contract's interface; raises ArtifactMissing with what to do."""
    return Artifact(name, tuple(_read(name)["abi"]))


def load_bytecode(name: str) -> bytes:
    """Return the code that creates a contract; not kept, since only a deployment needs it."""
    return bytes.fromhex(_read(name)["bytecode"].removeprefix("0x"))


def code_digest() -> bytes:
    """Return keccak256 of the code that creates all contracts together: other code has another digest."""
    return keccak(b"".join(keccak(load_bytecode(name)) for name in CONTRACTS))


@lru_cache(maxsize=1)
def _folder() -> Any:
    return files("hansa_chain") / "artifacts"


def _read(name: str) -> dict[str, Any]:
    try:
        artifact: dict[str, Any] = json.loads((_folder() / f"{name}.json").read_text())
    except FileNotFoundError as missing:
        raise ArtifactMissing(
            f"the interface of {name} is not in this installation: run `make setup` in the source tree, "
            "or install the wheel again"
        ) from missing
    return artifact
