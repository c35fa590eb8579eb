"""`hansa chain audit` rebuilds guarantees and claims from events alone, and the contracts say the same."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from typer.testing import CliRunner

from hansa_chain.cases import State
from hansa_chain.proofs import prove_credit
from hansa_cli.main import app
from hansa_protocol.units import Wei
from tests.dishonest.scene import AMOUNT, PROVIDER, Scene
from tests.fixtures.anvil import WHOLE
from tests.integration.chain.claiming import claim, guarantee_of, miss_epoch, pay
from tests.integration.chain.market import address

BOND = 500 * WHOLE
LITTLE = AMOUNT // 4
Audited = Callable[[], Mapping[str, Any]]


@pytest.fixture
def scene(scene: Scene) -> Scene:
    """Let the provider claim."""
    token, claims = scene.market.contracts.token, scene.market.contracts.claims
    scene.market.do(PROVIDER, token.approve(claims.address, Wei(WHOLE)))
    return scene


@pytest.fixture
def audited(scene: Scene) -> Audited:
    """Return what the contracts say by role, once all of it is what events come to."""

    def audit() -> Mapping[str, Any]:
        argv = ["chain", "audit", "--rpc", scene.rpc_url, "--manifest", str(scene.manifest), "-o", "json"]
        done = CliRunner().invoke(app, argv)
        assert done.exit_code == 0, done.exception or done.output
        hub = address("hub")
        return {one["role"].replace(hub, "hub"): one["onChain"] for one in json.loads(done.stdout)["entries"]}

    return audit


def wei(*amounts: int) -> list[str]:
    return [str(amount) for amount in amounts]


def guaranteed(found: Mapping[str, Any]) -> list[str]:
    """Return what is guaranteed, what is leaving, and since when it can."""
    return [found["guaranteed by hub"], found["leaving of what hub guarantees"], found["what hub guarantees leaves at"]]


def claimed(found: Mapping[str, Any], epoch: int) -> list[str]:
    """Return what is missing, what is due, and how far the claim is."""
    return [found[f"claim on epoch {epoch}: {what}"] for what in ("missing", "due", "state")]


def test_a_claim_that_its_guarantee_does_not_reach(scene: Scene, audited: Audited) -> None:
    scene.market.guarantee(PROVIDER, LITTLE)
    epoch = miss_epoch(scene.market)
    made = claim(scene.market, epoch, AMOUNT)
    found = audited()
    assert claimed(found, epoch) == wei(AMOUNT, LITTLE, State.OPEN)
    assert found[f"claim on epoch {epoch}: until"] == str(made.until)
    assert guaranteed(found) == wei(0, 0, 0)
    assert [found["hub's bond"], found["free"]] == wei(BOND, BOND - LITTLE)
    pay(scene.market, epoch)
    found = audited()
    assert claimed(found, epoch) == wei(AMOUNT, LITTLE, State.ENDED)
    assert [found["hub's bond"], found["free"]] == wei(BOND - LITTLE, BOND - LITTLE)


@pytest.mark.parametrize(
    ("promised", "missing", "due"), [(AMOUNT, 0, 0), (AMOUNT + 1, 1, 1), (2 * AMOUNT, AMOUNT, LITTLE)]
)
def test_a_claim_whose_hub_shows_what_it_paid(
    scene: Scene, audited: Audited, promised: int, missing: int, due: int
) -> None:
    scene.market.guarantee(PROVIDER, LITTLE)
    epoch = scene.next_epoch()
    leaf, receipt = scene.work(scene.order().digest, epoch)
    batch = scene.batch(epoch, [leaf], [receipt])
    _, posted = scene.post(batch)
    scene.market.pass_window(posted)
    contracts, part = scene.market.contracts, batch.parts[0]
    scene.market.do("hub", contracts.settlement.finalize(posted.header, part.credits))
    scene.market.anvil.advance_to((epoch + 1) * scene.market.epoch_seconds + 15)
    claim(scene.market, epoch, promised)
    scene.market.do("hub", contracts.claims.show_credit(posted.header, *prove_credit(part, address(PROVIDER))))
    found = audited()
    assert claimed(found, epoch) == wei(missing, due, State.OPEN if due else State.ANSWERED)
    assert guaranteed(found) == wei(LITTLE - due, 0, 0)


def test_what_a_stranger_asks_for_that_guarantees_nothing(scene: Scene, audited: Audited) -> None:
    nowhere = address("ben")
    scene.market.do("ben", scene.market.contracts.settlement.request_revoke(nowhere, address(PROVIDER), Wei(0)))
    assert not [role for role in audited() if "guarantee" in role]


def test_a_revocation_under_way_and_one_that_is_done(scene: Scene, audited: Audited) -> None:
    settlement, vault = scene.market.contracts.settlement, scene.market.contracts.vault.address
    scene.market.guarantee(PROVIDER, AMOUNT)
    scene.market.do("hub", settlement.request_revoke(vault, address(PROVIDER), Wei(AMOUNT)))
    scene.market.do("hub", settlement.request_revoke(vault, address(PROVIDER), Wei(AMOUNT - 1)))
    given = guarantee_of(scene.market)
    assert guaranteed(audited()) == wei(AMOUNT, AMOUNT - 1, given.available_at)
    # What the claim has does not leave.
    claim(scene.market, miss_epoch(scene.market), LITTLE)
    scene.market.anvil.advance_to(given.available_at)
    scene.market.do("hub", settlement.revoke(vault, address(PROVIDER)))
    found = audited()
    assert guaranteed(found) == wei(0, 0, 0)
    assert [found["hub's bond"], found["free"]] == wei(BOND, BOND - LITTLE)
