"""What each contract of a deployment is made of, in the order in which they are created."""

from collections.abc import Callable
from typing import Any

from hansa_chain.profile import Profile
from hansa_protocol.identity import ZERO_ADDRESS, Address

NO_COURT = ZERO_ADDRESS


def constructor_arguments(
    profile: Profile, *, token: Address, treasury: Address, place_of: Callable[[str], Address]
) -> dict[str, tuple[Any, ...]]:
    """Return the arguments of each contract's constructor, by its name.

    Who may touch bonds and escrow is fixed before it is there: `place_of` tells where a contract is, or will be.
    """
    p, fee = profile.params, profile.leaf_fee
    lines, vault, services, providers = map(place_of, ("CreditLines", "Vault", "Services", "Providers"))
    settlement, statements, challenges = map(place_of, ("Settlement", "Statements", "Challenges"))
    disputes, claims = map(place_of, ("Disputes", "Claims"))
    fixed = [statements, challenges, disputes, claims]
    return {
        "CreditLines": (p.epoch, p.post, profile.notice),
        "Vault": (token, lines, profile.withdrawal),
        "Services": (profile.max_royalty_bps,),
        "Providers": (p.epoch, profile.notice, profile.unbonding, [vault], disputes),
        "Settlement": (p.to_abi(), lines, providers, treasury, [vault], fixed),
        "Statements": (settlement, services, fee),
        "Challenges": (settlement, services, statements, fee),
        "Disputes": (settlement, services, statements, fee, NO_COURT),
        "Claims": (settlement, services, fee),
    }
