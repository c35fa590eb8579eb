"""A profile whose times would harm somebody cannot be made."""

from dataclasses import asdict, replace
from typing import Any

import pytest

from hansa_chain.profile import Profile, ProfileUnsafe
from hansa_chain.profiles import DEVELOPMENT, PROFILES, name_of


@pytest.mark.parametrize("name", ["post", "window", "answer", "reveal"])
def test_times_that_leave_no_room_to_react_are_refused(name: str) -> None:
    p = DEVELOPMENT.params
    react = 2 * p.finality + p.outage
    least = {"post": p.sealing + react, "window": p.audit + react}.get(name, react)
    replace(DEVELOPMENT, params=replace(p, **{name: least}))
    with pytest.raises(ProfileUnsafe, match=f"{name} is {least - 1} and must be at least {least}"):
        replace(DEVELOPMENT, params=replace(p, **{name: least - 1}))


@pytest.mark.parametrize("name", ["epoch", "finality"])
def test_times_that_are_never_nothing(name: str) -> None:
    with pytest.raises(ProfileUnsafe, match=f"^{name} is 0 and must be at least 1"):
        replace(DEVELOPMENT, params=replace(DEVELOPMENT.params, **{name: 0}))


def test_a_claim_on_what_was_never_posted_is_over_no_later_than_what_was_posted() -> None:
    params = replace(DEVELOPMENT.params, post=30, window=30, answer=10, queue=3, court=0)
    long: dict[str, Any] = {"params": params, "withdrawal": 100, "notice": 100, "unbonding": 200}
    assert params.settle_seconds == 60
    replace(DEVELOPMENT, **long)
    with pytest.raises(ProfileUnsafe, match="settle_seconds is 59 and must be at least 60"):
        replace(DEVELOPMENT, **long | {"params": replace(params, queue=2)})


@pytest.mark.parametrize("name", ["withdrawal", "notice", "unbonding"])
def test_delays_that_let_somebody_leave_too_early_are_refused(name: str) -> None:
    change: dict[str, Any] = {name: 25}
    with pytest.raises(ProfileUnsafe, match=f"{name} is 25 and must be at least"):
        replace(DEVELOPMENT, **change)


def test_rates_have_bounds() -> None:
    with pytest.raises(ProfileUnsafe, match="fee_bps is 2001"):
        replace(DEVELOPMENT, params=replace(DEVELOPMENT.params, fee_bps=2_001))
    with pytest.raises(ProfileUnsafe, match="cover_bps is 9999"):
        replace(DEVELOPMENT, params=replace(DEVELOPMENT.params, cover_bps=9_999))
    with pytest.raises(ProfileUnsafe, match="cover_bps is 50001"):
        replace(DEVELOPMENT, params=replace(DEVELOPMENT.params, cover_bps=50_001))
    with pytest.raises(ProfileUnsafe, match="max_royalty_bps is 5001"):
        replace(DEVELOPMENT, max_royalty_bps=5_001)


@pytest.mark.parametrize("name", ["withdrawal", "notice", "unbonding"])
def test_a_delay_that_keeps_money_for_ever_is_refused(name: str) -> None:
    change: dict[str, Any] = {name: 367 * 24 * 3_600}
    with pytest.raises(ProfileUnsafe, match=rf"{name} is .* and must be at most"):
        replace(DEVELOPMENT, **change)


def test_a_fee_that_nobody_can_pay_or_no_contract_can_hold_is_refused() -> None:
    for fee in (2**96, -1):
        with pytest.raises(ProfileUnsafe, match=r"leaf_fee is .* and must be at most"):
            replace(DEVELOPMENT, leaf_fee=fee)


def test_a_profile_is_known_by_its_times_whatever_decimals_the_token_has() -> None:
    for name, profile in PROFILES.items():
        assert name_of(profile.in_units_of(6), 6) == name
        assert name_of(replace(profile, leaf_fee=profile.leaf_fee + 1), 18) is None


def test_no_more_epochs_are_open_than_there_are_slots() -> None:
    with pytest.raises(ProfileUnsafe, match="epochs would be open"):
        replace(DEVELOPMENT, params=replace(DEVELOPMENT.params, epoch=1))


def test_a_profile_survives_its_json() -> None:
    assert Profile.from_json(DEVELOPMENT.to_json()) == DEVELOPMENT


PARAMS: dict[str, object] = asdict(DEVELOPMENT.params)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"params": 1}, "params is no object"),
        ({"params": {}}, "epoch is missing"),
        ({"params": PARAMS | {"haste": 1}}, "knows no haste"),
        ({"notice": "40"}, "notice is no whole number"),
        ({"notice": True}, "notice is no whole number"),
        ({"leaf_fee": -1}, "leaf_fee is no whole number"),
    ],
)
def test_json_that_is_no_profile_says_what_is_wrong(change: dict[str, object], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Profile.from_json(DEVELOPMENT.to_json() | change)
