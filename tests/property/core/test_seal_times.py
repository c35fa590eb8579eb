"""When an epoch is sealed, at any moment and after any history of seals."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from hansa_operator.core.metering.sealing import LedgerBehind, SealEpoch, WaitToSeal, decide_seal
from hansa_operator.ports.chain import ChainTimes
from hansa_operator.ports.ledger import SealRecord, SealState
from tests.metered import VAULT

TIMES = ChainTimes(
    epoch_seconds=100, post_seconds=60, window_seconds=200, sealing_seconds=10, finality_seconds=12, fee_bps=0
)
SEALS = st.lists(
    st.tuples(st.integers(0, 9), st.sampled_from(SealState)), max_size=4, unique_by=lambda one: one[0]
).map(lambda drawn: [SealRecord(VAULT, epoch, "", 0, "", 1, 0, state) for epoch, state in drawn])


@given(SEALS, st.none() | st.integers(0, 11), st.integers(0, 1_200_000))
def test_an_epoch_is_sealed_in_its_time_and_in_its_turn(seals, chain_epoch, now_ms):
    decision = decide_seal(seals, TIMES, chain_epoch=chain_epoch, now_ms=now_ms)
    newest = max((seal.epoch for seal in seals), default=-1)
    match decision:
        case LedgerBehind(epoch):
            assert epoch == chain_epoch > newest
        case WaitToSeal(until_ms):
            assert until_ms > now_ms
        case SealEpoch(epoch):
            end_ms = (epoch + 1) * 100_000
            assert end_ms + 10_000 <= now_ms <= end_ms + (60 - 12) * 1_000
            assert epoch > newest
            assert all(seal.state is not SealState.SEALED for seal in seals)
            assert chain_epoch is None or chain_epoch <= newest


@given(SEALS, st.integers(0, 1_200_000))
def test_whoever_looks_when_told_to_misses_no_epoch(seals, now_ms):
    settled = [replace(seal, state=SealState.POSTED) for seal in seals]
    newest = max((seal.epoch for seal in settled), default=-1)
    decision = decide_seal(settled, TIMES, chain_epoch=None, now_ms=now_ms)
    if isinstance(decision, WaitToSeal):
        then = decide_seal(settled, TIMES, chain_epoch=None, now_ms=decision.until_ms)
        assert then == SealEpoch(decision.until_ms // 100_000 - 1) or decision.until_ms // 100_000 - 1 <= newest
