"""What keeps a job's work out of a batch."""

from dataclasses import dataclass

from hansa_operator.core.order.record import is_ordered
from hansa_operator.ports.chain import CreditState
from hansa_operator.ports.ledger import JobRecord


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Name the reason, and say what holds of the work: words after "so much work"."""

    reason: str
    words: str


def find_obstacle(job: JobRecord, credit: CreditState, epoch: int) -> Obstacle | None:
    """Return why a job's work cannot be sealed with an epoch, in which its customer has this credit; None if it can.

    A customer without a line would stop the post. What its order signer has not signed nobody could show to be ordered.
    """
    if not credit.cap:
        words = f"were not sealed with epoch {epoch}, in which the customer had no credit line: they wait for another"
        return Obstacle("NoCreditLine", words)
    if not is_ordered(job, credit.order_signer):
        signer = f"in which orders are signed by {credit.order_signer}, who signed none for this job"
        return Obstacle("NotOrdered", f"were not sealed with epoch {epoch}, {signer}: they wait for another")
    return None
