"""A random history: from a seed to the calls that a model has played, and to the questions at its end."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from tests.model.deployment import Deployment
from tests.model.encoding import Step, step_of
from tests.model.histories import accounts, batches, cases, claims
from tests.model.histories.questions import questions_about
from tests.model.histories.scene import Scene
from tests.model.world import Call, Outcome

Move = Callable[[Scene], None]

BEGINNING: Sequence[Move] = (
    *(accounts.begin_customers, accounts.begin_customers),
    *(accounts.begin_providers, accounts.begin_hubs, accounts.deposit, accounts.open_line),
)
"""What makes a market; a history leaves some of it out."""
CORE: Sequence[tuple[int, Move]] = (
    (6, accounts.deposit),
    (4, accounts.request_withdrawal),
    (1, accounts.cancel_withdrawal),
    (3, accounts.withdraw),
    (5, accounts.open_line),
    (2, accounts.open_batch),
    (2, accounts.revoke),
    (1, accounts.skip_nonce),
    (3, accounts.prune),
    (2, accounts.register),
    (3, accounts.top_up),
    (1, accounts.set_receipt_key),
    (4, accounts.deposit_bond),
    (4, accounts.request_unbond),
    (1, accounts.cancel_unbond),
    (4, accounts.unbond),
    (2, accounts.release_cover),
    (1, accounts.touch_what_is_guarded),
    (16, batches.post),
    (5, batches.finalize),
    (4, batches.finalize_row),
    (1, batches.post_again),
)
OPENINGS: Sequence[tuple[int, Move]] = (
    (3, cases.prove_fault),
    (3, cases.prove_duplicate),
    (4, cases.challenge_order),
    (4, cases.challenge_receipt),
    (5, cases.demand),
    (8, cases.dispute),
)
ANSWERS: Sequence[tuple[int, Move]] = (
    (4, cases.show_order),
    (4, cases.show_receipt),
    (4, cases.reveal),
    (4, cases.concede),
    (5, cases.decide),
    (3, claims.show_credit),
)
ENDINGS: Sequence[tuple[int, Move]] = (
    (3, cases.strike),
    (3, cases.collect),
    (4, cases.void_part),
    (2, cases.lapse),
    (3, cases.expire),
    (5, claims.claim),
    (4, claims.pay_claim),
)


@dataclass(frozen=True, slots=True)
class History:
    """Hold a history; the same seed always gives the same one."""

    seed: int
    deployment: Deployment
    played: tuple[tuple[Call, Outcome], ...]
    questions: tuple[Step, ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        """Return calls and questions as bytes."""
        return (*(step_of(self.deployment, *one) for one in self.played), *self.questions)


def draw_history(seed: int, deployments: Sequence[Deployment]) -> History:
    """Return the history of a seed."""
    chance = Random(seed)
    deployment = deployments[seed % len(deployments)]
    scene = Scene(chance, deployment, deployment.world())
    for move in BEGINNING:
        if chance.random() < 0.92:
            move(scene)
    core_alone = chance.random() < 0.2
    for _ in range(chance.randint(5, 60)):
        _go_on(scene, core_alone=core_alone)
    return History(seed, deployment, tuple(scene.played), tuple(questions_about(scene.world, deployment, scene.at)))


def _go_on(scene: Scene, *, core_alone: bool) -> None:
    """Make a move; a post is looked at closely while its window is open."""
    scene.wait(scene.one_of((0, 0, 0, 1, 1, 2, 3, 7, 20)))
    posted = len(scene.batches)
    _move(scene, CORE if core_alone else (*CORE, *OPENINGS, *ANSWERS, *ENDINGS))
    if len(scene.batches) > posted and not core_alone:
        for _ in range(scene.chance.randint(0, 8)):
            scene.wait(scene.one_of((0, 0, 0, 0, 0, 1, 1, 2, 7)))
            _move(scene, (*OPENINGS, *ANSWERS))


def _move(scene: Scene, moves: Sequence[tuple[int, Move]]) -> None:
    (move,) = scene.chance.choices([one for _, one in moves], [weight for weight, _ in moves])
    move(scene)
