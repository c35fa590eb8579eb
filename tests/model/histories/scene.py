"""Where a random history stands: chance, time, what was posted and opened so far, and the calls themselves."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, TypeVar

from hansa_chain.cases import Slice, Subject
from hansa_protocol.eip712 import Iou, Order, Receipt
from hansa_protocol.header import Header
from hansa_protocol.identity import Address
from hansa_protocol.leaf import Leaf
from hansa_protocol.rows import Row
from tests.model.deployment import PEOPLE, START, Deployment
from tests.model.evidence import HIGHEST_S
from tests.model.world import Call, Outcome, World

T = TypeVar("T")
CUSTOMERS = ("ada", "ben", "cat")
PROVIDERS = ("north", "south")
HUBS = ("hub", "rival")


@dataclass(frozen=True, slots=True)
class Batch:
    """Hold a part that was posted, with everything that its file would have."""

    header: Header
    leaves: tuple[Leaf, ...]
    debits: tuple[Row, ...]
    taken: tuple[Row, ...]
    payouts: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """Hold what a case was opened about."""

    contract: str
    subject: Subject
    batch: Batch
    slice: Slice | None = None


@dataclass
class Scene:
    """Hold a history that grows; everything in it comes from the one source of chance."""

    chance: Random
    deployment: Deployment
    world: World
    at: int = START
    block: int = 1
    played: list[tuple[Call, Outcome]] = field(default_factory=list)
    batches: list[Batch] = field(default_factory=list)
    opened: list[Opened] = field(default_factory=list)
    orders: dict[bytes, tuple[Order, bytes]] = field(default_factory=dict)
    receipts: dict[bytes, tuple[Receipt, bytes]] = field(default_factory=dict)
    ious: list[tuple[Iou, bytes]] = field(default_factory=list)

    # Chance

    def often(self, share: float) -> bool:
        """Return true in so many of all cases."""
        return self.chance.random() < share

    def one_of(self, choices: Sequence[T]) -> T:
        """Return any of some choices."""
        return self.chance.choice(choices)

    def amount(self, least: int = 15, most: int = 22) -> int:
        """Return an amount between two powers of ten, all magnitudes alike; seldom nothing or far too much."""
        if self.often(0.02):
            return self.one_of((0, 1, 2**96 - 1, 2**95))
        return int(10 ** self.chance.uniform(least, most))

    def tokens(self, least: int = 18, most: int = 22) -> int:
        """Return an amount of tokens: as others, and seldom more than a bond, or a vault, can hold."""
        return self.one_of((2**96, 2**128)) if self.often(0.01) else self.amount(least, most)

    def sender(self, address: Address) -> Address:
        """Return somebody who can send: an account, or a stranger in the place of nobody or of a contract."""
        known = any(address == person.address for person in PEOPLE.values())
        return address if known else PEOPLE["eve"].address

    def person(self, name: str, *, else_anybody: float = 0.03) -> Address:
        """Return the address of a name; seldom that of somebody else."""
        return PEOPLE[self.one_of(list(PEOPLE)) if self.often(else_anybody) else name].address

    def garbled(self, signature: bytes) -> bytes:
        """Return a signature; seldom too short a one, one with a high s or a wrong v, or none at all."""
        if not self.often(0.04):
            return signature
        high_s = (HIGHEST_S * 2 + 1 - int.from_bytes(signature[32:64], "big")).to_bytes(32, "big")
        wrong_v = bytes([self.one_of((0, 26, 29))])
        return self.one_of((signature[:-1], signature[:32] + high_s + signature[64:], signature[:64] + wrong_v, b""))

    # Places and times

    @property
    def epoch(self) -> int:
        """Return the epoch of now."""
        return self.at // self.world.terms.params.epoch

    def place(self, label: str) -> Address:
        """Return a contract's address."""
        return self.world.places[label]

    def vault(self) -> str:
        """Return the label of a vault: mostly the first, so that histories meet."""
        return "Vault B" if self.often(0.08) else "Vault A"

    def wait(self, seconds: int) -> None:
        """Let time pass."""
        self.at += seconds

    def wait_until(self, at: int) -> None:
        """Let time pass until a moment, if it is still to come."""
        self.at = max(self.at, at)

    # Calls

    def call(self, sender: Address, contract: str, function: str, *arguments: Any) -> Outcome:
        """Play a call on the model now, and keep it with its outcome."""
        self.block += 1
        call = Call(self.at, self.block, sender, contract, function, arguments)
        outcome = self.world.play(call)
        self.played.append((call, outcome))
        return outcome
