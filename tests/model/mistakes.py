"""Mistakes that can be planted in the model: what a test says is worth what it finds."""

import inspect
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock

from tests.model.bond_cases import BondCases
from tests.model.challenges import Challenges
from tests.model.claims import Claims
from tests.model.disputes import Disputes
from tests.model.escrow import Escrow
from tests.model.evidence import Cases, Evidence, LeafCases
from tests.model.guarantees import Guarantees
from tests.model.hub_bonds import HubBonds
from tests.model.lines import CreditLines
from tests.model.settlement import Settlement
from tests.model.vault import Vault


@dataclass(frozen=True, slots=True)
class Mistake:
    """Say which words of which method become which others, and the number of a history that shows it."""

    shown_by: int
    owner: type
    method: str
    right: str
    wrong: str

    @contextmanager
    def planted(self) -> Iterator[None]:
        """Make the mistake until the block ends."""
        right = self.owner.__dict__[self.method]
        with mock.patch.object(self.owner, self.method, self._rewritten(right)):
            yield

    def _rewritten(self, method: Callable[..., Any]) -> Callable[..., Any]:
        source = textwrap.dedent(inspect.getsource(method))
        if source.count(self.right) != 1:
            raise ValueError(f"{self.owner.__name__}.{self.method} has {self.right!r} not once: correct the mistake")
        names: dict[str, Any] = {}
        code = compile(source.replace(self.right, self.wrong), inspect.getfile(method), "exec")
        exec(code, vars(sys.modules[method.__module__]), names)
        wrong: Callable[..., Any] = names[self.method]
        return wrong


MISTAKES = {
    "no royalty is charged": Mistake(4, Evidence, "debit_of", "royalty_bps_of(leaf.service)", "royalty_bps_of(0)"),
    "a leaf costs a wei too much": Mistake(11, Evidence, "debit_of", ".debit", ".debit + 1"),
    "a cap is not applied": Mistake(2, Vault, "take", "min(row.amount, cap, ", "min(row.amount, "),
    "a change of a line needs no notice": Mistake(0, CreditLines, "_set", " + self._terms.notice", ""),
    "a post's last second is late": Mistake(0, Settlement, "_check_time", "now <= until", "now < until"),
    "a window ends a second early": Mistake(67, Escrow, "_finalizable", "now > until", "now >= until"),
    "a window is open a second longer": Mistake(13, LeafCases, "_check_window", "now <= max", "now - 1 <= max"),
    "an answer's last second is late": Mistake(5, Cases, "_answerable", "now <= case.due", "now < case.due"),
    "penalties do not come first": Mistake(5, HubBonds, "_use_free", "amount <= bond.usable", "amount <= bond.free"),
    "a guarantee stays free": Mistake(0, Guarantees, "guarantee", "vault, total - there)", "vault, 0)"),
    "a guarantee adds to the one before": Mistake(3, Guarantees, "guarantee", "amount=total", "amount=there + total"),
    "what claims have is no part of the bond": Mistake(
        2, Guarantees, "guaranteed", "one.amount + one.claimed", "one.amount"
    ),
    "a request does not take the place of a larger one": Mistake(
        32,
        Guarantees,
        "request_revoke",
        "leaving=amount",
        "leaving=max(amount, self.guarantees[sender, vault, payee].leaving)",
    ),
    "a revocation waits for nothing": Mistake(25, Guarantees, "revoke", "now >= given.available_at", "now >= 0"),
    "a revocation frees nothing where a claim has some": Mistake(
        31, Guarantees, "revoke", "min(given.leaving, given.amount)", "given.leaving * (given.leaving <= given.amount)"
    ),
    "a claim does not reach what is leaving": Mistake(
        12,
        Guarantees,
        "use_guarantee",
        "min(wanted, given.amount)",
        "min(wanted, max(0, given.amount - given.leaving))",
    ),
    "a claim leaves the guarantee whole": Mistake(2, Guarantees, "use_guarantee", "amount=given.amount - used, ", ""),
    "a claim takes the whole IOU whatever is wanted": Mistake(
        2, Claims, "claim", "min(wanted, iou.cumulative)", "iou.cumulative"
    ),
    "a claim takes what is wanted whatever the IOU says": Mistake(
        8, Claims, "claim", "min(wanted, iou.cumulative)", "wanted"
    ),
    "what is not wanted is not missing": Mistake(2, Claims, "claim", "Claim(iou.cumulative, ", "Claim(due, "),
    "an epoch can be claimed a second longer": Mistake(18, Claims, "claim", "now <= until", "now - 1 <= until"),
    "what a claim does not need is not given back": Mistake(46, Claims, "show_credit", "claim.due - due)", "0)"),
    "a claim is paid a second early": Mistake(8, Claims, "pay_claim", "now > claim.until", "now >= claim.until"),
    "a claim can be paid twice": Mistake(5, Claims, "pay_claim", "State.ENDED", "State.OPEN"),
    "a held row is paid in full": Mistake(30, Escrow, "finalize", "_rest(row, state)", "row"),
    "more is refunded than was taken": Mistake(67, Escrow, "_refund", "charge.taken - self.refunds[place]", "2**96"),
    "a penalty's shares are swapped": Mistake(
        23,
        BondCases,
        "collect_penalty",
        "Row(reporter, Wei(reward)), Row(NOBODY",
        "Row(NOBODY, Wei(reward)), Row(reporter",
    ),
    "a dispute holds all that a leaf names": Mistake(
        1945, Disputes, "dispute", "min(most, leaf.provider_amount)", "leaf.provider_amount"
    ),
    "another vault is not named": Mistake(
        618, Challenges, "prove_duplicate", "subject.vault, other.header.vault)", "subject.hub, other.header.hub)"
    ),
    "an answer lifts no penalty": Mistake(67, BondCases, "close_case", ".penalties - penalty", ".penalties"),
}
