"""Every event is known and moves a book, and books are what the rules of the contracts make of them."""

from dataclasses import fields, replace

import pytest

from hansa_chain.abi import abi_of
from hansa_chain.audit.books import Books
from hansa_chain.audit.cases import CaseBooks
from hansa_chain.audit.claims import ClaimBooks, Claimed, ClaimPaid, CreditShown
from hansa_chain.audit.entries import Entry, Finding, Question
from hansa_chain.audit.guarantees import (
    GuaranteeBooks,
    Guaranteed,
    GuaranteePaid,
    GuaranteeRestored,
    GuaranteeUsed,
    Revoked,
    RevokeRequested,
)
from hansa_chain.audit.hub_bond import Cover, HubBond
from hansa_chain.audit.hubs import HubBooks
from hansa_chain.audit.lines import CapsChanged, Lane, LineBooks, LinePruned, LineSet
from hansa_chain.audit.parsing import EVENTS, IGNORED, Occurrence, parse_log
from hansa_chain.audit.parts import Finalized, PartBooks, PartVoided, Posted, RowFinalized, RowHeld
from hansa_chain.audit.providers import ProviderBooks, Slashed
from hansa_chain.audit.scope import Scope
from hansa_chain.audit.vault import VaultBooks, Withdrawn
from hansa_chain.cases import State
from hansa_chain.credit_lines import LineTerms
from hansa_chain.errors import DeploymentInvalid
from hansa_chain.profiles import DEVELOPMENT
from hansa_chain.rpc import Log
from hansa_protocol.header import Header
from hansa_protocol.identity import ZERO_ADDRESS, address_from_bytes
from hansa_protocol.rows import Row
from hansa_protocol.units import Wei

CONTRACTS = ("Vault", "CreditLines", "Providers", "Settlement", "Statements", "Challenges", "Disputes", "Claims")
BOOKS = (VaultBooks, LineBooks, ProviderBooks, HubBooks, GuaranteeBooks, PartBooks, CaseBooks, ClaimBooks)
ADA, HUB, VAULT, PLACE, TOKEN = (address_from_bytes(bytes([n]) * 20) for n in range(1, 6))
HASH = b"\7" * 31


@pytest.mark.parametrize("contract", CONTRACTS)
def test_every_event_is_known_and_has_the_values_that_its_type_names(contract: str) -> None:
    for name, event in abi_of(contract).events.items():
        if name in IGNORED:
            continue
        told = {entry["name"] for entry in event.inputs}
        wanted = {camel(field.name) for field in fields(EVENTS[name])}
        assert wanted <= told, name


def test_every_known_event_moves_a_book() -> None:
    entered = {event for books in BOOKS for event in vars(books)["apply"].dispatcher.registry}
    assert set(EVENTS.values()) <= entered


def test_an_event_of_another_version_is_not_passed_over() -> None:
    log = Log(VAULT, ("0x" + "99" * 32,), b"", 5, "0xabc")
    with pytest.raises(DeploymentInvalid, match="0xabc that this version does not know"):
        parse_log("Vault", log)


def test_an_event_that_rests_on_one_before_the_first_block_is_not_passed_over() -> None:
    scope = Scope(PLACE, ADA, HUB, {VAULT: TOKEN}, {}, None, HUB, DEVELOPMENT.params, 0)
    with pytest.raises(DeploymentInvalid, match="begin at the block of the deployment"):
        Books(scope).enter(Occurrence(VAULT, Withdrawn(ADA, 5, 0)))


def test_a_vault_may_have_more_tokens_than_it_owes_and_never_less() -> None:
    entry = Entry(VAULT, "tokens", 10, Question("HansaToken", TOKEN, "balanceOf", (VAULT,)), at_most=True)
    assert [Finding(entry, tokens).true for tokens in (9, 10, 11)] == [False, True, True]
    assert not Finding(replace(entry, at_most=False), 11).true


# Lines

LANE = Lane(ADA, PLACE, HUB, VAULT)


def terms(cap: int, since: int, until: int) -> LineTerms:
    return LineTerms(Wei(cap), since, until, ZERO_ADDRESS)


def lines_with(*changes: LineTerms) -> LineBooks:
    books = LineBooks(PLACE)
    for nonce, change in enumerate(changes):
        books.apply(LineSet(ADA, HUB, VAULT, PLACE, "team", change, nonce))
    return books


def prune(books: LineBooks, caps: int) -> None:
    books.apply(LinePruned(ADA, HUB, VAULT, PLACE))
    books.apply(CapsChanged(ADA, VAULT, caps))


@pytest.mark.parametrize(("cap", "counted"), [(70, 70), (30, 50), (0, 50)])
def test_while_a_line_changes_the_larger_cap_counts(cap: int, counted: int) -> None:
    books = lines_with(terms(50, 1, 99), terms(cap, 5, 99))
    assert books.caps[ADA, VAULT] == counted
    assert books.lines[LANE].change == terms(cap, 5, 99)


@pytest.mark.parametrize(("cap", "left"), [(70, 70), (30, 30), (70, 0), (0, 0)])
def test_pruning_puts_the_change_in_place_or_ends_the_line(cap: int, left: int) -> None:
    books = lines_with(terms(50, 1, 99), terms(cap, 5, 9))
    prune(books, left)
    assert books.caps[ADA, VAULT] == left
    assert books.lines[LANE].current.cap == left
    assert books.lines[LANE].change is None


def test_a_line_that_was_closed_without_a_signature_leaves_the_nonce_unknown() -> None:
    books = lines_with(terms(50, 1, 99))
    assert books.nonces[ADA, VAULT] == 1
    books.apply(LineSet(ADA, HUB, VAULT, PLACE, "", terms(0, 5, 0), 1))
    assert books.nonces[ADA, VAULT] is None


# Parts


def posted(debits: int = 100) -> PartBooks:
    books = PartBooks(PLACE)
    header = Header(
        *(HUB, VAULT, 7, 0, 1, b"", 1, b"", b"", 1, b"", 2), debits, debits, 90, 1_000, 1, 1, b"\0" * 32, b"\0" * 32
    )
    books.apply(Posted(HUB, VAULT, 7, HASH, header))
    return books


def row_paid(index: int, amount: int) -> RowFinalized:
    return RowFinalized(HUB, VAULT, 7, 0, index, Row(ADA, Wei(amount)))


HELD = RowHeld(HASH, 0, 40, 0)
GIVEN = RowHeld(HASH, 0, 0, 25)
FINAL = Finalized(HUB, VAULT, 7, 0)
VOID = PartVoided(HUB, VAULT, 7, 0)


@pytest.mark.parametrize(
    ("events", "escrow"),
    [
        ((), 100),
        ((row_paid(0, 60),), 40),
        ((FINAL,), 0),
        ((HELD,), 100),
        ((HELD, FINAL), 40),
        ((HELD, FINAL, RowHeld(HASH, 0, 0, 0)), 0),
        ((HELD, row_paid(0, 60)), 80),
        ((HELD, row_paid(0, 60), RowHeld(HASH, 0, 0, 0)), 40),
        ((HELD, GIVEN), 75),
        ((HELD, GIVEN, row_paid(0, 60)), 40),
        ((HELD, GIVEN, FINAL), 0),
        ((VOID,), 0),
        ((HELD, VOID), 0),
        ((HELD, row_paid(0, 60), VOID), 40),
        ((HELD, FINAL, VOID), 40),
    ],
)
def test_escrow_is_what_was_neither_paid_nor_given_back(events: tuple[object, ...], escrow: int) -> None:
    books = posted()
    for event in events:
        books.apply(event)
    assert books.escrow(VAULT) == escrow


# Bonds


def test_cover_is_free_when_it_is_past_and_has_no_cases() -> None:
    bond = HubBond(covers={3: Cover(10, 100, 0), 4: Cover(20, 120, 1), 5: Cover(40, 110, 0)})
    assert [bond.releasable(now) for now in (100, 101, 111, 121)] == [0, 10, 50, 50]
    bond.covers[4].cases = 0
    assert bond.releasable(121) == 70


def test_a_slash_takes_from_what_is_leaving_too() -> None:
    books = ProviderBooks(PLACE)
    bond = books.bonds[ADA, VAULT]
    bond.bonded, bond.leaving = 100, 80
    books.apply(Slashed(ADA, VAULT, 50))
    assert (bond.bonded, bond.leaving) == (50, 50)


# Guarantees

WHO = (HUB, VAULT, ADA)
GIVEN, ASKED = Guaranteed(*WHO, 100), RevokeRequested(*WHO, 60, 9)
USED, SHOWN, PAID = GuaranteeUsed(*WHO, 70), GuaranteeRestored(*WHO, 50), GuaranteePaid(*WHO, 20)


@pytest.mark.parametrize(
    ("events", "free", "whole", "given"),
    [
        ((GIVEN,), 900, 1_000, (100, 0, 0)),
        ((GIVEN, GIVEN), 800, 1_000, (200, 0, 0)),
        ((GIVEN, ASKED), 900, 1_000, (100, 60, 9)),
        ((GIVEN, ASKED, RevokeRequested(*WHO, 0, 12)), 900, 1_000, (100, 0, 12)),
        ((GIVEN, ASKED, Revoked(*WHO, 60)), 960, 1_000, (40, 0, 0)),
        ((GIVEN, ASKED, USED), 900, 1_000, (30, 60, 9)),
        ((GIVEN, ASKED, USED, Revoked(*WHO, 30)), 930, 1_000, (0, 0, 0)),
        ((GIVEN, USED, SHOWN), 900, 1_000, (80, 0, 0)),
        ((GIVEN, USED, SHOWN, PAID), 900, 980, (80, 0, 0)),
    ],
)
def test_a_guarantee_is_bond_that_only_its_payee_has(
    events: tuple[object, ...], free: int, whole: int, given: tuple[int, int, int]
) -> None:
    hubs, guarantees = HubBooks(PLACE, DEVELOPMENT.params), GuaranteeBooks(PLACE)
    bond = hubs.bonds[HUB, VAULT]
    bond.free = 1_000
    for event in events:
        hubs.apply(event)
        guarantees.apply(event)
    assert (bond.free, bond.whole, hubs.bonded(VAULT)) == (free, whole, whole)
    assert tuple(entry.rebuilt for entry in guarantees.entries()) == given


def test_a_guarantee_that_no_event_gave_is_not_passed_over() -> None:
    scope = Scope(PLACE, TOKEN, HUB, {VAULT: TOKEN}, {}, None, HUB, DEVELOPMENT.params, 0)
    with pytest.raises(DeploymentInvalid, match=r"GuaranteeUsed .* rests on an event that is not there"):
        Books(scope).enter(Occurrence(PLACE, USED))


LANE_OF_CLAIM = (HUB, VAULT, 7, ADA)


@pytest.mark.parametrize(
    ("shown", "due"),
    [((), 40), ((60,), 40), ((25,), 25), ((60, 25), 25), ((25, 0), 0)],
)
def test_what_is_due_is_what_the_guarantee_had_and_no_more_than_what_is_missing(
    shown: tuple[int, ...], due: int
) -> None:
    books = ClaimBooks(PLACE, leaf_fee=5)
    books.apply(Claimed(*LANE_OF_CLAIM, 100, 40, 90))
    for part, left in enumerate(shown):
        books.apply(CreditShown(*LANE_OF_CLAIM, part, left))
    claim = books.claims[LANE_OF_CLAIM]
    assert (claim.missing, claim.due, claim.next_part) == ((100, *shown)[-1], due, len(shown))
    assert books.deposits(VAULT) == (5 if due else 0)
    books.apply(ClaimPaid(*LANE_OF_CLAIM))
    assert (books.deposits(VAULT), claim.state) == (0, State.ENDED)


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
