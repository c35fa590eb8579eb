"""What a person is told of contracts that are not surely what they seem to be."""

from collections.abc import Sequence

from hansa_chain.deployment import Deployment
from hansa_chain.origin import find_strangers
from hansa_chain.rpc import Block, Chain
from hansa_cli.problem import Problem
from hansa_cli.verify.check import Check

CLAIM = "the contracts are made of this version's code, for the times and parties of the manifest"
REMEDY = "put no money in, and have none signed for; if another version of hansa deployed them, ask that one"


def check_origin(deployment: Deployment, chain: Chain, *, at: Block) -> Check:
    """Return whether the contracts were made of what their code and the manifest say."""
    strangers = find_strangers(deployment, chain, at=at)
    seen = _tell(strangers) if strangers else f"all {len(deployment.places) - 1}; of the token nothing is known"
    return Check(CLAIM, not strangers, seen)


def explain_strangers(strangers: Sequence[str]) -> Problem:
    """Return what a person must know when contracts are of unknown origin."""
    return Problem(f"it is not true that {CLAIM}: {_tell(strangers)}", REMEDY)


def _tell(strangers: Sequence[str]) -> str:
    return f"{', '.join(strangers)}: by what they were made with they may hold or do what their code does not show"
