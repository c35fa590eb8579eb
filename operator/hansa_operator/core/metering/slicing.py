"""Slicing: a job's unsealed work as leaves of a batch, each with the receipt that it came from."""

from dataclasses import dataclass

from hansa_operator.core.market.quote import Terms
from hansa_operator.core.metering.billing import OpenSlice, unbilled
from hansa_operator.ports.ledger import (
    AccountEntry,
    AccountRecord,
    AttemptRecord,
    EntryState,
    JobRecord,
    ReceiptRecord,
)
from hansa_protocol.eip712 import Receipt
from hansa_protocol.evidence import SignedReceipt
from hansa_protocol.identity import Address, parse_address
from hansa_protocol.leaf import Leaf


@dataclass(frozen=True, slots=True)
class JobWork:
    """Hold what the ledger has of one job."""

    record: JobRecord
    attempts: tuple[AttemptRecord, ...]
    receipts: tuple[ReceiptRecord, ...]
    account: AccountRecord


@dataclass(frozen=True, slots=True)
class JobSlices:
    """Hold the leaves of one job in an epoch, its account after they are sealed, and the receipts they came from."""

    leaves: tuple[Leaf, ...]
    account: AccountRecord
    receipts: tuple[ReceiptRecord, ...] = ()

    @property
    def entries(self) -> tuple[AccountEntry, ...]:
        """Return what the account has gained, an entry a leaf."""
        return self.account.entries[-len(self.leaves) :]

    @property
    def debit(self) -> int:
        """Return what the leaves cost together (wei)."""
        return sum(entry.debit for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Room:
    """Bound what a batch takes from a customer, in wei: the cap of an epoch, and what is left of it."""

    cap: int
    left: int

    def holds(self, cost: int, *, before: int) -> bool:
        """Return whether a slice fits after others of the job; one that no epoch's cap holds waits for none."""
        return before + cost <= self.left or cost > self.cap


def slice_job(work: JobWork, *, epoch: int, fee_bps: int, room: Room | None = None) -> JobSlices | None:
    """Return a job's unsealed work up to and including an epoch as leaves of its batch, or None without any.

    The first slice for which there is no room waits for a later batch, and with it all that come after.
    """
    record = work.record
    terms = Terms(record.royalty_bps, fee_bps)
    due = [receipt for receipt in work.receipts if receipt.epoch <= epoch]
    leaves, receipts, entries = [], [], list(work.account.entries)
    before = total = sum(entry.debit for entry in entries)
    for one in unbilled(record, work.attempts, due, work.account, terms):
        if room is not None and not room.holds(one.split.debit, before=total - before):
            break
        total += one.split.debit
        leaves.append(_leaf(record, one, epoch=epoch, seq=len(entries), cumulative=total))
        receipts.append(one.receipt)
        entries.append(_entry(one, epoch=epoch, seq=len(entries)))
    account = AccountRecord(record.job_id, tuple(entries))
    return JobSlices(tuple(leaves), account, tuple(receipts)) if leaves else None


def _leaf(record: JobRecord, one: OpenSlice, *, epoch: int, seq: int, cumulative: int) -> Leaf:
    return Leaf(
        epoch=epoch,
        job_id=_bytes(record.job_id),
        seq=seq,
        attempt=one.attempt.attempt,
        from_ms=one.from_ms,
        to_ms=one.to_ms,
        cumulative=cumulative,
        customer=parse_address(record.customer),
        provider=parse_address(one.attempt.provider_address),
        service=record.service,
        provider_amount=one.split.provider,
        audit_amount=one.split.audit,
        result_digest=_bytes(one.receipt.result_digest),
        receipt_digest=_bytes(one.receipt.digest),
    )


def _entry(one: OpenSlice, *, epoch: int, seq: int) -> AccountEntry:
    return AccountEntry(
        batch_epoch=epoch,
        seq=seq,
        attempt=one.attempt.attempt,
        receipt_epoch=one.receipt.epoch,
        to_ms=one.to_ms,
        gpu_milliseconds=one.gpu_milliseconds,
        provider_amount=one.split.provider,
        royalty=one.split.royalty,
        fee=one.split.fee,
        debit=one.split.debit,
        state=EntryState.SEALED,
    )


def signed_receipt(job: JobRecord, record: ReceiptRecord, hub: Address) -> SignedReceipt:
    """Return a receipt as its provider signed it."""
    receipt = Receipt(
        hub=hub,
        vault=parse_address(job.vault),
        customer=parse_address(job.customer),
        job_id=_bytes(record.job_id),
        attempt=record.attempt,
        epoch=record.epoch,
        seq=record.seq,
        from_ms=record.from_ms,
        to_ms=record.to_ms,
        gpu_milliseconds=record.gpu_milliseconds,
        provider_amount=record.provider_amount,
        outcome=record.outcome,
        result_digest=_bytes(record.result_digest),
    )
    return SignedReceipt(receipt, _bytes(record.signature))


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))
