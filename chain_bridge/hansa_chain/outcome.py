"""How far a transaction is."""

from dataclasses import dataclass

from hansa_chain.errors import Reverted


@dataclass(frozen=True, slots=True)
class Pending:
    """Say that nodes know it and no block has it."""

    tx_hash: str


@dataclass(frozen=True, slots=True)
class Mined:
    """Say that a block has it, which can still be reorganised away; `reverted` is None when it succeeded."""

    tx_hash: str
    block_number: int
    gas_used: int
    contract: str | None
    reverted: Reverted | None


@dataclass(frozen=True, slots=True)
class Finalized:
    """Say that it is in a finalized block: nothing undoes it; `reverted` is None when it succeeded."""

    tx_hash: str
    block_number: int
    gas_used: int
    contract: str | None
    reverted: Reverted | None


@dataclass(frozen=True, slots=True)
class Dropped:
    """Say that the node knows nothing of it: it was replaced, or forgotten; look at the chain, then send again."""

    tx_hash: str


Outcome = Pending | Mined | Finalized | Dropped
