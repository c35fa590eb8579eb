"""Sealing over epochs: receipts grow and come late, batches are posted, missed or found unfinished after a crash."""

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from hansa_operator.core.metering.coverage import merge_intervals
from hansa_operator.core.metering.sealing import (
    finalized,
    royalties_of,
    unbacked,
    without_epochs,
)
from hansa_operator.core.metering.slicing import JobWork, Room, slice_job
from hansa_operator.ports.ledger import SealRecord, SealState
from hansa_protocol.batch import build_batch, decode_batch, encode_batch
from hansa_protocol.identity import parse_address
from tests.builders import EPOCH, account, record
from tests.metered import HUB, PROVIDER, PUBLISHER, VAULT
from tests.strategies import amounts, bps, metered

AHEAD = 4
"""Epochs until all receipts have come, the late ones included."""


class Ledger:
    """Seal a job's work as the operator does, and hand each batch to the protocol."""

    def __init__(self, placed, terms, fee_bps):
        self.placed, self.terms, self.fee_bps = tuple(placed), terms, fee_bps
        self.receipts, self.account, self.batches = {}, account(), {}

    def take(self, receipt):
        known = self.receipts.get((receipt.attempt, receipt.epoch))
        if known is None or receipt.seq > known.seq:
            self.receipts[receipt.attempt, receipt.epoch] = receipt

    def slices(self, epoch, room=None):
        work = JobWork(self.terms, self.placed, tuple(self.receipts.values()), self.account)
        return slice_job(work, epoch=epoch, fee_bps=self.fee_bps, room=room)

    def seal(self, epoch, room=None):
        found = self.slices(epoch, room)
        if found is not None:
            self.batches[epoch] = self._batch(found.leaves, epoch)
            self.account = found.account

    def miss(self, epoch):
        self.batches.pop(epoch, None)
        self.account = without_epochs(self.account, [epoch])

    def _batch(self, leaves, epoch):
        royalties = {service: (parse_address(who), rate) for service, (who, rate) in royalties_of([self.terms]).items()}
        where = {"chain_id": 1, "settlement": PROVIDER, "hub": HUB, "vault": VAULT, "epoch": epoch}
        batch = build_batch(leaves, royalties, self.fee_bps, **where)
        return decode_batch(encode_batch(batch))

    @property
    def leaves(self):
        return [leaf for _, batch in sorted(self.batches.items()) for leaf in batch.leaves]

    @property
    def billed(self):
        return {
            key: sum(one.gpu_milliseconds for one in self.account.entries if (one.attempt, one.receipt_epoch) == key)
            for key in self.receipts
        }


@st.composite
def histories(draw):
    """Draw what becomes of each epoch: the receipts that come before it is sealed, and whether its batch is posted."""
    placed, receipts = draw(metered(attempts=2, epochs=3))
    terms = record(
        **draw(st.sampled_from([{}, {"service": 3, "publisher": PUBLISHER, "royalty_bps": 500}])),
        max_amount=draw(amounts),
    )
    waiting = [list(grown) for grown in receipts.values()]
    epochs = []
    for epoch in range(EPOCH, EPOCH + AHEAD):
        arrived = []
        for grown in waiting:
            ripe = [one for one in grown if one.epoch <= epoch]
            count = draw(st.integers(0, len(ripe))) if epoch < EPOCH + AHEAD - 1 else len(ripe)
            arrived += grown[:count]
            del grown[:count]
        epochs.append((epoch, arrived, draw(st.booleans())))
    return Ledger(placed, terms, draw(bps)), epochs


def play(ledger, epochs):
    """Seal all epochs; those that are missed are sealed in vain, but for the last."""
    for epoch, arrived, posted in epochs:
        for one in arrived:
            ledger.take(one)
        ledger.seal(epoch)
        if not posted and epoch != epochs[-1][0]:
            ledger.miss(epoch)


@given(histories())
def test_slices_number_on_and_sum_up_over_all_batches(history):
    ledger, epochs = history
    play(ledger, epochs)
    leaves, debits = ledger.leaves, [one.debit for one in ledger.account.entries]
    assert [leaf.seq for leaf in leaves] == list(range(len(leaves)))
    assert [leaf.cumulative for leaf in leaves] == [sum(debits[: number + 1]) for number in range(len(debits))]
    assert sum(debits) <= ledger.terms.max_amount
    assert [one.seq for one in ledger.account.entries] == list(range(len(debits)))


@given(histories())
def test_times_of_one_attempt_never_overlap(history):
    ledger, epochs = history
    play(ledger, epochs)
    for one in ledger.placed:
        times = sorted((leaf.from_ms, leaf.to_ms) for leaf in ledger.leaves if leaf.attempt == one.attempt)
        assert all(start < end for start, end in times)
        assert all(end <= start for (_, end), (start, _) in pairwise(times))
        covered = sum(end - start for start, end in merge_intervals(times))
        billed = sum(entry.gpu_milliseconds for entry in ledger.account.entries if entry.attempt == one.attempt)
        assert billed <= one.gpus * covered


@given(histories())
def test_no_more_is_billed_than_was_receipted_however_often_it_is_sealed(history):
    ledger, epochs = history
    play(ledger, epochs)
    for key, milliseconds in ledger.billed.items():
        assert milliseconds <= ledger.receipts[key].billable_gpu_milliseconds


@given(histories())
def test_sealing_again_gives_nothing_new(history):
    ledger, epochs = history
    play(ledger, epochs)
    assert ledger.slices(epochs[-1][0] + 1) is None
    paid = finalized(ledger.account, epochs[-1][0])
    assert [replace(one, state=paid.entries[0].state) for one in paid.entries] == [
        replace(one, state=paid.entries[0].state) for one in ledger.account.entries
    ]


@given(histories())
def test_an_epoch_that_is_rolled_back_is_sealed_again_in_full(history):
    ledger, epochs = history
    play(ledger, epochs)
    last = epochs[-1][0]
    sealed = ledger.account
    ledger.miss(last)
    ledger.seal(last)
    assert ledger.account == sealed
    ledger.miss(last)
    ledger.seal(last + 1)
    same = [replace(one, batch_epoch=last) if one.batch_epoch == last + 1 else one for one in ledger.account.entries]
    assert tuple(same) == sealed.entries


@given(histories())
def test_what_a_crash_left_without_its_seal_is_found(history):
    ledger, epochs = history
    play(ledger, epochs)
    last = epochs[-1][0]
    seals = [SealRecord(VAULT, epoch, "", 0, "", 1, 0) for epoch in ledger.batches if epoch != last]
    seals.append(SealRecord(VAULT, last - 1, "", 0, "", 1, 0, SealState.MISSED))
    lost = unbacked(iter(seals), ledger.account)
    assert lost == {one.batch_epoch for one in ledger.account.entries} - {seal.epoch for seal in seals[:-1]}
    assert unbacked(iter(seals), without_epochs(ledger.account, lost)) == frozenset()


@given(histories(), st.integers(0, 10**6))
def test_a_batch_keeps_to_the_cap_and_nothing_waits_for_ever(history, cap):
    ledger, epochs = history
    for _, arrived, _ in epochs:
        for one in arrived:
            ledger.take(one)
    in_full = ledger.slices(epochs[-1][0])
    for number in range(30):
        ledger.seal(epochs[-1][0] + number, Room(cap=cap, left=cap))
    for epoch in ledger.batches:
        debits = [one.debit for one in ledger.account.entries if one.batch_epoch == epoch]
        assert sum(debit for debit in debits if debit <= cap) <= cap
    wanted = in_full.account.entries if in_full is not None else ()
    got = [(one.seq, one.attempt, one.to_ms, one.debit) for one in ledger.account.entries]
    assert got == [(one.seq, one.attempt, one.to_ms, one.debit) for one in wanted]
