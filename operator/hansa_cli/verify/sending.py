"""Send what is to be done about findings, one by one, each on what the chain says at that moment."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hansa_chain.errors import InsufficientGasMoney, Reverted, TransactionNotSeen
from hansa_chain.sender import Sender
from hansa_chain.token import Token
from hansa_chain.vault import Vault
from hansa_cli.problem import ExitCode, Problem
from hansa_cli.screen import busy
from hansa_cli.verify.calls import call_for, spender_of
from hansa_cli.verify.court import Court
from hansa_cli.verify.findings import Finding
from hansa_cli.verify.promises import Promise
from hansa_cli.verify.remedies import Remedy, decide_remedy
from hansa_protocol.identity import Address

WAIT_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Told:
    """Say what became of a remedy: `tx_hash` is "" when nothing was sent, `after` is how the finding stands then."""

    remedy: Remedy
    after: Remedy
    tx_hash: str = ""
    why: str = ""


def judge(court: Court, finding: Finding) -> Remedy:
    """Return what there is to do about a finding at the newest block."""
    with busy("reading how its case stands"):
        at = court.contracts.settlement.chain.stamp("latest")
        return decide_remedy(finding, court.read(finding, at), court.law.coin, at.timestamp)


def send_remedies(court: Court, sender: Sender, findings: Sequence[Finding]) -> Iterator[Told]:
    """Send whatever the sender may, one after the other, and yield how each finding stands then."""
    for finding in findings:
        remedy = judge(court, finding)
        may = remedy.step is not None and remedy.sender in (None, sender.address)
        yield _send(court, sender, remedy) if may else Told(remedy, remedy)


def _send(court: Court, sender: Sender, remedy: Remedy) -> Told:
    tx_hash = ""
    try:
        with busy(f"{remedy.call}: waiting until a block has it"):
            _approve(court, sender, remedy)
            tx_hash = sender.send(call_for(court.contracts, remedy)).tx_hash
            sender.wait_mined(tx_hash, timeout_seconds=WAIT_SECONDS)
    except (Reverted, TransactionNotSeen) as refused:
        return Told(remedy, judge(court, remedy.finding), tx_hash, str(refused))
    except InsufficientGasMoney as poor:
        what = f"{sender.address} cannot pay for a transaction: {poor.reason}"
        raise Problem(what, "send it some of the chain's coin, then do it again", code=ExitCode.REFUSED) from poor
    return Told(remedy, judge(court, remedy.finding), tx_hash)


def _approve(court: Court, sender: Sender, remedy: Remedy) -> None:
    """Let the contract take what it takes; raises Problem where the sender does not have it."""
    if not remedy.deposit:
        return
    spender, chain = spender_of(court.contracts, remedy), court.contracts.settlement.chain
    token = Token(chain, Vault(chain, _vault(remedy)).token(at="latest"))
    held = token.balance_of(sender.address, at="latest")
    if held < remedy.deposit:
        takes, holds = (court.law.coin.text(wei) for wei in (remedy.deposit, held))
        what = f"{remedy.call} takes {takes}, {sender.address} holds {holds} itself"
        raise Problem(what, f"get tokens of {token.address} into that wallet", code=ExitCode.REFUSED)
    if token.allowance(sender.address, spender, at="latest") < remedy.deposit:
        sender.wait_mined(sender.send(token.approve(spender, remedy.deposit)).tx_hash, timeout_seconds=WAIT_SECONDS)


def _vault(remedy: Remedy) -> Address:
    about = remedy.finding.about
    return about.iou.vault if isinstance(about, Promise) else about.place.batch.vault
