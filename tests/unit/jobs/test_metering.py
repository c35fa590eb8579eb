"""Receipts of an attempt sum to the time that it was alive, whatever the agent goes through."""

from hypothesis import given
from hypothesis import strategies as st

from hansa_jobs.agent.metering import Issued, Usage, receipts_due
from hansa_protocol.eip712 import ReceiptOutcome


@given(
    start=st.integers(0, 10**13),
    steps=st.lists(st.tuples(st.integers(1, 90_000), st.booleans()), min_size=1, max_size=20),
    gpus=st.integers(1, 64),
    epoch_seconds=st.integers(5, 60),
)
def test_receipts_sum_to_the_alive_time_and_never_go_back(start, steps, gpus, epoch_seconds):
    issued, latest, now = {}, {}, start
    for index, (step, _) in enumerate(steps):
        now += step
        outcome = ReceiptOutcome.SUCCEEDED if index == len(steps) - 1 else ReceiptOutcome.RUNNING
        usage = Usage(start, now, gpus, 3_600_000, outcome)
        for due in receipts_due(usage, issued, epoch_seconds):
            known = latest.get(due.epoch)
            assert known is None or (due.seq == known.seq + 1 and due.gpu_milliseconds >= known.gpu_milliseconds)
            latest[due.epoch] = due
            issued[due.epoch] = Issued(due.seq, due.to_ms, due.outcome)
        assert receipts_due(usage, issued, epoch_seconds) == ()
    assert sum(due.gpu_milliseconds for due in latest.values()) == gpus * (now - start)
    assert [due.outcome for due in latest.values()].count(ReceiptOutcome.SUCCEEDED) == 1
    assert latest[max(latest)].outcome == ReceiptOutcome.SUCCEEDED
