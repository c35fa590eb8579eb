"""What a dishonest hub does: charge a slice twice, invent a job, forge a row; and how each is caught."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from hansa_protocol.eip712 import Iou
from hansa_protocol.rows import Row
from hansa_protocol.units import Wei
from tests.dishonest.catching import Run, catch
from tests.dishonest.scene import AMOUNT, CUSTOMER, FRIEND, PROVIDER, Scene
from tests.fixtures.anvil import WHOLE
from tests.integration.chain.market import address

PARTIES = (CUSTOMER, PROVIDER, FRIEND)
FORGED = 5 * WHOLE
Runs = list[tuple[str, Run]]


@dataclass(frozen=True, slots=True)
class Caught:
    """Hold a cheat's end: who sent what, the hub's bond before and after, and what each party has more than before."""

    cheat: str
    runs: Runs
    bond_before: int
    bond_after: int
    gained: Mapping[str, int]

    @property
    def sent(self) -> list[tuple[str, str, str]]:
        """Return who sent which call in which transaction."""
        return [(name, one.call, one.tx_hash) for name, run in self.runs for one in run.sent]


def charge_twice(scene: Scene) -> Runs:
    """Charge an honest slice again in the next epoch; the customer has both files."""
    epoch = scene.next_epoch()
    leaf, receipt = scene.work(scene.order().digest, epoch)
    first, _ = scene.post(scene.batch(epoch, [leaf], [receipt]))
    again = scene.next_epoch()
    second, _ = scene.post(scene.batch(again, [replace(leaf, epoch=again)], [receipt]))
    return catch(scene, [first, second], {CUSTOMER: ()})


def invent_job(scene: Scene) -> Runs:
    """Charge for a job that nobody ordered; the customer has its orders, and the hub none to show."""
    epoch = scene.next_epoch()
    scene.order()
    leaf, _ = scene.work(b"\7" * 32, epoch)
    file, _ = scene.post(scene.batch(epoch, [leaf], []))
    return catch(scene, [file], {CUSTOMER: ("--orders", str(scene.orders_file()))})


def forge_row(scene: Scene) -> Runs:
    """Charge the customer more than its slices, and credit a friend with all of it; the provider claims by its IOU.

    The provider works for no more than the hub has guaranteed it before.
    """
    scene.market.guarantee(PROVIDER, AMOUNT)
    epoch = scene.next_epoch()
    leaf, receipt = scene.work(scene.order().digest, epoch)
    batch = scene.batch(epoch, [leaf], [receipt])
    (debit,) = batch.parts[0].debits
    forged = Row(address(FRIEND), Wei(AMOUNT + FORGED))
    file, _ = scene.post(batch, (replace(debit, amount=Wei(debit.amount + 2 * FORGED)),), (forged,))
    iou = Iou(address("hub"), batch.vault, epoch, address(PROVIDER), 1, AMOUNT)
    return catch(scene, [file], {CUSTOMER: (), PROVIDER: ("--ious", str(scene.ious_file(iou)))})


CHEATS: Mapping[str, Callable[[Scene], Runs]] = {
    "a slice charged twice": charge_twice,
    "an invented job": invent_job,
    "a forged row": forge_row,
}


def play(scene: Scene, cheat: str) -> Caught:
    """Let the hub cheat and the others catch it."""
    bond, before = scene.bond(), {name: scene.worth(name) for name in PARTIES}
    runs = CHEATS[cheat](scene)
    gained = {name: scene.worth(name) - before[name] for name in PARTIES}
    return Caught(cheat, runs, bond, scene.bond(), gained)
