"""What a person is told of a deployment before it trusts it: what the contracts were made of, and for which times."""

from datetime import timedelta

from hansa_chain.deployment import Deployment
from hansa_chain.origin import find_strangers
from hansa_chain.profile import Profile
from hansa_chain.profiles import DEVELOPMENT_CHAINS, name_of
from hansa_chain.rpc import Block, Chain
from hansa_chain.token import Token
from hansa_cli.coin import Coin, read_coin
from hansa_cli.problem import Problem
from hansa_cli.verify.check import Check

CLAIM = "the contracts are made of this version's code for what the manifest says"
REMEDY = "put no money in, and sign no line; if another version of hansa deployed them, ask that one"


def check_origin(deployment: Deployment, chain: Chain, *, at: Block) -> Check:
    """Return whether the contracts are what their code and the manifest say, and which times they were made for."""
    coin = read_coin(Token(chain, deployment.token), at=at)
    if strangers := find_strangers(deployment, chain, at=at):
        hidden = "by what they were made with they may hold or do what their code does not show"
        return Check(CLAIM, False, f"{', '.join(strangers)}: {hidden}")
    name = name_of(deployment.profile, coin.decimals)
    if name == "development" and chain.chain_id not in DEVELOPMENT_CHAINS:
        return Check(CLAIM, False, "the development profile has windows of seconds, in which nobody can object")
    terms = _times(deployment.profile, coin) if name is None else f"profile {name}"
    return Check(CLAIM, True, f"{terms}; the treasury is {deployment.treasury}")


def explain_origin(check: Check) -> Problem:
    """Return what a person must know when contracts are not what they seem."""
    return Problem(f"it is not true that {check.claim}: {check.seen}", REMEDY)


def _times(profile: Profile, coin: Coin) -> str:
    times = {
        "epochs of": profile.params.epoch,
        "withdrawals after": profile.withdrawal,
        "changes of lines and keys after": profile.notice,
        "bonds leave after": profile.unbonding,
    }
    told = ", ".join(f"{what} {timedelta(seconds=seconds)}" for what, seconds in times.items())
    return f"times of its own: {told}; an answer about one leaf costs {coin.text(profile.leaf_fee)}"
