"""`hansa verify` on a real chain: an honest hub is believed, each fault is sent to its own challenge, answers count."""

from dataclasses import replace
from pathlib import Path

import pytest

from hansa_cli.problem import ExitCode
from hansa_protocol.batch import Batch, encode_batch
from hansa_protocol.parts import Tariff, net_part
from tests.dishonest.catching import calls_of, catch, sending, verify
from tests.dishonest.scene import AMOUNT, CUSTOMER, PROVIDER, Scene
from tests.fixtures.anvil import ACCOUNTS
from tests.integration.chain.defence import defend
from tests.integration.chain.market import address


def honest(scene: Scene) -> Batch:
    """Return the batch of an ordered job in an epoch that begins."""
    epoch = scene.next_epoch()
    leaf, receipt = scene.work(scene.order().digest, epoch)
    return scene.batch(epoch, [leaf], [receipt])


def test_an_honest_hub_is_believed_by_everybody_and_nothing_is_sent(scene: Scene) -> None:
    file, _ = scene.post(honest(scene))
    for name, options in ((CUSTOMER, ("--orders", str(scene.orders_file()))), (PROVIDER, ())):
        run = verify(scene, [file], *sending(scene, name), *options)
        assert (run.code, run.sent, run.again) == (ExitCode.OK, (), None), run.printed


async def test_a_doubt_that_the_hub_answers_ends_well(scene: Scene, tmp_path: Path) -> None:
    async with defend(scene, tmp_path) as hub:
        batch = honest(scene)
        await hub.admit(scene.orders.pop())
        await hub.seal(batch)
        file, _ = scene.post(batch)
        options = (*sending(scene, CUSTOMER), "--orders", "none")
        doubted = verify(scene, [file], *options)
        assert (doubted.calls, doubted.code) == (["challengeOrder"], ExitCode.FAILED)
        await hub.look()
        answered = verify(scene, [file], *options)
        assert "the hub has shown the signed order" in answered.printed
        assert (answered.code, answered.sent) == (ExitCode.OK, ())


def test_a_provider_that_did_not_sign_has_the_slice_struck(scene: Scene) -> None:
    epoch = scene.next_epoch()
    leaf, _ = scene.work(scene.order().digest, epoch)
    file, _ = scene.post(scene.batch(epoch, [leaf], []))
    assert calls_of(catch(scene, [file], {PROVIDER: ()})) == ["challengeReceipt", "strike", "collect"]


def test_a_slice_that_is_wrong_in_itself_is_struck_by_anybody(scene: Scene) -> None:
    epoch = scene.next_epoch()
    leaf, receipt = scene.work(scene.order().digest, epoch)
    batch = scene.batch(epoch, [replace(leaf, cumulative=leaf.cumulative - 1)], [receipt])
    file, _ = scene.post(batch)
    before = scene.worth(CUSTOMER)
    assert calls_of(catch(scene, [file], {PROVIDER: ()})) == ["proveFault", "collect"]
    assert scene.worth(CUSTOMER) == before + AMOUNT * 103 // 100


def test_a_slice_can_be_disputed_and_its_credit_waits(scene: Scene) -> None:
    batch = honest(scene)
    file, posted = scene.post(batch)
    job = "0x" + scene.orders[0].digest.hex()
    run = verify(scene, [file], *sending(scene, CUSTOMER), "--dispute", job)
    assert run.calls == ["dispute"], run.printed
    settlement = scene.market.contracts.settlement
    scene.market.pass_window(posted)
    scene.market.do("hub", settlement.finalize(posted.header, batch.parts[0].credits))
    assert scene.market.contracts.vault.balance_of(address(PROVIDER), at="latest") == 0


def test_a_file_that_is_not_what_was_posted_makes_its_customer_demand_the_slices(scene: Scene) -> None:
    batch = honest(scene)
    file, _ = scene.post(batch)
    (leaf,) = batch.parts[0].leaves
    cheap = net_part(0, [replace(leaf, provider_amount=1, cumulative=2)], Tariff({}, batch.fee_bps))
    file.write_bytes(encode_batch(replace(batch, parts=(cheap,))))
    run = verify(scene, [file], *sending(scene, CUSTOMER))
    assert run.calls == ["demand"], run.printed
    assert "FALSE epoch" in run.printed


def test_garbage_in_a_file_is_a_finding_and_the_rest_is_judged(scene: Scene) -> None:
    file, _ = scene.post(honest(scene))
    file.write_bytes(file.read_bytes() + b'["garbage"]\n\xff\n')
    run = verify(scene, [file], "--account", address(CUSTOMER))
    assert run.code == ExitCode.FAILED
    assert "is neither a slice nor a receipt" in run.printed
    assert "part 0 on chain is what its file says: the file digest differs" in run.printed
    assert "WRONG" not in run.printed, "the slices are those that were posted"


@pytest.mark.parametrize("content", ["", "a: b", "- 1", "{}", "kind: List\nitems: 1\n", "kind: AIJob\nspec: [1]\n"])
def test_a_file_without_orders_is_refused_and_nothing_is_sent(scene: Scene, tmp_path: Path, content: str) -> None:
    file, _ = scene.post(honest(scene))
    (tmp_path / "wrong").write_text(content)
    run = verify(scene, [file], *sending(scene, CUSTOMER), "--orders", str(tmp_path / "wrong"))
    assert (run.code, run.sent) == (ExitCode.USAGE, ())


def test_a_dispute_names_a_job_that_charges_who_looks(scene: Scene) -> None:
    file, _ = scene.post(honest(scene))
    job, other = "0x" + scene.orders[0].digest.hex(), "0x" + "11" * 32
    for options in (
        ("--dispute", job),
        ("--dispute", other, "--account", address(CUSTOMER)),
        ("--dispute", job, "--account", address(PROVIDER)),
    ):
        assert verify(scene, [file], *options).code == ExitCode.USAGE


def test_without_tokens_for_the_deposit_nothing_is_sent(scene: Scene) -> None:
    file, _ = scene.post(honest(scene))
    token, market = scene.market.contracts.token, scene.market
    market.do(CUSTOMER, token.transfer(ACCOUNTS["treasury"].address, token.balance_of(address(CUSTOMER), at="latest")))
    run = verify(scene, [file], *sending(scene, CUSTOMER), "--orders", "none")
    assert (run.code, run.sent) == (ExitCode.REFUSED, ())


def test_what_is_sent_too_late_is_told(scene: Scene) -> None:
    file, posted = scene.post(honest(scene))
    scene.market.pass_window(posted)
    run = verify(scene, [file], *sending(scene, CUSTOMER), "--orders", "none")
    assert "too late to challenge it" in run.printed
    assert (run.code, run.sent) == (ExitCode.FAILED, ())
