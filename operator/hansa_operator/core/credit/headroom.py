"""Credit: what a customer's line can still carry, after what the hub has not settled and has promised already."""

from collections.abc import Iterable
from dataclasses import dataclass

from hansa_operator.ports.chain import CreditState


@dataclass(frozen=True, slots=True)
class Holding:
    """State what one job has of a line, in wei.

    `reserved` is what it may use in an epoch. The others are what it has used and what is in no batch yet: in the
    present epoch, in the last one, which is about to be sealed, and before that, which comes into a later batch.
    """

    reserved: int = 0
    used_now: int = 0
    used_last: int = 0
    used_before: int = 0

    @property
    def unsealed(self) -> int:
        """Return all that is in no batch yet."""
        return self.used_now + self.used_last + self.used_before

    @property
    def open(self) -> int:
        """Return what the job may still use in this epoch."""
        return max(0, self.reserved - self.used_now)


@dataclass(frozen=True, slots=True)
class Commitments:
    """Sum what a hub has on a customer's balance in a vault, in wei, as one of the customer's jobs sees it.

    `unsealed` is metered and in no batch, `sealed` is in batches whose post is not final (then the balance is without
    it), `reserved` is what the other jobs may still use in this epoch. `elsewhere` is what of it does not count against
    this job's part of an epoch's cap.
    """

    unsealed: int = 0
    sealed: int = 0
    reserved: int = 0
    elsewhere: int = 0


def sum_commitments(own: Holding, others: Iterable[Holding], *, sealed: int) -> Commitments:
    """Return what is committed besides what the job itself may use; it never stands in its own way."""
    held = tuple(others)
    unsealed = own.unsealed + sum(one.unsealed for one in held)
    reserved = sum(one.open for one in held)
    elsewhere = own.used_last + sum(one.used_last for one in held) + min(own.reserved, own.used_now)
    return Commitments(unsealed, sealed, reserved, elsewhere)


def usable_credit(state: CreditState, held: Commitments) -> int:
    """Return what another job may reserve per epoch in wei; less than 0 when more is promised than is there.

    The cap bounds what one epoch takes; the balance bounds all epochs together, those in flight included.
    """
    committed = held.unsealed + held.reserved
    return min(state.cap - (committed - held.elsewhere), state.free_balance - held.sealed - committed)
