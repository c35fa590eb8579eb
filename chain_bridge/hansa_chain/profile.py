"""Times and rates of a deployment, with the inequalities that keep everybody safe."""

from dataclasses import asdict, astuple, dataclass, fields, replace

from hansa_chain.json_object import member
from hansa_protocol.units import UINT96_MAX

MAX_FEE_BPS = 2_000
LEAST_COVER_BPS, MOST_COVER_BPS = 10_000, 50_000
MAX_ROYALTY_BPS = 5_000
MOST_OPEN_EPOCHS = 32
MOST_SECONDS = 366 * 24 * 3_600
"""Of every time: whoever has to wait for longer has lost its money."""
DECIMALS = 18
"""Decimals of the token that profiles are stated in, before they are `in_units_of` another."""


class ProfileUnsafe(ValueError):
    """Raised when a time of a profile is too short, or a rate out of bounds; says what it must be."""


@dataclass(frozen=True, slots=True)
class Params:
    """Hold a settlement's times in seconds and its rates in basis points, in the order that the contract has them.

    E epoch, P post, W window, W2 reveal, A answer, Q queue, V court, S sealing, F finality, C outage; `audit` is the
    time to draw and check a sample.
    """

    epoch: int
    post: int
    window: int
    reveal: int
    answer: int
    queue: int
    court: int
    sealing: int
    finality: int
    outage: int
    audit: int
    fee_bps: int
    cover_bps: int

    @property
    def claim_seconds(self) -> int:
        """Return how long after a post its payees can claim: until all is known that can become void."""
        return self.window + self.answer + self.queue + self.reveal

    @property
    def verdict_seconds(self) -> int:
        """Return how long the last claim waits for its answer, and the last dispute for its verdict."""
        return max(self.court, self.answer)

    @property
    def settle_seconds(self) -> int:
        """Return T - post: after it nothing can be demanded for a post any more."""
        return self.claim_seconds + self.verdict_seconds

    def to_abi(self) -> tuple[int, ...]:
        """Return the fields in the order that the contract has them."""
        return astuple(self)


@dataclass(frozen=True, slots=True)
class Profile:
    """Hold everything that a deployment fixes: `params`, and D, N and U of the other contracts in seconds.

    `leaf_fee` is the deposit for an answer about one leaf, in the least units of the vault's token.
    """

    params: Params
    withdrawal: int
    notice: int
    unbonding: int
    max_royalty_bps: int
    leaf_fee: int

    def __post_init__(self) -> None:
        """Check the inequalities; raises ProfileUnsafe."""
        for name, actual, least in self._bounds():
            if actual < least:
                raise ProfileUnsafe(f"{name} is {actual} and must be at least {least}: choose a longer time")
        for name, actual, most in self._limits():
            if not 0 <= actual <= most:
                raise ProfileUnsafe(f"{name} is {actual} and must be at most {most}, and no less than 0")
        opened = (self.params.post + self.params.settle_seconds) // self.params.epoch + 2
        if opened > MOST_OPEN_EPOCHS:
            raise ProfileUnsafe(f"{opened} epochs would be open at once, {MOST_OPEN_EPOCHS} fit: make epochs longer")

    def in_units_of(self, decimals: int) -> "Profile":
        """Return the profile for a token with these decimals: a leaf fee of as many whole tokens, and not nothing."""
        scaled = self.leaf_fee * 10**decimals // 10**DECIMALS
        return replace(self, leaf_fee=max(scaled, min(1, self.leaf_fee)))

    def _bounds(self) -> tuple[tuple[str, int, int], ...]:
        p = self.params
        react = 2 * p.finality + p.outage
        return (
            ("epoch", p.epoch, 1),
            # Or the first second of one deadline could be the last of the one before it.
            ("finality", p.finality, 1),
            ("post", p.post, p.sealing + react),
            ("answer", p.answer, react),
            ("window", p.window, p.audit + react),
            ("reveal", p.reveal, react),
            ("window + answer + queue + reveal", p.claim_seconds, p.post + react),
            # What was posted at the epoch's end is not taken for an epoch that was never posted.
            ("settle_seconds", p.settle_seconds, p.post + p.window),
            ("cover_bps", p.cover_bps, LEAST_COVER_BPS),
            ("withdrawal", self.withdrawal, p.epoch + p.post + 2 * p.finality + 1),
            ("notice", self.notice, p.epoch + p.post + 2 * p.finality),
            ("unbonding", self.unbonding, p.epoch + p.post + p.settle_seconds + p.finality),
        )

    def _limits(self) -> tuple[tuple[str, int, int], ...]:
        rates = (
            ("fee_bps", self.params.fee_bps, MAX_FEE_BPS),
            ("cover_bps", self.params.cover_bps, MOST_COVER_BPS),
            ("max_royalty_bps", self.max_royalty_bps, MAX_ROYALTY_BPS),
            ("leaf_fee", self.leaf_fee, UINT96_MAX),
        )
        times = {name: value for name, value in asdict(self.params).items() if not name.endswith("_bps")}
        times |= {"withdrawal": self.withdrawal, "notice": self.notice, "unbonding": self.unbonding}
        return (*rates, *((name, value, MOST_SECONDS) for name, value in times.items()))

    def to_json(self) -> dict[str, object]:
        """Return what a manifest holds."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, object]) -> "Profile":
        """Return the profile of a manifest; raises ValueError, ProfileUnsafe among them."""
        params = member(data, "params", dict)
        names = [field.name for field in fields(Params)]
        if unknown := sorted(params.keys() - set(names)):
            raise ValueError(f"this version knows no {', '.join(unknown)}")
        rest = {field.name: member(data, field.name, int) for field in fields(cls) if field.name != "params"}
        return cls(params=Params(**{name: member(params, name, int) for name in names}), **rest)
