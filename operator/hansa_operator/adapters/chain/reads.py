"""Reads for the operator: each group of them frozen at one block. These block; the adapter runs them on its threads."""

from dataclasses import dataclass, field

from hansa_chain.cases import CaseAdapter
from hansa_chain.challenges import Challenges
from hansa_chain.claims import Claims
from hansa_chain.credit_lines import CreditLines, LineTerms
from hansa_chain.disputes import Disputes
from hansa_chain.providers import Providers
from hansa_chain.rpc import BlockStamp
from hansa_chain.rpc import Chain as Node
from hansa_chain.services import Services
from hansa_chain.settlement import PostedPart, Settlement
from hansa_chain.statements import Statements
from hansa_chain.vault import Vault
from hansa_operator.ports.chain import (
    ChainStamp,
    ChainTimes,
    ChainUnreachable,
    CreditState,
    HubState,
    PartState,
    ProviderState,
    ServiceState,
)
from hansa_protocol.batch import Batch
from hansa_protocol.header import Header, header_hash
from hansa_protocol.identity import ZERO_ADDRESS, Address, parse_address

PartKey = tuple[Address, Address, int, int]
MOST_HEADERS = 256
"""Of parts that are still looked at; older ones are searched for again."""


@dataclass(frozen=True, slots=True)
class Court:
    """Hold the adapters of the contracts that a hub is challenged in."""

    challenges: Challenges
    statements: Statements
    disputes: Disputes
    claims: Claims

    @property
    def adapters(self) -> tuple[CaseAdapter, ...]:
        """Return those that have cases, which claims are not."""
        return self.challenges, self.statements, self.disputes


@dataclass(frozen=True, slots=True)
class Contracts:
    """Hold the adapters of one hub's contracts; `court` is None where nobody said where challenges are."""

    settlement: Settlement
    credit_lines: CreditLines
    providers: Providers
    services: Services
    court: Court | None = None


@dataclass(slots=True)
class Reads:
    """Read one hub's contracts on one node."""

    node: Node
    contracts: Contracts
    hub: Address
    _times: ChainTimes | None = None
    _vaults: dict[Address, Vault] = field(default_factory=dict)
    _posted: dict[PartKey, PostedPart] = field(default_factory=dict)

    def times(self) -> ChainTimes:
        """Return the settlement's constants."""
        if self._times is None:
            params = self.contracts.settlement.params(at="latest")
            self._times = ChainTimes(
                epoch_seconds=params.epoch,
                post_seconds=params.post,
                window_seconds=params.window,
                sealing_seconds=params.sealing,
                finality_seconds=params.finality,
                fee_bps=params.fee_bps,
            )
        return self._times

    def latest(self) -> ChainStamp:
        """Return the newest block."""
        return stamp_of(self.node.stamp("latest"))

    def credit(self, customer: str, vault: str, epoch: int) -> CreditState:
        """Return a customer's line and balance at the newest final block."""
        at, lines = self.node.stamp("finalized"), self.contracts.credit_lines
        who, balances = parse_address(customer), self.vault(parse_address(vault), at)
        if balances is None:
            return CreditState(stamp_of(at), 0, 0, 0, 0, 0, 0, 0, 0)
        between = (who, self.contracts.settlement.address, self.hub, balances.address)
        terms = lines.line_in_force(*between, epoch, at=at)
        waiting = _waiting(*lines.line_of(*between, at=at), epoch)
        return CreditState(
            stamp=stamp_of(at),
            cap=terms.cap if terms else 0,
            until_epoch=terms.until_epoch if terms else 0,
            next_cap=waiting.cap if waiting else 0,
            next_from_epoch=waiting.from_epoch if waiting else 0,
            next_nonce=lines.nonce_of(who, balances.address, at=at),
            balance=balances.balance_of(who, at=at),
            pending_withdrawal=balances.pending_withdrawal(who, at=at).amount,
            reserved_elsewhere=lines.reserved_elsewhere(*between, at=at),
            order_signer=terms.order_signer if terms and terms.order_signer != ZERO_ADDRESS else "",
        )

    def provider(self, address: str, vault: str, epoch: int) -> ProviderState:
        """Return a provider's bond, receipt key and guarantee at the newest final block."""
        at, register = self.node.stamp("finalized"), self.contracts.providers
        who, where = parse_address(address), parse_address(vault)
        if not register.is_registered(who, at=at):
            return ProviderState(stamp_of(at), 0, "")
        bond = register.bond_of(who, where, at=at)
        key = register.receipt_key_of(who, epoch, at=at)
        given = self.contracts.settlement.guarantee_of(self.hub, where, who, at=at)
        return ProviderState(
            stamp_of(at), bond.bonded - bond.leaving, key or "", given.lasting, given.amount - given.lasting
        )

    def service(self, publisher: str, name: str, version: str) -> ServiceState | None:
        """Return a published version at the newest final block."""
        at = self.node.stamp("finalized")
        found = self.contracts.services.find(parse_address(publisher), name, version, at=at)
        if found is None:
            return None
        settlement, digest = self.contracts.settlement, "0x" + found.content_digest.hex()
        refused = (settlement.address, settlement.treasury(at=at))
        payable = found.payout not in refused and not settlement.is_vault(found.payout, at=at)
        return ServiceState(found.service_id, found.payout, found.royalty_bps, digest, payable)

    def standing(self, vault: str) -> HubState:
        """Return this hub's bond at the newest final block, and what it posted and can pay at the newest."""
        newest, final = self.node.stamp("latest"), self.node.stamp("finalized")
        where, settlement = parse_address(vault), self.contracts.settlement
        last = settlement.last_epoch(self.hub, where, at=newest)
        return HubState(
            stamp=stamp_of(final),
            last_epoch=last.epoch if last else None,
            bond=settlement.bond_of(self.hub, where, at=final).total,
            free_bond=settlement.free_bond(self.hub, where, at=final),
            gas_balance=self.node.balance(self.hub, at=newest),
            lag_blocks=newest.number - final.number,
        )

    def part(self, batch: Batch, part: int) -> PartState:
        """Return how far a part of a batch is."""
        # The final block first: what is final was there at the newest block that is read after it.
        final, newest = self.node.stamp("finalized"), self.node.stamp("latest")
        key, settlement = _key(batch, part), self.contracts.settlement
        posted = self.posted(key, newest)
        there = settlement.header_hash_of(*key, at=final) is not None
        return PartState(
            latest=stamp_of(newest),
            finalized=stamp_of(final),
            posted_latest=posted is not None,
            posted_finalized=there,
            posted_at=posted.header.posted_at if posted else None,
            shortfall=posted.shortfall if posted else 0,
            paid_latest=posted is not None and settlement.is_finalized(*key, at=newest),
            paid_finalized=there and settlement.is_finalized(*key, at=final),
        )

    def header(self, batch: Batch, part: int) -> Header:
        """Return a posted part's header at the newest block; raises ChainUnreachable while it is not posted there."""
        found = self.posted(_key(batch, part), self.node.stamp("latest"))
        if found is None:
            raise ChainUnreachable(f"part {part} of epoch {batch.epoch} is not posted at the newest block: look again")
        return found.header

    def posted(self, key: PartKey, at: BlockStamp) -> PostedPart | None:
        """Return a part as it was posted by a block; its event is searched for only once while it stays the same."""
        hub, vault, epoch, part = key
        known, settlement = self._posted.get(key), self.contracts.settlement
        if known is not None and settlement.header_hash_of(hub, vault, epoch, part, at=at) == header_hash(known.header):
            return known
        seconds = self.times().epoch_seconds
        found = settlement.find_part(hub, vault, epoch, part, epoch_seconds=seconds, at=at)
        if found is not None:
            self._posted[key] = found
            while len(self._posted) > MOST_HEADERS:
                self._posted.pop(next(iter(self._posted)), None)
        return found

    def vault(self, vault: Address, at: BlockStamp) -> Vault | None:
        """Return a vault of this settlement, or None for another contract."""
        # A settlement never gets another vault, so what was one stays one.
        if vault not in self._vaults and self.contracts.settlement.is_vault(vault, at=at):
            self._vaults[vault] = Vault(self.node, vault)
        return self._vaults.get(vault)


def stamp_of(at: BlockStamp) -> ChainStamp:
    """Return the port's name of a block."""
    return ChainStamp(at.number, at.timestamp)


def _key(batch: Batch, part: int) -> PartKey:
    return batch.hub, batch.vault, batch.epoch, part


def _waiting(current: LineTerms | None, after: LineTerms | None, epoch: int) -> LineTerms | None:
    """Return the terms that come into force later than an epoch, if any."""
    last = after or current
    return last if last is not None and last.from_epoch > epoch else None
