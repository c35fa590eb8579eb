"""What of a job goes into a batch, and the receipts that go with it."""

import pytest

from hansa_operator.core.metering.slicing import JobWork, Room, signed_receipt, slice_job
from hansa_protocol.eip712 import Receipt, settlement_domain
from hansa_protocol.identity import parse_address
from hansa_protocol.signing import address_of, recover, sign
from tests.builders import EPOCH, EPOCH_MS, NOW, account, attempt, entry, receipt, record
from tests.metered import CUSTOMER, HUB, JOB_ID, PROVIDER, VAULT

LATER = receipt(from_ms=NOW + EPOCH_MS, to_ms=NOW + EPOCH_MS + 1_000)


def work(*receipts, sealed=(), **terms):
    return JobWork(record(**terms), (attempt(),), receipts or (receipt(), LATER), account(*sealed))


def test_a_batch_takes_the_work_until_the_end_of_its_epoch():
    sealed = slice_job(work(), epoch=EPOCH, fee_bps=0)
    (leaf,) = sealed.leaves
    assert (leaf.epoch, leaf.seq, leaf.attempt, leaf.from_ms, leaf.to_ms) == (EPOCH, 0, 0, NOW, NOW + 1_000)
    assert (leaf.provider_amount, leaf.audit_amount, leaf.cumulative) == (4_000, 0, 4_000)
    assert (leaf.customer, leaf.provider, leaf.service) == (parse_address(CUSTOMER), parse_address(PROVIDER), 0)
    assert (leaf.job_id, leaf.receipt_digest) == (bytes.fromhex(JOB_ID[2:]), b"\x0d" * 32)
    assert sealed.account == account(entry())


def test_what_was_missed_comes_into_the_next_batch_and_numbers_on():
    sealed = slice_job(work(sealed=[entry()]), epoch=EPOCH + 3, fee_bps=0)
    assert [(leaf.epoch, leaf.seq, leaf.cumulative) for leaf in sealed.leaves] == [(EPOCH + 3, 1, 8_000)]
    both = slice_job(work(), epoch=EPOCH + 3, fee_bps=0)
    assert [(leaf.seq, leaf.cumulative) for leaf in both.leaves] == [(0, 4_000), (1, 8_000)]


def test_without_new_work_there_is_no_batch():
    assert slice_job(work(), epoch=EPOCH - 1, fee_bps=0) is None
    assert slice_job(work(receipt(), sealed=[entry()]), epoch=EPOCH, fee_bps=0) is None


@pytest.mark.parametrize(("left", "slices"), [(3_999, None), (4_000, 1), (7_999, 1), (8_000, 2)])
def test_a_batch_takes_whole_slices_up_to_what_is_left_of_the_cap(left, slices):
    sealed = slice_job(work(), epoch=EPOCH + 1, fee_bps=0, room=Room(cap=9_000, left=left))
    assert (len(sealed.leaves) if sealed is not None else None) == slices


def test_a_slice_beyond_a_whole_cap_waits_for_no_epoch_that_could_never_hold_it():
    sealed = slice_job(work(), epoch=EPOCH + 1, fee_bps=0, room=Room(cap=3_999, left=3_999))
    assert [leaf.cumulative for leaf in sealed.leaves] == [4_000, 8_000]


def test_royalty_and_fee_follow_the_terms_of_the_job():
    sealed = slice_job(work(receipt(), royalty_bps=500), epoch=EPOCH, fee_bps=100)
    (one,) = sealed.account.entries
    assert (one.provider_amount, one.royalty, one.fee, one.debit) == (4_000, 200, 42, 4_242)
    assert sealed.leaves[0].cumulative == 4_242


def test_each_slice_comes_with_the_receipt_that_it_was_made_from():
    sealed = slice_job(work(sealed=[entry()]), epoch=EPOCH + 3, fee_bps=0)
    assert sealed.receipts == (LATER,)


def test_a_receipt_leaves_the_ledger_as_its_provider_signed_it():
    domain, key = settlement_domain(31_337, parse_address(HUB)), b"\1" * 32
    job, kept = record(), receipt()
    parties = (parse_address(HUB), parse_address(VAULT), parse_address(CUSTOMER))
    terms = (kept.epoch, kept.seq, kept.from_ms, kept.to_ms, kept.gpu_milliseconds, kept.provider_amount, kept.outcome)
    signed = Receipt(*parties, bytes.fromhex(JOB_ID[2:]), kept.attempt, *terms, bytes.fromhex(kept.result_digest[2:]))
    kept = receipt(signature="0x" + sign(signed.digest(domain), key).hex())
    again = signed_receipt(job, kept, parse_address(HUB))
    assert recover(again.receipt.digest(domain), again.signature) == address_of(key)
