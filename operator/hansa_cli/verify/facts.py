"""What the chain says about a batch: its parts, the rates, and the keys that receipts must be signed with."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hansa_chain.disputes import Disputes, fetch_disputed
from hansa_chain.errors import Reverted
from hansa_chain.posted_rows import PostedRows, fetch_rows
from hansa_chain.providers import Providers
from hansa_chain.revealed import Revealed, fetch_revealed
from hansa_chain.rpc import BlockStamp
from hansa_chain.services import Service, Services
from hansa_chain.settlement import PostedPart, Settlement
from hansa_chain.statements import Statements
from hansa_chain.token import Token
from hansa_chain.vault import Vault
from hansa_cli.coin import Coin, read_coin
from hansa_protocol.batch import Batch
from hansa_protocol.identity import ZERO_ADDRESS, Address
from hansa_protocol.leaf import Leaf
from hansa_protocol.parts import Part, ServiceTerms, Tariff


@dataclass(frozen=True, slots=True)
class Facts:
    """Hold what the chain has at one block; None is what it has not.

    `posted`, `taken` and `paid` are by part, `receipt_keys` by provider and epoch. `taken` is what the post could take
    of each account, in wei: less than its debit where line or balance did not reach. `rows` are what was posted, None
    where that cannot be read; `row_paid` says of each part whether it has paid the account that looks; `revealed` is
    what the hub showed when it was demanded, `disputed` the slices that customers did not take. `coin` is the vault's.
    `now` is the block's time, `deadline` the last second of a post (unix seconds).
    """

    posted: tuple[PostedPart | None, ...]
    taken: tuple[Mapping[Address, int], ...]
    paid: tuple[bool, ...]
    fee_bps: int
    epoch_seconds: int
    treasury: Address
    services: Mapping[int, Service | None]
    receipt_keys: Mapping[tuple[Address, int], Address | None]
    now: int
    deadline: int
    coin: Coin
    rows: tuple[PostedRows | None, ...] = ()
    void: tuple[bool, ...] = ()
    row_paid: tuple[bool, ...] = ()
    revealed: tuple[Revealed, ...] = ()
    disputed: tuple[frozenset[int], ...] = ()

    @property
    def missed(self) -> bool:
        """Return whether nothing is posted, and nothing can be posted any more."""
        return not any(self.posted) and self.now > self.deadline

    @property
    def unread(self) -> tuple[int, ...]:
        """Return the parts that are posted, stand, and of which no row can be read."""
        of_parts = enumerate(zip(self.posted, self.rows, self.void, strict=True))
        return tuple(index for index, (posted, rows, void) in of_parts if posted and rows is None and not void)

    @property
    def tariff(self) -> Tariff:
        """Return the rates on chain; a service that is not published has no royalty."""
        return Tariff({service: _terms(service, found) for service, found in self.services.items()}, self.fee_bps)

    def reveals(self, part: int) -> Revealed:
        """Return what the hub showed of a part."""
        return self.revealed[part] if part < len(self.revealed) else Revealed()

    def disputes(self, part: int) -> frozenset[int]:
        """Return the slices of a part that were disputed."""
        return self.disputed[part] if part < len(self.disputed) else frozenset()


@dataclass(frozen=True, slots=True)
class Registers:
    """Name the contracts that have a say in a batch; without those of challenges nothing is read of cases."""

    settlement: Settlement
    vault: Vault
    providers: Providers
    services: Services
    statements: Statements | None = None
    disputes: Disputes | None = None


def find_posted(
    registers: Registers, hub: Address, epoch: int, least: int, *, at: BlockStamp
) -> list[PostedPart | None]:
    """Return the parts of an epoch as they are posted: as many as the first one says, and at least so many."""
    settlement, vault = registers.settlement, registers.vault.address
    seconds, found, count = settlement.params(at=at).epoch, list[PostedPart | None](), 1
    while len(found) < count:
        part = settlement.find_part(hub, vault, epoch, len(found), epoch_seconds=seconds, at=at)
        found.append(part)
        # Parts are posted in their order: behind one that is missing is none, whatever number anybody states.
        if part is None:
            break
        count = max(least, part.header.parts)
    return found + [None] * (least - len(found))


def read_facts(
    registers: Registers,
    batch: Batch,
    posted: Sequence[PostedPart | None],
    *,
    who: Address | None = None,
    at: BlockStamp,
) -> Facts:
    """Read what concerns a batch from the chain at one block; `posted` are its parts, `who` looks."""
    settlement = registers.settlement
    params = settlement.params(at=at)
    key, numbers = (batch.hub, batch.vault, batch.epoch), range(sum(there is not None for there in posted))
    rest = (False,) * (len(posted) - len(numbers))
    pairs = list(zip(batch.parts, posted, strict=True))
    revealed = tuple(_revealed(registers, there, params.settle_seconds, at) for there in posted)
    leaves = [*batch.leaves, *(one.leaf for part in revealed for one in part.leaves.values())]
    epochs = {signed.receipt.digest(settlement.domain): signed.receipt.epoch for signed in batch.receipts}
    asked = {(leaf.provider, epochs[leaf.receipt_digest]) for leaf in leaves if leaf.receipt_digest in epochs}
    rows = tuple(_rows(registers, part, there) for part, there in pairs)
    return Facts(
        posted=tuple(posted),
        taken=tuple(_taken(registers, *pair, found) for pair, found in zip(pairs, rows, strict=True)),
        now=at.timestamp,
        deadline=(batch.epoch + 1) * params.epoch + params.post,
        coin=read_coin(Token(settlement.chain, registers.vault.token(at=at)), at=at),
        rows=rows,
        void=tuple(settlement.is_void(*key, number, at=at) for number in numbers) + rest,
        row_paid=tuple(_row_paid(settlement, there, found, who, at) for there, found in zip(posted, rows, strict=True)),
        revealed=revealed,
        disputed=tuple(_disputed(registers, there, params.settle_seconds, at) for there in posted),
        paid=tuple(settlement.is_finalized(*key, number, at=at) for number in numbers) + rest,
        fee_bps=params.fee_bps,
        epoch_seconds=params.epoch,
        treasury=settlement.treasury(at=at),
        services={service: _service(registers.services, service, at) for service in _used(batch, leaves)},
        receipt_keys={one: registers.providers.receipt_key_of(*one, at=at) for one in asked},
    )


def _used(batch: Batch, leaves: Iterable[Leaf]) -> list[int]:
    """Return the services that a batch states or a leaf uses."""
    return sorted({terms.service for terms in batch.services} | {leaf.service for leaf in leaves if leaf.service})


def _revealed(registers: Registers, posted: PostedPart | None, settle_seconds: int, at: BlockStamp) -> Revealed:
    if posted is None or registers.statements is None:
        return Revealed()
    return fetch_revealed(registers.statements, posted, settle_seconds=settle_seconds, at=at)


def _disputed(registers: Registers, posted: PostedPart | None, settle_seconds: int, at: BlockStamp) -> frozenset[int]:
    if posted is None or registers.disputes is None:
        return frozenset()
    return fetch_disputed(registers.disputes, posted, settle_seconds=settle_seconds, at=at)


def _rows(registers: Registers, part: Part, posted: PostedPart | None) -> PostedRows | None:
    if posted is None:
        return None
    return fetch_rows(registers.settlement, registers.vault, posted, (part.debits, part.credits))


def _row_paid(
    settlement: Settlement, posted: PostedPart | None, rows: PostedRows | None, who: Address | None, at: BlockStamp
) -> bool:
    index = None if who is None or rows is None else rows.credit_index(who)
    if posted is None or index is None:
        return False
    header = posted.header
    return settlement.is_row_finalized(header.hub, header.vault, header.epoch, header.part, index, at=at)


def _taken(
    registers: Registers, part: Part, posted: PostedPart | None, rows: PostedRows | None
) -> Mapping[Address, int]:
    if posted is None:
        return {}
    if rows is not None:
        return {row.account: wei for row, wei in zip(rows.debits, rows.taken, strict=True)}
    header, charged = posted.header, {row.account for row in part.debits}
    posts = registers.vault.debits_of(registers.settlement.address, header.hub, header.epoch, block=posted.block_number)
    # Parts of one batch charge different accounts, so these are the rows of this part.
    return {row.account: row.amount for rows in posts for row in rows if row.account in charged}


def _service(services: Services, service_id: int, at: BlockStamp) -> Service | None:
    try:
        return services.get(service_id, at=at)
    except Reverted:
        return None


def _terms(service: int, found: Service | None) -> ServiceTerms:
    return ServiceTerms(service, found.payout, found.royalty_bps) if found else ServiceTerms(service, ZERO_ADDRESS, 0)
