"""What `hansa verify` prints about findings: what is wrong, what to send, until when, and what follows."""

from collections.abc import Sequence

from rich.markup import escape

from hansa_cli.coin import Coin
from hansa_cli.screen import OUT
from hansa_cli.verify.check import Tally
from hansa_cli.verify.findings import Challenge, Finding
from hansa_cli.verify.remedies import Remedy, Step
from hansa_cli.verify.sending import Told
from hansa_operator.core.clock import rfc3339
from hansa_protocol.identity import Address

WRONG = "[bold red]WRONG[/]"
HELD = "[bold yellow]HELD[/]"
LABELS = {
    Challenge.PAYMENT: "[bold yellow]UNPAID[/]",
    Challenge.HELD: HELD,
    Challenge.CONCEDED: HELD,
    Challenge.CONCEDED_BY_HUB: HELD,
}


def show_unjudged(findings: Sequence[Finding]) -> None:
    """Print findings whose cases could not be looked at, because nobody said where the contracts for them are."""
    tally = Tally()
    for finding in findings:
        if not tally.shows(finding.challenge):
            continue
        _wrong(finding)
        _line("do", f"{finding.challenge}, {_who(finding.sender)}; what it costs and until when: give --manifest")
    show_unshown(tally)


def show_unshown(tally: Tally) -> None:
    """Print how many findings of each kind were not shown."""
    for challenge, more in tally.unshown():
        OUT.print(f"{LABELS.get(Challenge(challenge), WRONG)} {more} more of the kind that {challenge} is for")


def show_told(told: Told, coin: Coin) -> None:
    """Print a finding with what was sent about it, if anything, and what there is to do."""
    _wrong(told.remedy.finding)
    if told.tx_hash:
        _line("sent", f"{told.remedy.call} {told.tx_hash}")
    if told.why:
        _line("but", told.why)
    _what_then(told.after, coin)


def _wrong(finding: Finding) -> None:
    OUT.print(f"{LABELS.get(finding.challenge, WRONG)} {escape(finding.why)}")


def _what_then(remedy: Remedy, coin: Coin) -> None:
    _line("now", remedy.told)
    if remedy.step is not None:
        until = f", until {rfc3339(remedy.until * 1000)}" if remedy.until else ""
        _line("do", f"{remedy.call}, {_who(remedy.sender)}{until}; {_cost(remedy, coin)}")
    elif remedy.wake:
        _line("do", f"verify again from {rfc3339(remedy.wake * 1000)} on")


def _cost(remedy: Remedy, coin: Coin) -> str:
    if not remedy.deposit:
        return "no deposit"
    amount = coin.text(remedy.deposit)
    return f"{amount} for the customer" if remedy.step is Step.CONCEDE_BY_HUB else f"a deposit of {amount}"


def _who(sender: Address | None) -> str:
    return "anybody can send it" if sender is None else f"{sender} alone can send it"


def _line(label: str, text: str) -> None:
    OUT.print(f"      [bold]{label}[/] {escape(text)}")
