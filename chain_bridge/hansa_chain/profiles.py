"""The profiles that there are: for development, a main chain and a rollup."""

from collections.abc import Mapping

from hansa_chain.profile import Params, Profile

DEVELOPMENT_CHAINS = (31_337, 1_337)
"""Chain ids that development nodes have; neither the development token nor its profile goes anywhere else."""

DEVELOPMENT = Profile(
    params=Params(
        epoch=20,
        post=14,
        window=9,
        reveal=7,
        answer=7,
        queue=2,
        court=7,
        sealing=3,
        finality=3,
        outage=1,
        audit=2,
        fee_bps=300,
        cover_bps=10_000,
    ),
    withdrawal=41,
    notice=40,
    unbonding=70,
    max_royalty_bps=3_000,
    leaf_fee=10**15,
)
"""Seconds instead of hours, for a chain with a block a second that finalizes two blocks behind."""

_MINUTE, _HOUR = 60, 3_600

L1 = Profile(
    params=Params(
        epoch=12 * _HOUR,
        post=12 * _HOUR,
        window=24 * _HOUR,
        reveal=8 * _HOUR,
        answer=12 * _HOUR,
        queue=6 * _HOUR,
        court=0,
        sealing=_HOUR,
        finality=30 * _MINUTE,
        outage=6 * _HOUR,
        audit=8 * _HOUR,
        fee_bps=300,
        cover_bps=20_000,
    ),
    withdrawal=26 * _HOUR,
    notice=36 * _HOUR,
    unbonding=87 * _HOUR,
    max_royalty_bps=3_000,
    leaf_fee=10 * 10**18,
)
"""Half a day an epoch; six hours of outage or censorship harm nobody. The leaf fee is ten tokens."""

L2 = Profile(
    params=Params(
        epoch=2 * _HOUR,
        post=8 * _HOUR,
        window=10 * _HOUR,
        reveal=8 * _HOUR,
        answer=8 * _HOUR,
        queue=2 * _HOUR,
        court=0,
        sealing=6 * _MINUTE,
        finality=30 * _MINUTE,
        outage=6 * _HOUR,
        audit=2 * _HOUR,
        fee_bps=300,
        cover_bps=20_000,
    ),
    withdrawal=12 * _HOUR,
    notice=12 * _HOUR,
    unbonding=47 * _HOUR,
    max_royalty_bps=3_000,
    leaf_fee=10**17,
)
"""Two hours an epoch; the sequencer may be away as long as on L1. The leaf fee is a tenth of a token."""

PROFILES: Mapping[str, Profile] = {"development": DEVELOPMENT, "l1": L1, "l2": L2}


def name_of(profile: Profile, decimals: int) -> str | None:
    """Return which profile it is for a token with these decimals, None where its times are its own."""
    return next((name for name, one in PROFILES.items() if one.in_units_of(decimals) == profile), None)
