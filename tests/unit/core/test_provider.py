"""What is decided about a Provider: who is approved, bonded, heard and not away gets jobs."""

from dataclasses import replace

import pytest

from hansa_operator.api.provider import InventoryItem
from hansa_operator.core.clock import rfc3339
from hansa_operator.ports.chain import ChainStamp
from hansa_operator.ports.intake import GpuInventory
from tests.unit.core.providers import FINE, GOLD, H200, NOW, OTHER_KEY, SILVER, STATE, after, decide, provider, window
from tests.unit.core.statuses import said, told


def test_a_provider_with_everything_takes_jobs() -> None:
    decision = decide()
    assert told(decision.status) == FINE
    assert decision.status.inventory == (InventoryItem(gpu_model="H200", count=8, memory_bytes=141 * 2**30),)
    bond = decision.status.bond
    assert bond is not None
    assert (bond.amount, bond.exposure, bond.at_block) == ("100", "12.5", 50)


@pytest.mark.parametrize(
    ("changes", "conditions", "words"),
    [
        pytest.param(
            {"provider": provider(approved=False)},
            {"Approved": "False/NotApproved", "Schedulable": "False/Cordoned", "Ready": "False/NotApproved"},
            "an admin must set spec.approved to true",
            id="who is not approved is cordoned",
        ),
        pytest.param(
            {"provider": provider(approved=False), "approval_needed": False},
            {"Approved": "True/NotRequired"},
            "jobs can be placed",
            id="pools that ask for a bond only need no approval",
        ),
        pytest.param(
            {"states": {GOLD: replace(STATE, bond=99_500_000)}},
            {"Bonded": "False/BondTooLow", "Ready": "False/BondTooLow"},
            f"its bond is 99.5 and its pools ask for 100: add 0.5 in vault {GOLD}",
            id="a bond that is too low tells what is missing",
        ),
        pytest.param(
            {"states": {GOLD: replace(STATE, bond=0, receipt_key="")}},
            {"Bonded": "False/BondTooLow", "Ready": "False/BondTooLow"},
            "is not registered on chain: register it with a bond of at least 100",
            id="who is not registered is told to",
        ),
        pytest.param(
            {"provider": provider(offers=[])},
            {"Bonded": "False/NoOffers", "Ready": "False/NoOffers"},
            "add a GPU model",
            id="who offers nothing is told to",
        ),
        pytest.param(
            {"states": None, "problem": "timeout"},
            {"Bonded": "Unknown/ChainUnreachable", "Ready": "Unknown/ChainUnreachable"},
            "timeout",
            id="a bond that cannot be read is unknown",
        ),
        pytest.param(
            {"last_beat_ms": NOW - 6_000},
            {"Reachable": "Unknown/Suspect", "Ready": "Unknown/Suspect"},
            "not been heard",
            id="six seconds of silence are suspect",
        ),
        pytest.param(
            {"last_beat_ms": NOW - 20_000},
            {"Reachable": "False/Dark", "Ready": "False/Dark"},
            "its agent is silent: start it",
            id="twenty seconds of silence are dark",
        ),
        pytest.param(
            {"last_beat_ms": None, "started_ms": NOW - 19_999},
            {"Reachable": "Unknown/Suspect", "Ready": "Unknown/Suspect"},
            "not been heard",
            id="an operator that has just begun has not heard anybody yet",
        ),
        pytest.param(
            {"last_beat_ms": None, "started_ms": NOW - 20_000},
            {"Reachable": "False/Dark", "Ready": "False/Dark"},
            "start it",
            id="who is never heard is dark",
        ),
        pytest.param(
            {"provider": provider(deleted=True)},
            {"Schedulable": "False/Draining", "Ready": "False/Draining"},
            "being deleted",
            id="a deletion drains",
        ),
        pytest.param(
            {"provider": provider(**window(NOW, NOW + 60_000))},
            {"Schedulable": "False/Maintenance", "Ready": "False/Maintenance"},
            f"in maintenance until {rfc3339(NOW + 60_000)}",
            id="inside a window there is maintenance",
        ),
        pytest.param(
            {"provider": provider(**window(NOW - 60_000, NOW))},
            {},
            "jobs can be placed",
            id="after the window it is open",
        ),
        pytest.param(
            {"states": {GOLD: replace(STATE, receipt_key=OTHER_KEY)}},
            {"Ready": "False/WrongKey", "Stalled": "True/WrongKey"},
            f"receipts count on chain only from {OTHER_KEY}: correct agentKey",
            id="receipts of another key would not count",
        ),
        pytest.param(
            {"states": None, "last_beat_ms": NOW - 20_000},
            {"Bonded": "Unknown/ChainUnreachable", "Reachable": "False/Dark", "Ready": "False/Dark"},
            "silent",
            id="what is certain comes before what is not known",
        ),
    ],
)
def test_what_keeps_jobs_away_is_told(changes: dict[str, object], conditions: dict[str, str], words: str) -> None:
    status = decide(**changes).status
    assert told(status) == {**FINE, **conditions}
    assert words in said(status, "Ready")


def test_every_vault_that_it_asks_to_be_paid_in_holds_a_bond() -> None:
    offers = [{"gpuModel": "H200", "vault": vault, "unitPrice": "2"} for vault in (GOLD, SILVER)]
    both = provider(offers=offers)
    bare = decide(provider=both, states={GOLD: STATE, SILVER: replace(STATE, bond=0)}).status
    assert f"no bond in vault {SILVER}" in said(bare, "Ready")
    assert told(decide(provider=both, states={GOLD: STATE, SILVER: replace(STATE, bond=1)}).status) == FINE
    assert told(decide(provider=both, states={GOLD: STATE}).status)["Bonded"] == "Unknown/ChainUnreachable"


def test_an_unreachable_chain_takes_nothing_back() -> None:
    known = decide(states={GOLD: replace(STATE, receipt_key=OTHER_KEY)})
    away = after(known, states=None, problem="timeout")
    assert away.status.bond == known.status.bond
    assert told(away.status)["Stalled"] == "True/WrongKey"
    assert told(after(away).status) == FINE


def test_blocks_alone_change_nothing() -> None:
    first = decide()
    later = after(first, ms=2_000, last_beat_ms=NOW + 1_900, states={GOLD: replace(STATE, stamp=ChainStamp(51, 0))})
    assert (later.status, later.notices) == (first.status, ())


def test_the_report_time_is_when_the_inventory_changed() -> None:
    first = decide()
    assert first.status.last_report_time == rfc3339(NOW)
    same = after(first, ms=60_000, last_beat_ms=NOW + 60_000)
    assert same.status.last_report_time == rfc3339(NOW)
    more = after(same, ms=90_000, last_beat_ms=NOW + 90_000, inventory=(H200, GpuInventory("L4", 1, 0)))
    assert more.status.last_report_time == rfc3339(NOW + 90_000)
    assert more.status.inventory[1] == InventoryItem(gpu_model="L4", count=1)


def test_the_inventory_stays_while_nobody_has_reported_since_the_start() -> None:
    first = decide()
    assert after(first, last_beat_ms=None, inventory=()).status.inventory == first.status.inventory


def test_a_model_is_listed_once_with_the_least_memory() -> None:
    mixed = (GpuInventory("A100", 2, 80), GpuInventory("A100", 1, 40), GpuInventory("A100", 1, 0))
    assert decide(inventory=mixed).status.inventory == (InventoryItem(gpu_model="A100", count=4, memory_bytes=40),)


@pytest.mark.parametrize(
    ("changes", "wake_ms"),
    [
        pytest.param({}, NOW + 5_000, id="after five seconds at the latest"),
        pytest.param({"last_beat_ms": NOW - 4_000}, NOW + 2_000, id="when silence becomes suspect"),
        pytest.param({"last_beat_ms": NOW - 19_000}, NOW + 1_000, id="when silence becomes dark"),
        pytest.param({"last_beat_ms": None, "started_ms": NOW - 17_000}, NOW + 3_000, id="when the first beat is due"),
        pytest.param({"provider": provider(**window(NOW + 1_000, NOW + 9_000))}, NOW + 1_000, id="when a window opens"),
        pytest.param({"provider": provider(**window(NOW - 9_000, NOW + 3_000))}, NOW + 3_000, id="when it closes"),
    ],
)
def test_it_is_looked_at_again_when_time_alone_can_change_something(changes: dict[str, object], wake_ms: int) -> None:
    assert decide(**changes).wake_ms == wake_ms


def test_people_hear_of_darkness_and_of_its_end_but_not_of_doubts() -> None:
    ready = decide()
    suspect = after(ready, ms=8_000)
    assert suspect.notices == ()
    assert after(suspect, ms=9_000, last_beat_ms=NOW + 9_000).notices == ()
    dark = after(suspect, ms=25_000)
    assert [(notice.reason, notice.warning) for notice in dark.notices] == [("Dark", True)]
    back = after(dark, ms=26_000, last_beat_ms=NOW + 26_000)
    assert [(notice.reason, notice.warning) for notice in back.notices] == [("Open", False)]
