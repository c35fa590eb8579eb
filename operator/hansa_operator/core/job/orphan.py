"""An attempt whose AIJob is gone (its finalizer was removed by hand): stop it, wait for its receipt, let go."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from hansa_operator.core.job.end import awaits_receipt, end_ms, is_gone, is_overdue
from hansa_operator.ports.ledger import AttemptRecord, Outcome, ReceiptRecord
from hansa_operator.ports.ray import ClusterView, RayJobState, RayJobView

REASON = "Deleted"


@dataclass(frozen=True, slots=True)
class OrphanDecision:
    """Say what the attempt's record becomes, and whether Ray is asked to stop it."""

    record: AttemptRecord
    stop: bool


def decide_orphan(
    attempt: AttemptRecord,
    cluster: ClusterView | None,
    ray: RayJobView | None,
    receipts: Iterable[ReceiptRecord],
    *,
    now_ms: int,
    listening_ms: int = 0,
) -> OrphanDecision:
    """Decide about an attempt that nobody wants any more. It ends as soon as its end is known, and in bounded time.

    `listening_ms` as in `JobFacts`.
    """
    if attempt.stop_ms is None:
        attempt = replace(attempt, stop_reason=REASON, message="the AIJob is gone", stop_ms=now_ms)
    receipted = any(receipt.attempt == attempt.attempt and receipt.outcome for receipt in receipts)
    if ray is not None and ray.state.terminal:
        over = receipted or not awaits_receipt(ray, now_ms=now_ms, listening_ms=listening_ms)
    else:
        over = is_gone(cluster, ray)
    if not over and not is_overdue(attempt.stop_ms or now_ms, ray, now_ms=now_ms):
        running = ray is not None and ray.state in (RayJobState.PENDING, RayJobState.RUNNING, RayJobState.UNKNOWN)
        return OrphanDecision(attempt, stop=running)
    # Work that is done is done: whoever asks for it again under the same key gets no second run.
    done = ray is not None and ray.state is RayJobState.SUCCEEDED
    outcome = Outcome.SUCCEEDED if done else Outcome.STOPPED
    return OrphanDecision(replace(attempt, ended_ms=end_ms(attempt, ray, now_ms=now_ms), outcome=outcome), stop=False)
