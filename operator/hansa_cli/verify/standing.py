"""What is on chain about a finding, as far as there is something to do about it."""

from dataclasses import dataclass

from hansa_chain.cases import Case
from hansa_chain.claims import Claim
from hansa_protocol.units import Wei

NOTHING = Wei(0)


@dataclass(frozen=True, slots=True)
class Standing:
    """State what is on chain about a finding: times in unix seconds, both included, amounts in wei.

    A case can be opened from `opens` to `closes`, if `possible`, with `deposit`; one that is open can be answered
    until `due`. `over` says that the customer has its money back, by this case or by another. What the hub reveals can
    be challenged for `reveal_seconds`. What is `held` of a provider's credit waits for a dispute. A claim is worth what
    is `missing`, what no row has paid, as far as that is `guaranteed`; `unpaid` says that rows can still pay of it. Of
    the guarantee the hub has a part back from `leaves_at` on, unless that is 0.
    """

    possible: bool = True
    opens: int = 0
    closes: int = 0
    deposit: Wei = NOTHING
    case: Case | Claim | None = None
    due: int = 0
    over: bool = False
    reveal_seconds: int = 0
    held: Wei = NOTHING
    missing: Wei = NOTHING
    guaranteed: Wei = NOTHING
    unpaid: bool = False
    leaves_at: int = 0

    def last_second(self, now: int) -> int:
        """Return until when a claim has all that is guaranteed now, as far as that is known."""
        return min(self.closes, self.leaves_at - 1) if now < self.leaves_at else self.closes
