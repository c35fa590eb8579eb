"""`hansa chain guarantee`: a hub guarantees a payee a part of its bond and has it back, by hand and in words."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from typer.testing import CliRunner

from hansa_cli.main import app
from hansa_cli.problem import ExitCode, Problem
from hansa_operator.core.clock import rfc3339
from tests.dishonest.scene import PROVIDER, Scene
from tests.fixtures.anvil import WHOLE
from tests.integration.chain.claiming import guarantee_of
from tests.integration.chain.market import address

NOBODY = "0x" + "00" * 20


@dataclass(frozen=True)
class Ran:
    """Hold how a run ended: what was printed in one line, and the problem it ended with."""

    code: int
    printed: str
    told: str


def run(scene: Scene, *options: str, where: Sequence[str] = ()) -> Ran:
    place = where or ("--manifest", str(scene.manifest))
    done = CliRunner().invoke(app, ["chain", "guarantee", "--rpc", scene.rpc_url, *place, *options])
    printed = " ".join(done.output.split())
    if isinstance(done.exception, Problem):
        return Ran(done.exception.code, printed, str(done.exception))
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Ran(done.exit_code, printed, printed)


def of(scene: Scene, *options: str) -> tuple[str, ...]:
    """Return the options of the hub about the provider."""
    return ("--payee", address(PROVIDER), "--key-file", str(scene.key_file("hub")), *options)


def test_a_hub_guarantees_asks_for_a_part_and_has_it_back_after_the_delay(scene: Scene) -> None:
    more = run(scene, *of(scene, "--amount", "2.5"))
    assert more.code == 0, more.told
    assert f"guarantees {address(PROVIDER)} 2.5 HANSA." in more.printed
    assert "Of its bond 497.5 HANSA are free." in more.printed
    again = run(scene, *of(scene, "--amount", "2.5"))
    assert (again.code, "2.5 HANSA are guaranteed already" in again.told) == (ExitCode.REFUSED, True)
    asked = run(scene, *of(scene, "--revoke", "2"))
    since = guarantee_of(scene.market).available_at
    assert f"2.5 HANSA; the hub can have 2 HANSA of it back from {rfc3339(since * 1000)} on" in asked.printed
    assert "on: count on 0.5 HANSA." in asked.printed
    early = run(scene, *of(scene, "--collect"))
    assert (early.code, f"collect it from {rfc3339(since * 1000)} on" in early.told) == (ExitCode.REFUSED, True)
    scene.market.anvil.advance_to(since)
    done = run(scene, *of(scene, "--collect"))
    assert "guarantees" in done.printed
    assert "0.5 HANSA. Of its bond 499.5 HANSA are free." in done.printed
    assert guarantee_of(scene.market).amount == WHOLE // 2


def test_without_anything_to_do_everybody_sees_what_is_guaranteed(scene: Scene) -> None:
    looking = ("--payee", address(PROVIDER), "--hub", address("hub"))
    assert f"Hub {address('hub')} guarantees {address(PROVIDER)} nothing" in run(scene, *looking).printed
    scene.market.guarantee(PROVIDER, WHOLE)
    block = scene.market.anvil.chain.stamp().number
    d = scene.market.deployment
    named = ("--contract", f"Settlement={d.settlement}", "--contract", f"Vault={d.vault}", "--chain-id", "31337")
    for where in ((), named):
        seen = run(scene, *looking, where=where)
        assert (seen.code, f"guarantees {address(PROVIDER)} 1 HANSA." in seen.printed) == (0, True)
    assert scene.market.anvil.chain.stamp().number == block, "nothing is sent to look"


WRONG: dict[str, tuple[tuple[str, ...], ExitCode, str]] = {
    "more than is free": (
        ("--amount", "501"),
        ExitCode.REFUSED,
        "it takes 501 HANSA, and 500 HANSA of the",
    ),
    "nothing at all": (("--amount", "0"), ExitCode.REFUSED, "0 HANSA are guaranteed already"),
    "no amount": (("--amount", "1e3"), ExitCode.USAGE, "--amount: '1e3' is no amount"),
    "back what is not there": (("--revoke", "1"), ExitCode.REFUSED, "0 HANSA are guaranteed, less than 1 HANSA"),
    "what was not asked for": (("--collect",), ExitCode.REFUSED, "ask first: --revoke AMOUNT"),
    "two things at once": (("--amount", "1", "--collect"), ExitCode.USAGE, "--amount and --collect are transactions"),
    "for nobody": (("--payee", NOBODY), ExitCode.USAGE, "--payee is the zero address"),
    "for no address": (("--payee", "0x12"), ExitCode.USAGE, "--payee: "),
    "for another hub": (("--hub", address("ada"), "--amount", "1"), ExitCode.USAGE, f"--hub is {address('ada')}"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_cannot_be_done_is_told_and_nothing_is_sent(scene: Scene, wrong: str) -> None:
    options, code, told = WRONG[wrong]
    block = scene.market.anvil.chain.stamp().number
    ran = run(scene, *of(scene, *options))
    assert (ran.code, told in ran.told) == (code, True), ran.told
    assert scene.market.anvil.chain.stamp().number == block


def test_who_is_meant_and_where_has_to_be_said(scene: Scene) -> None:
    d = scene.market.deployment
    settlement, vault = ("--contract", f"Settlement={d.settlement}"), ("--contract", f"Vault={d.vault}")
    token, chain = ("--contract", f"Vault={d.token}"), ("--chain-id", "31337")
    payee = ("--payee", address(PROVIDER))
    hub = (*payee, "--hub", address("hub"))
    for options, where, told in (
        (payee, (), "--hub 0x..."),
        ((*hub, "--amount", "1"), (), "--amount is the hub's to send"),
        (hub, (*settlement, *vault), "add --chain-id"),
        (hub, (*settlement, *chain), "--contract Vault=0x..."),
        (hub, (*settlement, *vault, *token, *chain), "name both, each once"),
        (hub, (*settlement, *token, *chain), f"{d.token} is no vault of the settlement"),
        (hub, ("--manifest", str(scene.folder / "none.json")), "give --manifest FILE"),
    ):
        ran = run(scene, *options, where=where)
        assert ran.code != 0
        assert told in ran.told
