"""What the contracts must say at the end of a history, as the model has it."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from hansa_chain.abi import abi_of
from hansa_protocol.header import header_hash
from hansa_protocol.identity import ZERO_ADDRESS
from tests.model.deployment import PEOPLE, Deployment
from tests.model.encoding import RETURNS, Step, as_abi, encode_outputs
from tests.model.keys import key_at
from tests.model.lines import Period, Place
from tests.model.terms import NOBODY
from tests.model.world import World

Question = tuple[str, str, tuple[Any, ...], tuple[Any, ...]]
"""Label, function, arguments, results."""
HOLDERS = ("Settlement", "Providers", "Statements", "Challenges", "Disputes", "Claims")


def questions_about(world: World, deployment: Deployment, now: int) -> Iterator[Step]:
    """Yield every question at a time, with the model's answer."""
    world.clock.now = now
    for label, function, arguments, results in _all(world, now):
        creation = deployment.creations[label]
        data = _call_data(creation.contract, function, arguments)
        expected = encode_outputs(creation.contract, function, results)
        about = label, function, arguments, results
        yield Step(now, world.clock.block, ZERO_ADDRESS, creation.address, data, RETURNS, expected, about)


def _all(world: World, now: int) -> Iterator[Question]:
    epoch = now // world.terms.params.epoch
    for label in ("A", "B"):
        yield from _vault(world, f"Vault {label}", f"Token {label}")
    yield from _lines(world, epoch)
    yield from _providers(world, epoch)
    yield from _hubs(world, now)
    yield from _parts(world)
    yield from _cases(world)
    yield from _claims(world)
    yield from _services(world)


def _vault(world: World, label: str, token: str) -> Iterator[Question]:
    vault = world.vaults[world.places[label]]
    yield label, "totalHeld", (), (vault.held,)
    yield token, "balanceOf", (vault.address,), (vault.held,)
    for account in {NOBODY, *(one.address for one in PEOPLE.values()), *vault.balances}:
        yield label, "balanceOf", (account,), (vault.balances[account],)
    for holder in HOLDERS:
        yield label, "custodyOf", (world.places[holder],), (vault.custodies[world.places[holder]],)
    for account, request in vault.requests.items():
        yield label, "pendingWithdrawal", (account,), (request.amount, request.available_at)
    for account, amount in vault.token.wallets.items():
        yield token, "balanceOf", (account,), (amount,)


def _lines(world: World, epoch: int) -> Iterator[Question]:
    lines = world.lines
    for place, line in lines.lines.items():
        current, change = _terms(world, place, line.current), _terms(world, place, line.change or Period())
        yield "CreditLines", "lineOf", place, (current, change)
        for when in (epoch - 1, epoch, epoch + 1, epoch + 3):
            yield "CreditLines", "lineInForce", (*place, when), (_in_force(world, place, when),)
            yield "CreditLines", "orderSignerOf", (*place, when), (lines.signer_of(*place, when),)
        vault = world.vaults[place[3]]
        balance, pending = vault.balances[place[0]], vault.requests[place[0]].amount
        yield "CreditLines", "safeAmount", place, (lines.safe_amount(place, epoch, balance, pending),)
    for account, caps in lines.caps.items():
        yield "CreditLines", "capsOf", account, (caps,)
    for account, nonce in lines.nonces.items():
        yield "CreditLines", "nonceOf", account, (nonce,)


def _in_force(world: World, place: Place, epoch: int) -> tuple[Any, ...]:
    line = world.lines.lines[place]
    if not world.lines.cap_in(*place, epoch):
        return (*_terms(world, place, Period())[:3], ZERO_ADDRESS)
    return _terms(world, place, line.change if line.change and epoch >= line.change.since else line.current)


def _terms(world: World, place: Place, period: Period) -> tuple[Any, ...]:
    signer = key_at(world.lines.signers[place], period.since)
    return period.cap, period.since, period.until, signer


def _providers(world: World, epoch: int) -> Iterator[Question]:
    for (provider, vault), bond in world.providers.bonds.items():
        where = provider, vault
        yield "Providers", "bondOf", where, (bond.bonded, bond.leaving, bond.available_at)
        yield "Providers", "reservedOf", where, (bond.reserved,)
    for provider in list(world.providers.keys):
        for when in (epoch - 1, epoch, epoch + 3):
            yield "Providers", "receiptKeyOf", (provider, when), (world.providers.key_of(provider, when),)


def _hubs(world: World, now: int) -> Iterator[Question]:
    settlement = world.settlement
    for where, bond in settlement.bonds.items():
        past = bond.releasable(now)
        total = bond.free + bond.covering + bond.leaving + settlement.guaranteed(*where)
        yield "Settlement", "bondOf", where, (total, bond.covering - past, bond.leaving, bond.available_at)
        yield "Settlement", "freeBond", where, (max(0, bond.free + past - bond.penalties),)
        yield "Settlement", "penaltiesOf", where, (bond.penalties,)
        yield "Settlement", "lastEpoch", where, settlement.last_epoch(*where)
    for bound, given in settlement.guarantees.items():
        yield "Settlement", "guaranteeOf", bound, (given.amount, given.leaving, given.available_at)
    for lane in {place[:3] for place in settlement.parts} | {lane for lane, _ in world.claims.claims}:
        yield "Settlement", "coveredUntil", lane, (settlement.covered_until(*lane),)


def _parts(world: World) -> Iterator[Question]:
    settlement = world.settlement
    for place, part in settlement.parts.items():
        if part is None:
            continue
        yield "Settlement", "headerHashOf", place, (header_hash(part.header),)
        yield "Settlement", "isFinalized", place, (part.final,)
        yield "Settlement", "isVoid", place, (part.void,)
        for index in range(part.header.credit_count):
            yield "Settlement", "isRowFinalized", (*place, index), (settlement.is_row_paid(*place, index),)
    for leaf, remedy in settlement.remedies.items():
        yield "Settlement", "isStruck", leaf, (remedy.struck,)


def _cases(world: World) -> Iterator[Question]:
    known = {"Statements": world.statements, "Challenges": world.challenges, "Disputes": world.disputes}
    for label, contract in known.items():
        for id_, case in contract.cases.items():
            yield label, "caseOf", (id_,), (case,)
    for id_, shown in world.statements.shown.items():
        yield "Statements", "shownOf", (id_,), (shown.total, shown.leaves, shown.next_index)
    for revealed, until in world.statements.ties.windows.items():
        yield "Statements", "revealWindowOf", revealed, (until,)
    for id_ in world.disputes.cases:
        yield "Disputes", "holdOf", (id_,), (world.disputes.holds[id_], world.disputes.reserved[id_])


def _claims(world: World) -> Iterator[Question]:
    for (lane, payee), claim in world.claims.claims.items():
        yield "Claims", "claimOf", (*lane, payee), (claim,)


def _services(world: World) -> Iterator[Question]:
    yield "Services", "count", (), (len(world.services.versions),)
    for id_, version in world.services.versions.items():
        assert version is not None
        yield "Services", "get", (id_,), (version,)
        yield "Services", "idOf", (version.publisher, version.name, version.version), (id_,)


@lru_cache(maxsize=100_000)
def _call_data(contract: str, function: str, arguments: tuple[Any, ...]) -> bytes:
    return abi_of(contract).functions[function].encode([as_abi(one) for one in arguments])
