"""What to do about a finding now: open its case, wait for the hub, or take what the hub's silence gives."""

from dataclasses import dataclass
from enum import StrEnum

from hansa_chain.cases import Case, State
from hansa_chain.claims import Claim
from hansa_cli.coin import Coin
from hansa_cli.verify.findings import Challenge, Finding
from hansa_cli.verify.standing import NOTHING, Standing
from hansa_protocol.identity import Address
from hansa_protocol.units import Wei


class Step(StrEnum):
    """Name what can be sent about a finding; the contracts' own names."""

    OPEN = "open"
    STRIKE = "strike"
    VOID_PART = "voidPart"
    LAPSE = "lapse"
    COLLECT = "collect"
    EXPIRE = "expire"
    CONCEDE = "concede"
    CONCEDE_BY_HUB = "concedeByHub"
    PAY_CLAIM = "payClaim"


@dataclass(frozen=True, slots=True)
class Remedy:
    """Say what to send now (None: nothing), who may, until when (unix seconds; 0: no end), and for what deposit.

    For a hub that concedes the deposit is what it pays the customer.

    `told` says how the matter stands; `wake` is when the next step is possible, 0 when there is none. A claim asks for
    what is `wanted`.
    """

    finding: Finding
    told: str
    step: Step | None = None
    sender: Address | None = None
    until: int = 0
    deposit: Wei = NOTHING
    wanted: Wei = NOTHING
    wake: int = 0
    settled: bool = False

    @property
    def call(self) -> str:
        """Return the name of the contract's function to call, or "" for nothing."""
        if self.step is Step.OPEN:
            return self.finding.challenge.value
        return self.step.value if self.step else ""


_OVERDUE = {
    Challenge.ORDER: Step.STRIKE,
    Challenge.RECEIPT: Step.STRIKE,
    Challenge.STATEMENT: Step.VOID_PART,
    Challenge.DISPUTE: Step.EXPIRE,
    Challenge.HELD: Step.EXPIRE,
    Challenge.CLAIM: Step.PAY_CLAIM,
}
_NO_ROW = "cannot be challenged: no row charges for it, so nobody pays for it"
_TOO_LATE = "too late to challenge it"
_NO_GUARANTEE = (
    "nothing is guaranteed, so a claim would be refused: ask the hub for a guarantee or for the money, and verify again"
)
_UNPAID = "a row that is only posted can still become void: have it paid before the last second to claim"
_CONCEDING = {
    Challenge.CONCEDED: (Step.CONCEDE, "its provider can give back what is held of its credit: {held}"),
    Challenge.CONCEDED_BY_HUB: (
        Step.CONCEDE_BY_HUB,
        "the hub can pay the customer what it cost, and the provider is paid as posted",
    ),
}
_CONCEDED_TOO_LATE = "too late to concede: without --concede it is ended, and paid as posted"
_NOT_CONCEDED = "nobody conceded: whoever is paid by it ends it, as posted"
_CONCEDED_FOR_NOTHING = "nothing to concede: the customer has its money back already, and the dispute ends by itself"
_PAID_AS_POSTED = "it is over: paid as posted"
_ANSWERED = {
    Challenge.ORDER: "the hub has shown the signed order",
    Challenge.RECEIPT: "the hub has shown the provider's receipt",
    Challenge.STATEMENT: "the hub has shown slices that come to the row; what can be read of them is judged too",
    Challenge.DISPUTE: _PAID_AS_POSTED,
    Challenge.HELD: _PAID_AS_POSTED,
    Challenge.CONCEDED: _PAID_AS_POSTED,
    Challenge.CONCEDED_BY_HUB: _PAID_AS_POSTED,
    Challenge.CLAIM: "the hub has shown that it was paid",
}


def decide_remedy(finding: Finding, standing: Standing, coin: Coin, now: int) -> Remedy:
    """Decide what to do at a block's time (unix seconds); amounts of `coin` are told."""
    case = standing.case
    if finding.challenge is Challenge.PAYMENT:
        return _to_pay(finding, standing, now)
    if case is None:
        claim = finding.challenge is Challenge.CLAIM
        return _to_claim(finding, standing, coin, now) if claim else _to_open(finding, standing, now)
    match case.state:
        case State.OPEN:
            return _of_open(finding, standing, coin, now)
        case State.LOST if isinstance(case, Case):
            return _of_lost(finding, case, coin, now)
        case State.ANSWERED:
            return Remedy(finding, _ANSWERED[finding.challenge], settled=True)
        case _:
            return Remedy(finding, "the case is over", settled=True)


def _to_open(finding: Finding, standing: Standing, now: int) -> Remedy:
    if finding.challenge.about_dispute:
        return Remedy(finding, "it is not disputed any more", settled=True)
    if standing.over:
        return Remedy(finding, "the customer has its money back already", settled=True)
    if not standing.possible:
        return Remedy(finding, _NO_ROW)
    if now > standing.closes:
        return Remedy(finding, _TOO_LATE)
    until, deposit = standing.closes, standing.deposit
    return Remedy(finding, "not challenged yet", Step.OPEN, finding.sender, until=until, deposit=deposit)


def _to_pay(finding: Finding, standing: Standing, now: int) -> Remedy:
    if not standing.missing:
        return Remedy(finding, "it is paid", settled=True)
    if standing.over:
        return Remedy(finding, "its part has become void, so it is paid no more, and is claimed", wake=now)
    if now < standing.opens:
        return Remedy(finding, "it can be paid after its window", wake=standing.opens, settled=True)
    last = standing.last_second(now)
    return Remedy(finding, _UNPAID, Step.OPEN, finding.sender, until=last if now <= last else 0)


def _to_claim(finding: Finding, standing: Standing, coin: Coin, now: int) -> Remedy:
    if now > standing.closes:
        return Remedy(finding, _TOO_LATE)
    if not standing.guaranteed:
        return Remedy(finding, _NO_GUARANTEE)
    if now < standing.opens:
        return Remedy(finding, f"{finding.challenge} is possible later", wake=standing.opens)
    if standing.unpaid:
        return Remedy(finding, "what rows do not pay is claimed once they are paid: send finalizeRow, and verify again")
    told, until = _worth(standing, coin), standing.last_second(now)
    wanted, deposit = standing.missing, standing.deposit
    return Remedy(finding, told, Step.OPEN, finding.sender, until=until, deposit=deposit, wanted=wanted)


def _worth(standing: Standing, coin: Coin) -> str:
    missing = f"{coin.text(standing.missing)} that are missing"
    if standing.missing <= standing.guaranteed:
        return f"not claimed yet: the {missing} are guaranteed"
    told = f"not claimed yet: {coin.text(standing.guaranteed)} of the {missing} are guaranteed"
    return f"{told}, and a claim is worth no more"


def _of_open(finding: Finding, standing: Standing, coin: Coin, now: int) -> Remedy:
    if finding.challenge is Challenge.STATEMENT and standing.over:
        return Remedy(finding, "the part is void, the deposit can come back", Step.LAPSE)
    if finding.challenge in _CONCEDING:
        return _to_concede(finding, standing, coin, now)
    step = _OVERDUE[finding.challenge]
    if finding.challenge is Challenge.DISPUTE and now > standing.due and not standing.over:
        # Its bond goes to the provider then: somebody else ends it, and nothing is lost if that is never.
        return Remedy(finding, _NOT_CONCEDED, settled=True)
    if now > standing.due:
        return Remedy(finding, "nobody answered in time", step)
    if step is Step.EXPIRE:
        told = "disputed: the provider or the hub can concede; else it is paid as posted"
    else:
        seconds = standing.reveal_seconds
        more = f"; look every {seconds} s: what it reveals can be challenged for so long" if seconds else ""
        if isinstance(standing.case, Claim):
            more = f" {coin.text(standing.case.due)}, which are kept for it"
        told = f"challenged: the hub may answer; then {step.value}{more}"
    return Remedy(finding, told, wake=standing.due + 1)


def _to_concede(finding: Finding, standing: Standing, coin: Coin, now: int) -> Remedy:
    # What was asked for is not possible any more, and the opposite was not asked for.
    if now > standing.due:
        return Remedy(finding, _CONCEDED_TOO_LATE)
    if standing.over:
        return Remedy(finding, _CONCEDED_FOR_NOTHING, wake=standing.due + 1)
    step, told = _CONCEDING[finding.challenge]
    told = told.format(held=coin.text(standing.held))
    return Remedy(finding, told, step, finding.sender, until=standing.due, deposit=standing.deposit)


def _of_lost(finding: Finding, case: Case, coin: Coin, now: int) -> Remedy:
    if not case.penalty:
        return Remedy(finding, "the hub has lost, all is collected", settled=True)
    if now < case.due:
        return Remedy(finding, "the hub has lost; then its penalty is collected", wake=case.due)
    return Remedy(finding, f"the hub has lost, {coin.text(case.penalty)} of penalty are due", Step.COLLECT)
