"""A profile whose times would harm somebody cannot be made."""

from dataclasses import replace
from typing import Any

import pytest

from hansa_chain.profile import DEVELOPMENT, Profile, ProfileUnsafe


@pytest.mark.parametrize("name", ["post", "window", "answer", "reveal"])
def test_times_that_leave_no_room_to_react_are_refused(name: str) -> None:
    p = DEVELOPMENT.params
    react = 2 * p.finality + p.outage
    least = {"post": p.sealing + react, "window": p.audit + react}.get(name, react)
    replace(DEVELOPMENT, params=replace(p, **{name: least}))
    with pytest.raises(ProfileUnsafe, match=f"{name} is {least - 1} and must be at least {least}"):
        replace(DEVELOPMENT, params=replace(p, **{name: least - 1}))


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


def test_no_more_epochs_are_open_than_there_are_slots() -> None:
    with pytest.raises(ProfileUnsafe, match="epochs would be open"):
        replace(DEVELOPMENT, params=replace(DEVELOPMENT.params, epoch=1))


def test_a_profile_survives_its_json() -> None:
    assert Profile.from_json(DEVELOPMENT.to_json()) == DEVELOPMENT


@pytest.mark.parametrize("change", [{"params": 1}, {"notice": "40"}, {"notice": True}])
def test_json_of_other_types_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(TypeError):
        Profile.from_json(DEVELOPMENT.to_json() | change)
