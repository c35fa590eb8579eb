"""What the chain says about a batch: its parts, the rates, and the keys that receipts must be signed with."""

from collections.abc import Mapping
from dataclasses import dataclass

from hansa_chain.errors import Reverted
from hansa_chain.posted_rows import PostedRows, fetch_rows
from hansa_chain.providers import Providers
from hansa_chain.rpc import BlockStamp
from hansa_chain.services import Service, Services
from hansa_chain.settlement import PostedPart, Settlement
from hansa_chain.vault import Vault
from hansa_protocol.batch import Batch
from hansa_protocol.identity import Address
from hansa_protocol.parts import Part


@dataclass(frozen=True, slots=True)
class Facts:
    """Hold what the chain has at one block; None is what it has not.

    `posted`, `taken` and `paid` are by part, `receipt_keys` by provider and epoch. `taken` is what the post could take
    of each account, in wei: less than its debit where line or balance did not reach. `rows` are what was posted, None
    where that cannot be read. `now` is the block's time, `deadline` the last second of a post (unix seconds).
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
    rows: tuple[PostedRows | None, ...] = ()
    void: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True)
class Registers:
    """Name the contracts that have a say in a batch."""

    settlement: Settlement
    vault: Vault
    providers: Providers
    services: Services


def read_facts(registers: Registers, batch: Batch, *, at: BlockStamp) -> Facts:
    """Read what concerns a batch from the chain at one block."""
    settlement = registers.settlement
    params = settlement.params(at=at)
    key, numbers = (batch.hub, batch.vault, batch.epoch), range(len(batch.parts))
    signers = {(leaf.provider, leaf.receipt_digest) for leaf in batch.leaves}
    epochs = {signed.receipt.digest(settlement.domain): signed.receipt.epoch for signed in batch.receipts}
    asked = {(provider, epochs[digest]) for provider, digest in signers if digest in epochs}
    posted = tuple(settlement.find_part(*key, number, epoch_seconds=params.epoch, at=at) for number in numbers)
    return Facts(
        posted=posted,
        taken=tuple(_taken(registers, part, there) for part, there in zip(batch.parts, posted, strict=True)),
        now=at.timestamp,
        deadline=(batch.epoch + 1) * params.epoch + params.post,
        rows=tuple(_rows(registers, part, there) for part, there in zip(batch.parts, posted, strict=True)),
        void=tuple(settlement.is_void(*key, number, at=at) for number in numbers),
        paid=tuple(settlement.is_finalized(*key, number, at=at) for number in numbers),
        fee_bps=params.fee_bps,
        epoch_seconds=params.epoch,
        treasury=settlement.treasury(at=at),
        services={terms.service: _service(registers.services, terms.service, at) for terms in batch.services},
        receipt_keys={one: registers.providers.receipt_key_of(*one, at=at) for one in asked},
    )


def _rows(registers: Registers, part: Part, posted: PostedPart | None) -> PostedRows | None:
    if posted is None:
        return None
    return fetch_rows(registers.settlement, registers.vault, posted, (part.debits, part.credits))


def _taken(registers: Registers, part: Part, posted: PostedPart | None) -> Mapping[Address, int]:
    if posted is None:
        return {}
    header, charged = posted.header, {row.account for row in part.debits}
    posts = registers.vault.debits_of(registers.settlement.address, header.hub, header.epoch, block=posted.block_number)
    # Parts of one batch charge different accounts, so these are the rows of this part.
    return {row.account: row.amount for rows in posts for row in rows if row.account in charged}


def _service(services: Services, service_id: int, at: BlockStamp) -> Service | None:
    try:
        return services.get(service_id, at=at)
    except Reverted:
        return None
