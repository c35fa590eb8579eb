"""Sealing: when an epoch is closed, and what becomes of accounts when its batch is paid or missed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from operator import attrgetter

from hansa_operator.ports.chain import ChainTimes
from hansa_operator.ports.ledger import AccountEntry, AccountRecord, EntryState, JobRecord, SealRecord, SealState

SETTLE_MS = 1_000
"""How soon to look again while an earlier epoch is not settled."""


@dataclass(frozen=True, slots=True)
class SealEpoch:
    """Seal this epoch now."""

    epoch: int


@dataclass(frozen=True, slots=True)
class WaitToSeal:
    """Look again at `until_ms` (unix ms)."""

    until_ms: int


@dataclass(frozen=True, slots=True)
class LedgerBehind:
    """Seal nothing: the chain knows an epoch of this hub that the ledger does not."""

    chain_epoch: int


SealDecision = SealEpoch | WaitToSeal | LedgerBehind


def decide_seal(
    seals: Iterable[SealRecord], times: ChainTimes, *, chain_epoch: int | None, now_ms: int
) -> SealDecision:
    """Decide whether an epoch of a vault is sealed now.

    The newest epoch that is over is sealed once its last receipts had `sealing_seconds` to come, and only while it can
    still be posted and seen final; whatever was missed goes into the next one. An epoch waits for the one before it to
    be final or missed, because slices number on from what was really posted.
    """
    known = list(seals)
    newest = max((seal.epoch for seal in known), default=-1)
    if chain_epoch is not None and chain_epoch > newest:
        return LedgerBehind(chain_epoch)
    length = times.epoch_seconds * 1000
    epoch = now_ms // length - 1
    begins = (epoch + 1) * length + times.sealing_seconds * 1000
    ends = (epoch + 1) * length + (times.post_seconds - times.finality_seconds) * 1000
    if epoch <= newest or now_ms > ends:
        return WaitToSeal(begins + length)
    if now_ms < begins:
        return WaitToSeal(begins)
    if any(seal.state is SealState.SEALED for seal in known):
        return WaitToSeal(now_ms + SETTLE_MS)
    return SealEpoch(epoch)


def with_entries(account: AccountRecord, entries: Iterable[AccountEntry]) -> AccountRecord:
    """Return the account with what a batch has taken of its job besides."""
    return AccountRecord(account.job_id, (*account.entries, *entries))


def without_epochs(account: AccountRecord, epochs: Iterable[int]) -> AccountRecord:
    """Return the account without the slices of epochs that never reached the chain: their work is open again."""
    gone = frozenset(epochs)
    return AccountRecord(account.job_id, tuple(one for one in account.entries if one.batch_epoch not in gone))


def finalized(account: AccountRecord, epoch: int) -> AccountRecord:
    """Return the account with the slices of an epoch paid."""
    return AccountRecord(
        account.job_id,
        tuple(
            replace(entry, state=EntryState.FINALIZED) if entry.batch_epoch == epoch else entry
            for entry in account.entries
        ),
    )


def royalties_of(records: Iterable[JobRecord]) -> Mapping[int, tuple[str, int]]:
    """Return who is paid how much (address, bps) for each service that these jobs use."""
    return {
        one.service: (one.publisher, one.royalty_bps)
        for one in sorted(records, key=attrgetter("service"))
        if one.service
    }


def unbacked(sealed: Iterator[SealRecord], account: AccountRecord) -> frozenset[int]:
    """Return the epochs of an account that no seal stands for: the operator ended between the two writes."""
    known = {seal.epoch for seal in sealed if seal.state is not SealState.MISSED}
    return frozenset(entry.batch_epoch for entry in account.entries) - known
