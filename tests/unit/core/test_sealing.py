"""When an epoch is sealed, and what becomes of accounts afterwards."""

from dataclasses import replace

import pytest

from hansa_operator.core.metering.sealing import (
    LedgerBehind,
    SealEpoch,
    WaitToSeal,
    decide_seal,
    finalized,
    royalties_of,
    unbacked,
    without_epochs,
)
from hansa_operator.ports.chain import ChainTimes
from hansa_operator.ports.ledger import EntryState, SealRecord, SealState
from tests.builders import EPOCH, account, entry, record
from tests.metered import PUBLISHER, VAULT

TIMES = ChainTimes(
    epoch_seconds=100, post_seconds=60, window_seconds=200, sealing_seconds=10, finality_seconds=12, fee_bps=0
)


def seal(epoch, state=SealState.POSTED):
    return SealRecord(VAULT, epoch, "", 0, "", 1, 0, state)


def decide(second, *seals, chain=None):
    return decide_seal(seals, TIMES, chain_epoch=chain, now_ms=round(second * 1_000))


MOMENTS = {
    "while an epoch lasts it is not sealed": (599.999, (), WaitToSeal(510_000 + 100_000)),
    "its last receipts have time to come": (609.999, (), WaitToSeal(610_000)),
    "then it is sealed": (610, (), SealEpoch(5)),
    "as long as it can be posted and seen final": (648, (), SealEpoch(5)),
    "and not a moment longer": (648.001, (), WaitToSeal(710_000)),
    "no epoch is sealed twice": (620, (seal(5),), WaitToSeal(710_000)),
    "a missed one is not sealed again, either": (620, (seal(5, SealState.MISSED),), WaitToSeal(710_000)),
    "it waits for the one before it": (620, (seal(4, SealState.SEALED),), WaitToSeal(621_000)),
    "also for one long before it": (620, (seal(1, SealState.SEALED), seal(4)), WaitToSeal(621_000)),
    "one that is posted need not be paid": (620, (seal(4),), SealEpoch(5)),
    "epochs may be skipped": (620, (seal(2, SealState.FINALIZED),), SealEpoch(5)),
}


@pytest.mark.parametrize(("second", "seals", "decision"), MOMENTS.values(), ids=MOMENTS)
def test_an_epoch_is_sealed_in_its_time_and_in_its_turn(second, seals, decision):
    assert decide(second, *seals) == decision


@pytest.mark.parametrize(
    ("seals", "chain", "behind"),
    [((), 3, True), ((seal(2),), 3, True), ((seal(3),), 3, False), ((seal(4, SealState.MISSED),), 3, False)],
)
def test_a_ledger_that_the_chain_is_ahead_of_seals_nothing(seals, chain, behind):
    assert decide(620, *seals, chain=chain) == (LedgerBehind(3) if behind else SealEpoch(5))


SEALED = account(entry(), entry(seq=1, batch_epoch=EPOCH + 1), entry(seq=2, batch_epoch=EPOCH + 1))


def test_an_epoch_that_never_reached_the_chain_is_taken_back_whole():
    assert without_epochs(SEALED, [EPOCH + 1]).entries == SEALED.entries[:1]
    assert without_epochs(SEALED, [EPOCH + 7]) == SEALED


def test_an_epoch_that_is_paid_is_marked_and_no_other():
    paid = finalized(SEALED, EPOCH + 1)
    assert [one.state for one in paid.entries] == [EntryState.SEALED, EntryState.FINALIZED, EntryState.FINALIZED]
    assert [replace(one, state=EntryState.SEALED) for one in paid.entries] == list(SEALED.entries)


@pytest.mark.parametrize(
    ("seals", "lost"),
    [
        ([EPOCH, EPOCH + 1], set()),
        ([EPOCH], {EPOCH + 1}),
        ([], {EPOCH, EPOCH + 1}),
    ],
)
def test_slices_without_a_seal_are_those_of_an_operator_that_ended_in_between(seals, lost):
    assert unbacked(iter([seal(epoch, SealState.SEALED) for epoch in seals]), SEALED) == lost


def test_slices_of_a_missed_epoch_have_no_seal_that_counts():
    assert unbacked(iter([seal(EPOCH), seal(EPOCH + 1, SealState.MISSED)]), SEALED) == {EPOCH + 1}


def test_each_service_is_paid_to_its_publisher_once():
    used = record(service=7, publisher=PUBLISHER, royalty_bps=500)
    assert royalties_of([used, record(), used]) == {7: (PUBLISHER, 500)}
