"""Between whom an order is: from what was typed, else from the job's credit line and its hub."""

from dataclasses import dataclass
from typing import Any

from hansa_cli.cluster.hansa_kinds import CREDIT_LINES, HUBS
from hansa_cli.orders.shelf import Shelf, parse
from hansa_cli.problem import ExitCode, Problem
from hansa_operator.api.aijob import AIJob
from hansa_operator.api.credit_line import CreditLine
from hansa_operator.api.hub import Hub
from hansa_protocol.identity import ZERO_ADDRESS, Address, AddressError, parse_address, respell_address


@dataclass(frozen=True, slots=True)
class Parties:
    """State who orders from whom on which contract; `signer` is whose orders the line takes, None when not known."""

    chain_id: int
    settlement: Address
    hub: Address
    vault: Address
    decimals: int
    customer: Address
    signer: Address | None = None


@dataclass(frozen=True, slots=True)
class Typed:
    """Hold what was typed; None for what is to be looked up."""

    chain_id: int | None = None
    settlement: str | None = None
    hub: str | None = None
    vault: str | None = None
    decimals: int | None = None
    customer: str | None = None

    @property
    def lacking(self) -> tuple[str, ...]:
        """Return the options that were not given."""
        return tuple(f"--{name.replace('_', '-')}" for name in self.__slots__ if getattr(self, name) is None)


def find_parties(typed: Typed, job: AIJob, shelf: Shelf) -> Parties:
    """Return an order's parties; the credit line is looked at only when something was not typed."""
    if not typed.lacking:
        return Parties(**_typed(typed))
    line, hub = _line(typed, job, shelf)
    try:
        return _of_line(typed, line, hub)
    except AddressError as wrong:
        what = f"CreditLine {line.metadata.name} or Hub {hub.metadata.name} is not valid: {wrong}"
        raise Problem(what, "take them as the cluster has them", code=ExitCode.USAGE) from wrong


def _typed(typed: Typed) -> dict[str, Any]:
    given = {name: getattr(typed, name) for name in typed.__slots__ if getattr(typed, name) is not None}
    return {name: _address(name, value) if isinstance(value, str) else value for name, value in given.items()}


def _line(typed: Typed, job: AIJob, shelf: Shelf) -> tuple[CreditLine, Hub]:
    try:
        line = parse(CreditLine, shelf.find(CREDIT_LINES, job.spec.credit_line_ref.name, job.metadata.namespace))
        return line, parse(Hub, shelf.find(HUBS, line.spec.hub_ref.name))
    except Problem as problem:
        given = ", ".join(typed.lacking)
        raise Problem(problem.what, f"{problem.remedy}; or give {given}", code=problem.code) from problem


def _of_line(typed: Typed, line: CreditLine, hub: Hub) -> Parties:
    signed = line.spec.authorization
    found: dict[str, Any] = {
        "chain_id": hub.spec.chain_id,
        "settlement": respell_address(hub.spec.contracts.settlement),
        "hub": respell_address(hub.spec.address),
        "vault": respell_address(signed.vault),
        "customer": respell_address(signed.customer),
        **_typed(typed),
    }
    decimals = typed.decimals if typed.decimals is not None else _decimals(hub, found["vault"])
    return Parties(**{**found, "decimals": decimals}, signer=_signer(line))


def _decimals(hub: Hub, vault: str) -> int:
    for one in hub.spec.vaults:
        if one.address.lower() == vault.lower():
            return one.decimals
    what = f"hub {hub.metadata.name} serves no vault {vault}"
    raise Problem(what, "use a credit line of another vault, or give --vault", code=ExitCode.REFUSED)


def _signer(line: CreditLine) -> Address:
    signed = line.spec.authorization
    named = respell_address(signed.order_signer or ZERO_ADDRESS)
    return named if named != ZERO_ADDRESS else respell_address(signed.customer)


def _address(option: str, text: str) -> Address:
    try:
        address = parse_address(text)
    except AddressError as wrong:
        raise Problem(f"--{option}: {wrong}", "copy the address again", code=ExitCode.USAGE) from wrong
    if address == ZERO_ADDRESS:
        raise Problem(f"--{option}: nobody has the zero address", "give the party's own", code=ExitCode.USAGE)
    return address
