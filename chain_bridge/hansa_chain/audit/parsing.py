"""Logs as typed events: every event of the contracts is known here, those that move no money as ignored."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

from hansa_chain.abi import Event, abi_of
from hansa_chain.audit import bonds, cases, claims, guarantees, hubs, lines, parts, providers, vault
from hansa_chain.cases import Kind, Subject
from hansa_chain.credit_lines import LineTerms
from hansa_chain.errors import DeploymentInvalid
from hansa_chain.rpc import Log
from hansa_protocol.header import Header
from hansa_protocol.identity import Address, parse_address
from hansa_protocol.rows import unpack_row

EVENTS: Mapping[str, type[Any]] = {
    event.__name__: event
    for event in (
        *(vault.Deposited, vault.CustodyDeposited, vault.WithdrawalRequested, vault.WithdrawalCancelled),
        *(vault.Withdrawn, vault.Debited, vault.Credited),
        *(lines.LineSet, lines.LinePruned, lines.CapsChanged, lines.NonceChanged),
        *(bonds.BondDeposited, bonds.UnbondRequested, bonds.UnbondCancelled, bonds.Unbonded),
        *(providers.ReceiptKeySet, providers.BondReserved, providers.Slashed),
        *(hubs.ShortfallPaid, hubs.CaseCounted, hubs.CoverUsed, hubs.CoverReturned),
        *(guarantees.Guaranteed, guarantees.RevokeRequested, guarantees.Revoked),
        *(guarantees.GuaranteeUsed, guarantees.GuaranteeRestored, guarantees.GuaranteePaid),
        *(
            hubs.PenaltyCollected,
            parts.Posted,
            parts.RowFinalized,
            parts.Finalized,
            parts.PartVoided,
            parts.RowHeld,
        ),
        *(cases.CaseOpened, cases.CaseAnswered, cases.CaseLost, cases.CaseLapsed),
        *(cases.LeavesRevealed, cases.Disputed),
        *(claims.Claimed, claims.CreditShown, claims.ClaimPaid),
    )
}
IGNORED = frozenset({"EIP712DomainChanged", "LineRefused", "ProviderRegistered", "Published", "SliceRemedied"})
"""Events that change no entry: what they tell is in others too."""

_SHAPES: Mapping[str, Callable[[Any], Any]] = {
    "header": lambda raw: Header(*raw),
    "terms": lambda raw: LineTerms(*raw),
    "subject": lambda raw: Subject(Kind(raw[0]), *raw[1:]),
    "row": unpack_row,
    "rows": lambda raw: tuple(map(unpack_row, raw)),
    "taken": lambda raw: tuple(map(unpack_row, raw)),
}


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Hold an event and the contract that it happened in."""

    address: Address
    event: Any


def parse_log(contract: str, log: Log) -> Occurrence | None:
    """Return the event of a contract's log, or None for one that is ignored; raises DeploymentInvalid."""
    try:
        entry, event = _events(contract)[log.topics[0]]
    except (KeyError, IndexError) as unknown:
        raise DeploymentInvalid(
            f"{contract} at {log.address} has an event in {log.tx_hash} that this version does not know: "
            "use the version of `hansa` that belongs to the deployment"
        ) from unknown
    if event is None:
        return None
    values = entry.decode(log.topics, log.data)
    shaped = {name: _SHAPES.get(name, _same)(values[_camel(name)]) for name in _fields(event.__name__)}
    return Occurrence(parse_address(log.address), event(**shaped))


@lru_cache(maxsize=64)
def _fields(name: str) -> tuple[str, ...]:
    return tuple(field.name for field in fields(EVENTS[name]))


@lru_cache(maxsize=256)
def _camel(name: str) -> str:
    """Return the ABI's name of a field."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


@lru_cache(maxsize=16)
def _events(contract: str) -> Mapping[str, tuple[Event, type[Any] | None]]:
    """Return what a contract's topics stand for."""
    return {
        "0x" + entry.topic.hex(): (entry, None if name in IGNORED else EVENTS[name])
        for name, entry in abi_of(contract).events.items()
    }


def _same(raw: Any) -> Any:
    return raw
