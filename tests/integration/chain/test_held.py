"""`hansa verify` and disputes: the customer opens one, and its provider or its hub concedes it, or anybody ends it."""

from dataclasses import dataclass
from pathlib import Path

from hansa_chain.settlement import PostedPart
from hansa_cli.problem import ExitCode
from hansa_protocol.batch import Batch
from tests.dishonest.catching import Run, sending, verify
from tests.dishonest.scene import AMOUNT, CUSTOMER, PROVIDER, Scene
from tests.integration.chain.market import address


@dataclass(frozen=True, slots=True)
class Disputed:
    """Hold a batch of one slice that its customer disputes, the file of it, and the dispute's bond (wei)."""

    scene: Scene
    batch: Batch
    file: Path
    posted: PostedPart
    bond: int

    @property
    def job(self) -> str:
        return "0x" + self.batch.parts[0].leaves[0].job_id.hex()

    @property
    def charge(self) -> int:
        """Return what the customer was charged, with the fee (wei)."""
        return self.batch.parts[0].debits[0].amount

    def verify(self, name: str, *options: str) -> Run:
        return verify(self.scene, [self.file], *sending(self.scene, name), *options)

    def pay(self) -> None:
        market = self.scene.market
        market.anvil.advance(market.deployment.profile.params.window)
        market.do("hub", market.contracts.settlement.finalize(self.posted.header, self.batch.parts[0].credits))

    def balance(self, name: str) -> int:
        return self.scene.market.contracts.vault.balance_of(address(name), at="latest")

    def wallet(self, name: str) -> int:
        return self.scene.market.contracts.token.balance_of(address(name), at="latest")


def post(scene: Scene) -> tuple[Batch, Path, PostedPart, str]:
    epoch, ordered = scene.next_epoch(), scene.order()
    leaf, receipt = scene.work(ordered.digest, epoch)
    batch = scene.batch(epoch, [leaf], [receipt])
    return batch, *scene.post(batch), ordered.job_id


def disputed(scene: Scene) -> Disputed:
    batch, file, posted, job = post(scene)
    before = scene.market.contracts.token.balance_of(address(CUSTOMER), at="latest")
    opened = verify(scene, [file], *sending(scene, CUSTOMER), "--orders", str(scene.orders_file()), "--dispute", job)
    assert opened.calls == ["dispute"], opened.printed
    bond = before - scene.market.contracts.token.balance_of(address(CUSTOMER), at="latest")
    return Disputed(scene, batch, file, posted, bond)


def test_a_provider_sees_a_disputed_slice_and_has_it_paid_when_nobody_conceded(scene: Scene) -> None:
    case = disputed(scene)
    early = case.verify(PROVIDER)
    assert (early.code, early.sent) == (ExitCode.FAILED, ())
    assert "HELD slice 0 of job" in early.printed
    assert "the provider or the hub can concede; else it is paid as posted" in early.printed
    assert early.again is not None
    scene.market.anvil.advance_to(early.again)
    ended = case.verify(PROVIDER)
    assert (ended.code, ended.calls) == (ExitCode.OK, ["expire"]), ended.printed
    again = case.verify(PROVIDER)
    assert (again.code, again.sent) == (ExitCode.OK, ()), again.printed
    before = case.balance(PROVIDER)
    case.pay()
    assert case.balance(PROVIDER) == before + AMOUNT


def test_a_provider_concedes_what_is_held_and_the_customer_has_it_back_with_its_bond(scene: Scene) -> None:
    case = disputed(scene)
    (customer, provider) = case.balance(CUSTOMER), case.balance(PROVIDER)
    conceded = case.verify(PROVIDER, "--concede", case.job)
    assert (conceded.code, conceded.calls) == (ExitCode.OK, ["concede"]), conceded.printed
    again = case.verify(PROVIDER, "--concede", case.job)
    assert (again.code, again.sent) == (ExitCode.OK, ()), again.printed
    case.pay()
    assert case.balance(CUSTOMER) == customer + AMOUNT + case.bond
    assert case.balance(PROVIDER) == provider


def test_a_hub_concedes_out_of_its_pocket_and_the_provider_is_paid_as_posted(scene: Scene) -> None:
    case = disputed(scene)
    customer, provider, wallet = case.balance(CUSTOMER), case.balance(PROVIDER), case.wallet("hub")
    held = case.verify("hub")
    assert "HELD" in held.printed, held.printed
    conceded = case.verify("hub", "--concede", case.job)
    assert (conceded.code, conceded.calls) == (ExitCode.OK, ["concedeByHub"]), conceded.printed
    assert case.wallet("hub") == wallet - case.charge
    case.pay()
    assert case.balance(CUSTOMER) == customer + case.charge + case.bond
    assert case.balance(PROVIDER) == provider + AMOUNT


def test_a_hub_does_not_concede_what_the_customer_has_back_already(scene: Scene) -> None:
    batch, file, posted, job = post(scene)
    case = Disputed(scene, batch, file, posted, bond=0)
    challenged = case.verify(CUSTOMER, "--orders", "none")
    assert challenged.again is not None
    scene.market.anvil.advance(4)
    orders = ("--orders", str(scene.orders_file()))
    assert case.verify(CUSTOMER, *orders, "--dispute", job).calls == ["dispute"]
    scene.market.anvil.advance_to(challenged.again)
    assert case.verify(CUSTOMER, "--orders", "none").calls == ["strike"]
    wallet = case.wallet("hub")
    conceding = case.verify("hub", "--concede", case.job)
    assert "the customer has its money back already" in conceding.printed
    assert "concedeByHub" not in conceding.calls
    assert case.wallet("hub") == wallet


def test_what_nobody_disputed_or_somebody_else_was_paid_for_is_not_conceded(scene: Scene) -> None:
    case = disputed(scene)
    strange = case.verify(CUSTOMER, "--concede", case.job)
    assert (strange.code, strange.sent) == (ExitCode.USAGE, ())
    assert "no slice of job" in strange.told
    other = case.verify(PROVIDER, "--concede", "0x" + "22" * 32)
    assert (other.code, other.sent) == (ExitCode.USAGE, ())
    nobody = verify(scene, [case.file], "--concede", case.job)
    assert (nobody.code, nobody.sent) == (ExitCode.USAGE, ())
    assert "--account" in nobody.told
