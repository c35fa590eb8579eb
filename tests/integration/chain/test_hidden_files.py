"""`hansa verify` against a hub that shows no file, or another than it posted: the chain is enough."""

from dataclasses import replace
from pathlib import Path

from hansa_cli.problem import ExitCode
from hansa_protocol.eip712 import Iou
from hansa_protocol.units import Wei
from tests.dishonest.catching import calls_of, catch, sending, verify
from tests.dishonest.scene import AMOUNT, CUSTOMER, PROVIDER, Scene
from tests.integration.chain.defence import defend
from tests.integration.chain.hidden import COST, hidden, of, reveal
from tests.integration.chain.market import address

LEAF_FEE = 10**15


def test_without_a_file_everybody_sees_what_was_posted_and_what_can_be_done(scene: Scene) -> None:
    epoch = scene.next_epoch()
    _, posted = hidden(scene, scene.work(scene.order().digest, epoch)[0], epoch=epoch)
    run = verify(scene, [], *of(epoch, "--account", address(CUSTOMER)))
    assert (run.code, run.sent) == (ExitCode.FAILED, ())
    assert f"{address(CUSTOMER)} is charged 10.3 HANSA, of which 10.3 HANSA was taken" in run.printed
    assert f"do demand, {address(CUSTOMER)} alone can send it, until " in run.printed
    assert "a deposit of 0.001" in run.printed
    assert "no file shows for what" in run.printed
    paid = verify(scene, [], *of(epoch, "--account", address(PROVIDER)))
    assert "It is credited 10 HANSA." in paid.printed
    assert (paid.code, "finding" in paid.printed) == (0, False), "what slices are for is the customer's to ask"
    assert posted.header.leaf_count == 1


def test_a_hub_that_stays_silent_gives_all_money_back(scene: Scene) -> None:
    before = scene.worth(CUSTOMER)
    epoch = scene.next_epoch()
    hidden(scene, scene.work(scene.order().digest, epoch)[0], epoch=epoch)
    runs = catch(scene, [], {CUSTOMER: of(epoch)})
    assert calls_of(runs) == ["demand", "voidPart", "collect"], runs[-1][1].printed
    assert "can be challenged for so long" in runs[0][1].printed
    # All that was taken, the deposit, and a tenth of the penalty.
    assert scene.worth(CUSTOMER) == before + COST // 10
    assert "void: its customers have back what was taken" in runs[-1][1].printed


def test_a_revealed_slice_of_a_job_that_nobody_ordered_is_struck(scene: Scene) -> None:
    epoch = scene.next_epoch()
    ordered, invented = scene.work(scene.order().digest, epoch)[0], scene.work(b"\7" * 32, epoch)[0]
    leaves = sorted((ordered, invented), key=lambda leaf: leaf.job_id)
    batch, posted = hidden(scene, *leaves, epoch=epoch)
    options = of(epoch, "--orders", str(scene.orders_file()))
    assert verify(scene, [], *options, *sending(scene, CUSTOMER)).calls == ["demand"]
    reveal(scene, batch, posted, [0])
    partly = verify(scene, [], *options, "--account", address(CUSTOMER))
    assert "the hub has revealed 10.3 HANSA of it" in partly.printed
    reveal(scene, batch, posted, [1])
    runs = catch(scene, [], {CUSTOMER: options})
    assert calls_of(runs) == ["challengeOrder", "strike", "collect"], runs[-1][1].printed
    assert "no order of it is among those given" in runs[0][1].printed
    assert "is charged" not in runs[0][1].printed.partition("WRONG")[2], "the row is explained"


def test_a_revealed_slice_that_a_file_of_an_earlier_epoch_has_too_is_a_duplicate(scene: Scene) -> None:
    epoch = scene.next_epoch()
    leaf, receipt = scene.work(scene.order().digest, epoch)
    file, _ = scene.post(scene.batch(epoch, [leaf], [receipt]))
    again = scene.next_epoch()
    batch, posted = hidden(scene, replace(leaf, epoch=again), epoch=again)
    options = of(again, "--orders", str(scene.orders_file()), *sending(scene, CUSTOMER))
    assert verify(scene, [file], *options).calls == ["demand"]
    reveal(scene, batch, posted, [0])
    assert verify(scene, [file], *options).calls == ["proveDuplicate"]


def test_a_revealed_slice_of_another_epoch_is_a_fault(scene: Scene) -> None:
    epoch = scene.next_epoch()
    leaf = replace(scene.work(scene.order().digest, epoch)[0], epoch=epoch - 1)
    batch, posted = hidden(scene, leaf, epoch=epoch)
    options = of(epoch, "--orders", str(scene.orders_file()), *sending(scene, CUSTOMER))
    verify(scene, [], *options)
    reveal(scene, batch, posted, [0])
    run = verify(scene, [], *options)
    assert run.calls == ["proveFault"], run.printed
    assert f"is in the batch of epoch {epoch}" in run.printed


async def test_an_honest_hub_whose_file_did_not_arrive_shows_all_of_it_on_chain(scene: Scene, tmp_path: Path) -> None:
    async with defend(scene, tmp_path) as hub:
        epoch = scene.next_epoch()
        leaf, receipt = scene.work(scene.order().digest, epoch)
        batch = scene.batch(epoch, [leaf], [receipt])
        await hub.seal(batch)
        scene.post(batch)
        options = of(epoch, "--orders", str(scene.orders_file()), *sending(scene, CUSTOMER))
        assert verify(scene, [], *options).calls == ["demand"]
        await hub.look()
        run = verify(scene, [], *options)
        assert (run.code, run.sent) == (ExitCode.OK, ()), run.printed
        assert "-10.3" in run.printed, "the bill has the slice"
        # Its provider alone can want to see the receipt, which no file has.
        asked = verify(scene, [], *of(epoch, *sending(scene, PROVIDER)))
        assert asked.calls == ["challengeReceipt"]


def test_a_hub_that_never_posts_is_claimed_on_by_its_iou_alone(scene: Scene) -> None:
    epoch = scene.next_epoch()
    iou = Iou(address("hub"), scene.market.contracts.vault.address, epoch, address(PROVIDER), 1, AMOUNT)
    options = of(epoch, "--ious", str(scene.ious_file(iou)))
    scene.next_epoch()
    early = verify(scene, [], *options)
    assert "it can be posted for" in early.told
    params = scene.market.deployment.profile.params
    scene.market.anvil.advance_to((epoch + 1) * params.epoch + params.post + 1)
    vain = verify(scene, [], *options, *sending(scene, PROVIDER))
    assert (vain.code, vain.sent) == (ExitCode.FAILED, ())
    assert f"guarantees {address(PROVIDER)} nothing" in vain.printed
    assert "nothing is guaranteed, so a claim would be refused" in vain.printed
    scene.market.guarantee(PROVIDER, 2 * AMOUNT)
    runs = catch(scene, [], {PROVIDER: options})
    assert calls_of(runs) == ["claim", "payClaim"], runs[-1][1].printed
    assert scene.market.contracts.vault.balance_of(address(PROVIDER), at="latest") == AMOUNT + LEAF_FEE


def test_a_payee_is_told_how_much_of_what_is_missing_it_can_have(scene: Scene) -> None:
    epoch = scene.next_epoch()
    settlement, vault = scene.market.contracts.settlement, scene.market.contracts.vault.address
    scene.market.guarantee(PROVIDER, AMOUNT // 2)
    scene.market.do("hub", settlement.request_revoke(vault, address(PROVIDER), Wei(AMOUNT // 5)))
    iou = Iou(address("hub"), vault, epoch, address(PROVIDER), 1, AMOUNT)
    params = scene.market.deployment.profile.params
    scene.market.anvil.advance_to((epoch + 1) * params.epoch + params.post + 1)
    runs = catch(scene, [], {PROVIDER: of(epoch, "--ious", str(scene.ious_file(iou)))})
    told = " ".join(runs[0][1].printed.split())
    assert "5 HANSA; the hub can have 2 HANSA of it back from 20" in told
    assert "on: count on 3 HANSA" in told
    assert "then payClaim 5 HANSA, which are kept for it" in told
    assert calls_of(runs) == ["claim", "payClaim"]
    assert scene.market.contracts.vault.balance_of(address(PROVIDER), at="latest") == AMOUNT // 2 + LEAF_FEE


def test_what_is_not_there_is_told_in_words(scene: Scene) -> None:
    epoch = scene.next_epoch()
    assert "it never posted" in verify(scene, [], *of(epoch)).told
    hidden(scene, scene.work(scene.order().digest, epoch)[0], epoch=epoch)
    for asked, code, told in (
        (of(epoch - 1), ExitCode.FAILED, f"its last is {epoch}"),
        (of(2**64 - 1), ExitCode.FAILED, "that epoch has not begun"),
        (("--hub", address(PROVIDER), "--epoch", str(epoch)), ExitCode.FAILED, "it never posted"),
        (("--hub", "0x12", "--epoch", str(epoch)), ExitCode.USAGE, "--hub: "),
    ):
        run = verify(scene, [], *asked)
        assert (run.code, run.sent) == (code, ())
        assert told in run.told


def test_a_manifest_of_another_chain_is_told(scene: Scene) -> None:
    scene.manifest.write_text(scene.manifest.read_text().replace('"chainId": 31337', '"chainId": 1'))
    run = verify(scene, [], *of(1))
    assert run.code == ExitCode.REFUSED
    assert "serves chain 31337, and chain 1 was asked for" in run.told
