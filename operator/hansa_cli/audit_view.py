"""What an audit found, as a table for people and as plain data for programs."""

from collections.abc import Mapping
from dataclasses import dataclass

from hansa_chain.audit.entries import Finding, Value
from hansa_cli.coin import Coin
from hansa_cli.listing import Listing
from hansa_cli.problem import Problem
from hansa_protocol.identity import Address

HEADINGS = ("ACCOUNT", "ROLE", "REBUILT", "ON CHAIN", "OK")
REMEDY = (
    "stop admitting work, keep this output, and repeat the audit with another node: a node that lost events differs "
    "alone, a defect of the contracts differs everywhere; tell the deployers"
)


@dataclass(frozen=True, slots=True)
class Audit:
    """Report what was compared at which block; `names` are accounts that have one, `coins` by vault.

    `terms` say for which times the contracts were made; without a manifest nobody knows.
    """

    block: int
    events: int
    findings: tuple[Finding, ...]
    names: Mapping[Address, str]
    coins: Mapping[Address, Coin]
    terms: str = ""

    @property
    def differences(self) -> tuple[Finding, ...]:
        """Return what events and contracts do not agree on."""
        return tuple(finding for finding in self.findings if not finding.true)

    @property
    def verdict(self) -> str:
        """Return the outcome in a sentence."""
        count, compared = len(self.differences), f"{len(self.findings)} entries from {self.events} events"
        outcome = "events and contracts agree on everything" if count == 0 else f"{count} differ"
        return f"block {self.block}: {compared}: {outcome}"


def list_audit(audit: Audit, shown: tuple[Finding, ...]) -> Listing:
    """Return findings as a table."""
    return Listing("", HEADINGS, tuple(_row(audit, finding) for finding in shown), frozenset({"REBUILT", "ON CHAIN"}))


def plain_audit(audit: Audit, shown: tuple[Finding, ...]) -> dict[str, object]:
    """Return findings as plain data: amounts in wei as decimal strings."""
    return {
        "block": audit.block,
        "events": audit.events,
        "compared": len(audit.findings),
        "differences": len(audit.differences),
        "terms": audit.terms or None,
        "entries": [
            {
                "account": finding.entry.account,
                "role": finding.entry.role,
                "vault": finding.entry.vault,
                "rebuilt": _plain(finding.entry.rebuilt),
                "onChain": _plain(finding.on_chain),
                "ok": finding.true,
            }
            for finding in shown
        ],
    }


def explain_differences(audit: Audit) -> Problem:
    """Return what a person must know when something differs."""
    _, role, rebuilt, on_chain, _ = _row(audit, audit.differences[0])
    account = audit.differences[0].entry.account
    first = f"{role} of {account}: {rebuilt} by events, {on_chain} by the contract"
    return Problem(f"{len(audit.differences)} entries differ at block {audit.block}, the first: {first}", REMEDY)


def _row(audit: Audit, finding: Finding) -> tuple[str, ...]:
    entry = finding.entry
    account = audit.names.get(entry.account)
    values = (_text(audit, finding, entry.rebuilt), _text(audit, finding, finding.on_chain))
    return (f"{entry.account} {account or ''}".strip(), entry.role, *values, "yes" if finding.true else "NO")


def _text(audit: Audit, finding: Finding, value: Value) -> str:
    # A line can name any address as its vault: what its cap is in, nobody knows.
    coin = audit.coins.get(finding.entry.vault) if finding.entry.vault else None
    return _plain(value) if coin is None or not isinstance(value, int) else coin.text(value)


def _plain(value: Value) -> str:
    if isinstance(value, bytes):
        return "0x" + value.hex()
    return str(value).lower() if isinstance(value, bool) else str(value)
