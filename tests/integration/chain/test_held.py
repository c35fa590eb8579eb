"""`hansa verify` and disputes: the customer opens one, its provider sees what is held, and anybody ends it in time."""

from hansa_cli.problem import ExitCode
from tests.dishonest.catching import sending, verify
from tests.dishonest.scene import AMOUNT, CUSTOMER, PROVIDER, Scene
from tests.integration.chain.market import address


def test_a_provider_sees_a_disputed_slice_and_has_it_paid_when_nobody_conceded(scene: Scene) -> None:
    market, vault = scene.market, scene.market.contracts.vault
    epoch, ordered = scene.next_epoch(), scene.order()
    leaf, receipt = scene.work(ordered.digest, epoch)
    batch = scene.batch(epoch, [leaf], [receipt])
    file, posted = scene.post(batch)
    doubts = ("--orders", str(scene.orders_file()), "--dispute", ordered.job_id)
    opened = verify(scene, [file], *sending(scene, CUSTOMER), *doubts)
    assert opened.calls == ["dispute"], opened.printed
    early = verify(scene, [file], *sending(scene, PROVIDER))
    assert (early.code, early.sent) == (ExitCode.FAILED, ())
    assert "HELD slice 0 of job" in early.printed
    assert "the provider or the hub can concede; else it is paid as posted" in early.printed
    assert early.again is not None
    market.anvil.advance_to(early.again)
    ended = verify(scene, [file], *sending(scene, PROVIDER))
    assert (ended.code, ended.calls) == (ExitCode.OK, ["expire"]), ended.printed
    again = verify(scene, [file], *sending(scene, PROVIDER))
    assert (again.code, again.sent) == (ExitCode.OK, ()), again.printed
    market.anvil.advance(market.deployment.profile.params.window)
    market.do("hub", market.contracts.settlement.finalize(posted.header, batch.parts[0].credits))
    assert vault.balance_of(address(PROVIDER), at="latest") > AMOUNT
