"""What `hansa pool` tells about pools."""

from hansa_cli.commands.pool import list_pools


def test_a_pool_that_no_operator_has_looked_at_names_the_hub_that_it_waits_for() -> None:
    (row,) = list_pools([{"metadata": {"name": "baltic"}, "spec": {"hubRef": {"name": "hanse"}}}]).rows
    assert row[:2] == ("baltic", "Unknown")
    assert row[-1] == "no operator of Hub hanse has looked at it"


def test_a_pool_with_conditions_tells_its_reason() -> None:
    ready = {"type": "Ready", "status": "False", "reason": "NoProvider"}
    pool = {"metadata": {"name": "baltic"}, "spec": {"hubRef": {"name": "hanse"}}, "status": {"conditions": [ready]}}
    (row,) = list_pools([pool]).rows
    assert (row[1], row[-1]) == ("False", "NoProvider")
