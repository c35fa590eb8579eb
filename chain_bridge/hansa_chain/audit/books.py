"""All books of a deployment: events in, entries out."""

from collections.abc import Iterator
from itertools import chain as each_of
from typing import Any, Protocol

from hansa_chain.audit.cases import CaseBooks
from hansa_chain.audit.claims import ClaimBooks
from hansa_chain.audit.entries import Entry
from hansa_chain.audit.guarantees import GuaranteeBooks
from hansa_chain.audit.hubs import HubBooks
from hansa_chain.audit.lines import LineBooks
from hansa_chain.audit.parsing import Occurrence
from hansa_chain.audit.parts import PartBooks
from hansa_chain.audit.providers import ProviderBooks
from hansa_chain.audit.scope import Scope
from hansa_chain.audit.vault import VaultBooks
from hansa_chain.errors import DeploymentInvalid
from hansa_protocol.identity import Address


class _Book(Protocol):
    def apply(self, event: Any) -> None: ...


class Books:
    """Fold events, in the order of the chain, into what everybody has."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.vaults = {vault: VaultBooks(vault) for vault in scope.tokens}
        self.lines = LineBooks(scope.credit_lines)
        self.providers = ProviderBooks(scope.providers)
        self.hubs = HubBooks(scope.settlement, scope.params)
        self.guarantees = GuaranteeBooks(scope.settlement)
        self.parts = PartBooks(scope.settlement)
        self.cases = [CaseBooks(name, place, scope.settlement) for name, place in scope.case_contracts.items()]
        self.claims = ClaimBooks(scope.claims, scope.leaf_fee) if scope.claims else None
        self._by_address: dict[Address, tuple[_Book, ...]] = {
            **{vault: (books,) for vault, books in self.vaults.items()},
            scope.credit_lines: (self.lines,),
            scope.providers: (self.providers,),
            scope.settlement: (self.hubs, self.guarantees, self.parts),
            **{books.address: (books,) for books in self.cases},
            **({self.claims.address: (self.claims,)} if self.claims else {}),
        }

    def enter(self, occurrence: Occurrence) -> None:
        """Enter an event; raises DeploymentInvalid for one that rests on others which are not there."""
        try:
            for book in self._by_address[occurrence.address]:
                book.apply(occurrence.event)
        except KeyError as missing:
            raise DeploymentInvalid(
                f"{type(occurrence.event).__name__} of {occurrence.address} rests on an event that is not there: "
                "begin at the block of the deployment, and use a node that keeps all logs"
            ) from missing

    def entries(self, now_seconds: int) -> Iterator[Entry]:
        """Yield every entry, as the contracts must say it in a block of this time."""
        epoch = now_seconds // self.scope.params.epoch
        yield from each_of.from_iterable(
            books.entries(self.scope.tokens[vault]) for vault, books in self.vaults.items()
        )
        yield from self._custodies()
        yield from self.hubs.entries(now_seconds)
        yield from self.guarantees.entries()
        yield from self.providers.entries(epoch)
        yield from self.lines.entries(epoch)
        yield from self.parts.entries()
        yield from each_of.from_iterable(books.entries() for books in self.cases)
        if self.claims:
            yield from self.claims.entries()

    def _custodies(self) -> Iterator[Entry]:
        """Yield that what each contract holds for others is what its own events say: nothing is lost inside."""
        for vault, books in self.vaults.items():
            escrowed = self.hubs.bonded(vault) + self.parts.escrow(vault)
            yield books.custody_entry(self.scope.settlement, "hubs' bonds and escrow", escrowed)
            yield books.custody_entry(self.scope.providers, "providers' bonds", self.providers.bonded(vault))
            for cases in self.cases:
                yield books.custody_entry(cases.address, "deposits of open cases", cases.deposits(vault))
            if self.claims:
                deposits = self.claims.deposits(vault)
                yield books.custody_entry(self.claims.address, "deposits of open claims", deposits)
