"""A random history: from a seed to the calls that a model has played, and to the questions at its end."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from hansa_chain.cases import Kind
from tests.model.deployment import Deployment
from tests.model.encoding import Step, step_of
from tests.model.histories import (
    batches,
    bonds,
    challenges,
    claims,
    disputes,
    guarantees,
    guarded,
    lines,
    money,
    opened,
    services,
    statements,
)
from tests.model.histories.endings import endings_of
from tests.model.histories.questions import questions_about
from tests.model.histories.scene import Scene
from tests.model.world import Call, Outcome

Move = Callable[[Scene], None]

BEGINNING: Sequence[Move] = (
    *(lines.begin_customers, lines.begin_customers),
    *(bonds.begin_providers, bonds.begin_hubs, guarantees.begin_guarantees, money.deposit, lines.open_line),
)
"""What makes a market; a history leaves some of it out."""
CORE: Sequence[tuple[int, Move]] = (
    (6, money.deposit),
    (4, money.request_withdrawal),
    (1, money.cancel_withdrawal),
    (3, money.withdraw),
    (5, lines.open_line),
    (2, lines.open_batch),
    (2, lines.revoke),
    (1, lines.skip_nonce),
    (3, lines.prune),
    (2, bonds.register),
    (3, bonds.top_up),
    (1, bonds.set_receipt_key),
    (4, bonds.deposit_bond),
    (4, bonds.request_unbond),
    (1, bonds.cancel_unbond),
    (4, bonds.unbond),
    (2, bonds.release_cover),
    (2, guarantees.guarantee),
    (3, guarantees.request_revoke),
    (3, guarantees.revoke),
    (1, money.deposit_custody),
    (2, money.debit),
    (1, money.credit),
    (1, services.publish),
    (1, guarded.touch_what_is_guarded),
    (14, batches.post),
    (2, batches.post_and_pay),
    (5, batches.finalize),
    (4, batches.finalize_row),
    (1, batches.post_again),
)
PAYMENTS: Sequence[tuple[int, Move]] = ((2, batches.finalize), (1, batches.finalize_row))
CLAIMS: Sequence[tuple[int, Move]] = (
    (4, claims.show_credit),
    (2, claims.claim),
    (2, claims.pay_claim),
    (1, guarantees.revoke),
)
OPENINGS: Sequence[tuple[int, Move]] = (
    (4, challenges.prove_fault),
    (4, challenges.prove_duplicate),
    (4, challenges.challenge_order),
    (4, challenges.challenge_receipt),
    (5, statements.demand),
    (8, disputes.dispute),
    (1, bonds.leave),
)
FOLLOWING: Mapping[Kind, Sequence[Move]] = {
    Kind.FAULT: (opened.collect,),
    Kind.ORDER: (challenges.show_order, challenges.strike),
    Kind.RECEIPT: (challenges.show_receipt, challenges.strike),
    Kind.STATEMENT: (statements.reveal, statements.void_part),
    Kind.DISPUTE: (disputes.concede, disputes.decide, disputes.expire),
}
"""What a case is for; many are left alone."""
ANSWERS: Sequence[tuple[int, Move]] = (
    (5, challenges.show_order),
    (5, challenges.show_receipt),
    (5, statements.reveal),
    (4, disputes.concede),
    (5, disputes.decide),
    (5, claims.show_credit),
)
ENDINGS: Sequence[tuple[int, Move]] = (
    (3, challenges.strike),
    (5, opened.collect),
    (4, statements.void_part),
    (3, statements.lapse),
    (3, disputes.expire),
    (7, claims.claim),
    (4, claims.pay_claim),
)


@dataclass(frozen=True, slots=True)
class History:
    """Hold a history; the same seed always gives the same one."""

    seed: int
    deployment: Deployment
    played: tuple[tuple[Call, Outcome], ...]
    questions: tuple[Step, ...]
    endings: tuple[str, ...]

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
    questions = tuple(questions_about(scene.world, deployment, scene.at))
    return History(seed, deployment, tuple(scene.played), questions, tuple(endings_of(scene)))


def _go_on(scene: Scene, *, core_alone: bool) -> None:
    """Make a move; a post is looked at while its window is open, often paid or claimed; a claim is followed."""
    scene.wait(scene.one_of((0, 0, 0, 1, 1, 2, 3, 7, 20)))
    posted, claimed = len(scene.batches), len(scene.world.claims.claims)
    _move(scene, CORE if core_alone else (*CORE, *OPENINGS, *ANSWERS, *ENDINGS))
    if len(scene.batches) > posted and not core_alone:
        for _ in range(scene.chance.randint(0, 8)):
            scene.wait(scene.one_of((0, 0, 0, 0, 0, 1, 1, 2, 7)))
            _move(scene, (*OPENINGS, *ANSWERS))
    if len(scene.batches) > posted and scene.often(0.4):
        _move(scene, PAYMENTS)
    if len(scene.batches) > posted and not core_alone and scene.often(0.3):
        claims.claim(scene)
    if len(scene.world.claims.claims) > claimed:
        for _ in range(scene.chance.randint(0, 4)):
            _move(scene, CLAIMS)


def _move(scene: Scene, moves: Sequence[tuple[int, Move]]) -> None:
    (move,) = scene.chance.choices([one for _, one in moves], [weight for weight, _ in moves])
    known = len(scene.opened)
    move(scene)
    if len(scene.opened) > known and scene.often(0.4):
        scene.one_of(FOLLOWING[scene.opened[-1].subject.kind])(scene)
