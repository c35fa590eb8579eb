"""What histories must have in them to say something: every function, every error that a call can meet, every ending."""

from collections.abc import Iterator

from hansa_chain.artifacts import CHALLENGES, load_artifact
from tests.model.tally import Tally
from tests.model.world import GUARDED

CONTRACTS = ("CreditLines", "Vault", "Providers", "Services", "Settlement", *CHALLENGES)
AT_DEPLOYMENT = frozenset(
    {"NotFixed", "RateOutOfBounds", "TimeTooShort", "TimesDiffer", "TooManyOpenEpochs"}
    | {"RingFull", "ZeroAddress", "ZeroTreasury", "ForbiddenTreasury"}
)
"""What constructors refuse; they also see to it that no ring is ever full."""
BY_READS = frozenset({"UnknownService"})
BY_DEFECTS = frozenset(
    {"ReentrancyGuardReentrantCall", "SafeERC20FailedOperation", "SafeCastOverflowedUintDowncast"}
    | {"InvalidShortString", "StringTooLong"}
)
"""What would be a defect of the contracts or of the token: nobody may meet it."""
BY_NOBODY = frozenset({"NoCover", "AddressEmptyCode"})
"""Challenges look at the time before they ask for cover; calls made at once go to the settlement, which has code."""
NEVER = frozenset({("Disputes", "collect")})
"""A dispute is never lost by a hub, so that no penalty is owed."""
ENDINGS = frozenset(
    {f"{kind} case {stage}" for kind in ("order", "receipt", "statement", "dispute") for stage in ("open", "answered")}
    | {f"{kind} case lost, penalty {penalty}" for kind in ("order", "receipt") for penalty in ("owed", "paid")}
    | {f"{kind} case lost, penalty {penalty}" for kind in ("fault", "statement") for penalty in ("owed", "paid")}
    | {"statement case ended", "dispute case ended", "claim answered"}
    | {
        f"claim {stage}, has {what}"
        for stage in ("open", "ended")
        for what in ("all that is missing", "all that is wanted", "what was guaranteed")
    }
    | {"claim of what rows had not paid, left whole by them", "claim answered in part", "claim of nothing, refused"}
    | {f"claim of {what}, taken" for what in ("some of an IOU", "all of an IOU", "more than an IOU says")}
    | {"claim on an epoch that was posted", "claim on an epoch that never was"}
    | {f"guarantee {stands}" for stands in ("standing", "used up", "leaving", "leaving, less left by claims")}
    | {"part paid", "part void", "part void after it was paid", "part not paid as a whole"}
    | {"part taken whole", "part short of money, which the bond paid"}
)


REFUSALS = frozenset(
    {("Settlement.guarantee", error) for error in ("ZeroBond", "InsufficientBond", "BondTooLarge")}
    | {("Settlement.requestRevoke", "InsufficientBond")}
    | {("Settlement.revoke", error) for error in ("UnbondTooEarly", "BondTooLarge")}
    | {("Claims.claim", error) for error in ("OtherParty", "WrongSigner", "TooEarly", "TooLate")}
    | {("Claims.showCredit", error) for error in ("OtherParty", "ClaimNotOpen", "TooLate", "WrongCredit")}
    | {("Claims.payClaim", error) for error in ("ClaimNotOpen", "TooEarly")}
)
"""What these refuse with errors that others have too."""


def functions() -> Iterator[str]:
    """Yield every function that writes, and that not only the challenges may call."""
    for contract in CONTRACTS:
        for entry in load_artifact(contract).abi:
            writes = entry["type"] == "function" and entry["stateMutability"] not in ("view", "pure")
            if writes and (contract, entry["name"]) not in GUARDED | NEVER:
                yield f"{contract}.{entry['name']}"


def errors() -> frozenset[str]:
    """Return every error that a call can meet."""
    every = {
        entry["name"] for contract in CONTRACTS for entry in load_artifact(contract).abi if entry["type"] == "error"
    }
    return frozenset(every | {"ERC20InsufficientBalance"}) - AT_DEPLOYMENT - BY_READS - BY_DEFECTS - BY_NOBODY


def missing(tally: Tally) -> Iterator[str]:
    """Yield what never happened: functions that never went through, errors, endings."""
    yield from sorted(set(functions()) - set(tally.done))
    yield from sorted(f"{contract}.{name} refused" for contract, name in GUARDED if not _tried(tally, contract, name))
    yield from sorted(errors() - set(tally.errors))
    yield from sorted(f"{name} refused with {error}" for name, error in REFUSALS if not tally.calls[name, error])
    yield from sorted(ENDINGS - set(tally.endings))


def _tried(tally: Tally, contract: str, name: str) -> bool:
    return tally.calls[f"{contract}.{name}", "NotAChallenge"] > 0
