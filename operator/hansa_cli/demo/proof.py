"""Claims about the demonstration, each judged on evidence: how jobs ended, what they cost, who got it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any

from hansa_cli.demo.books import EMPTY, JobBooks, PaidSlice, faults_of, last_receipts, movements
from hansa_cli.demo.script import Act, End
from hansa_cli.job_view import attempts_of, conditions, is_settled, is_true, reason_of
from hansa_cli.sheet import Sheet
from hansa_cli.verify.check import Check
from hansa_protocol.eip712 import Receipt
from hansa_protocol.units import GpuMilliseconds, Wei, format_amount, provider_amount_down

Manifest = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class JobEvidence:
    """Hold what was seen of a job: its last state, from when to when it lived (unix ms), its paid slices and outputs.

    It lives from its first placement until it is gone, or for ever. `prices` are wei per GPU-hour, a slice each;
    `outputs` gives the size of each output file; `told` says in a few words what is in them.
    """

    act: Act
    job: Manifest
    gone: bool
    life_ms: tuple[int, float] = (0, inf)
    slices: tuple[PaidSlice, ...] = ()
    books: JobBooks = EMPTY
    prices: tuple[int, ...] = ()
    outputs: Mapping[str, int] = field(default_factory=dict)
    providers: tuple[str, ...] = ()
    told: str = ""


def job_checks(evidence: JobEvidence, *, decimals: int) -> Iterator[Check]:
    """Yield the claims about one job."""
    act, look = evidence.act, f"hansa get {evidence.act.name} -n {evidence.act.namespace} -o yaml"
    reason, message = reason_of(evidence.job)
    match act.end:
        case End.SUCCEEDS:
            ended = is_true(evidence.job, "Complete") and is_settled(evidence.job)
            yield Check(f"{act.name} succeeded and is settled", ended, f"{reason}: {message}", look)
            yield Check(f"{act.name} left outputs", bool(evidence.outputs), _told(evidence.outputs), look)
            yield _usage_check(evidence, decimals, look)
        case End.REFUSED:
            admitted = conditions(evidence.job).get("Admitted", {})
            refused = admitted.get("status") == "False" and admitted.get("reason") == "BudgetExceeded"
            yield Check(f"{act.name} was refused as BudgetExceeded", refused, f"{reason}: {message}", look)
            yield Check(f"{act.name} cost nothing", not evidence.slices, f"{len(evidence.slices)} slices")
        case End.DELETED:
            yield Check(f"{act.name} is gone", evidence.gone, "deleted" if evidence.gone else "still there", look)
            yield _bounded_check(evidence)
    if act.end is not End.REFUSED:
        yield _slices_check(evidence)
        yield _price_check(evidence)
        epochs = f"{evidence.books.epochs} settlement(s)"
        yield Check(f"{act.name} was paid in {act.epochs} or more slices", evidence.books.epochs >= act.epochs, epochs)
    if act.attempts > 1:
        tried = attempts_of(evidence.job)
        yield Check(f"{act.name} was retried", tried >= act.attempts, f"{tried} attempts", look)
    if act.royalty:
        earned = format_amount(Wei(evidence.books.publisher), decimals)
        yield Check(f"{act.name} paid its publisher", evidence.books.publisher > 0, earned)


def _usage_check(evidence: JobEvidence, decimals: int, look: str) -> Check:
    usage = (evidence.job.get("status") or {}).get("usage") or {}
    paid = format_amount(Wei(evidence.books.debit), decimals)
    said = {key: usage.get(key) for key in ("amount", "sealedAmount", "settledAmount")}
    same = all(value == paid for value in said.values())
    return Check(f"{evidence.act.name}'s status says what the chain took", same, f"status {said}, slices {paid}", look)


def _bounded_check(evidence: JobEvidence) -> Check:
    since, until = evidence.life_ms
    receipts = last_receipts(evidence.slices)
    right = bool(receipts) and all(since <= one.from_ms < one.to_ms <= until for one in receipts)
    seen = f"{evidence.books.gpu_milliseconds} ms signed for, all of them in its life of {until - since:.0f} ms"
    return Check(f"{evidence.act.name} pays only for what ran", right, seen if right else f"not so: {seen}")


def _price_check(evidence: JobEvidence) -> Check:
    """Hold amounts against time: each receipt says its GPU time at the provider's price, and no more is charged."""
    books, offered = evidence.books, zip(evidence.slices, evidence.prices, strict=True)
    priced = all(paid.receipt is not None and _amount(paid.receipt, price) for paid, price in offered)
    seen = f"{books.gpu_milliseconds} ms signed for: {books.signed} wei, charged {books.provider} wei"
    claim = f"{evidence.act.name} pays its provider's price for time that its provider signed for"
    return Check(claim, priced and 0 < books.provider <= books.signed, seen)


def _amount(receipt: Receipt, price: int) -> bool:
    return receipt.provider_amount == provider_amount_down(GpuMilliseconds(receipt.gpu_milliseconds), Wei(price))


def _slices_check(evidence: JobEvidence) -> Check:
    faults = faults_of(evidence.slices)
    seen = "; ".join(faults) or f"{len(evidence.slices)} slices in order, none twice"
    return Check(f"{evidence.act.name}'s slices are complete and charge no time twice", not faults, seen)


def money_checks(opening: Sheet, closing: Sheet, slices: Sequence[PaidSlice]) -> Iterator[Check]:
    """Yield the claims about balances: the vault holds what it owes, and everybody moved by exactly their slices."""
    for name, sheet in (("start", opening), ("end", closing)):
        seen = f"{sheet.held} wei in the vault, {sheet.owed} wei owed"
        yield Check(f"vault tokens = sum of balances at the {name}", sheet.held == sheet.owed, seen)
    expected = movements(slices, closing.treasury)
    for holding in closing.holdings:
        before = opening.balance(holding.address)
        moved, due = holding.balance - before, expected.pop(holding.address, 0)
        seen = f"moved {moved} wei, slices {due} wei"
        yield Check(f"{holding.name}'s balance moved by its slices", moved == due, seen)
    strangers = {account: amount for account, amount in expected.items() if amount}
    yield Check("nobody else was paid", not strangers, _told(strangers))
    custody = {item.name: (opening.custody_of(item.address), item.balance) for item in closing.custody}
    same = all(before == after for before, after in custody.values())
    yield Check("escrow is empty and all bonds are whole", same, _told(custody))


def _told(things: Mapping[str, object] | Iterable[object]) -> str:
    if isinstance(things, Mapping):
        return ", ".join(f"{key}: {value}" for key, value in things.items()) or "none"
    return ", ".join(map(str, things)) or "none"
