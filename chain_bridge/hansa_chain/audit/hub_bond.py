"""A hub's bond, as its events leave it."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Cover:
    """Hold what stands behind the posts of an epoch; open cases keep it there."""

    amount: int = 0
    release_at: int = 0
    cases: int = 0

    def is_past(self, now_seconds: int) -> bool:
        """Return whether nothing can be demanded any more for what it stands behind."""
        return now_seconds > self.release_at and not self.cases


@dataclass(slots=True)
class HubBond:
    """Hold one hub's bond in one vault; `free` is without the cover that is past, which no event tells.

    `guaranteed` is the sum of all guarantees, and of what open claims have of them.
    """

    free: int = 0
    leaving: int = 0
    available_at: int = 0
    penalties: int = 0
    guaranteed: int = 0
    covers: dict[int, Cover] = field(default_factory=dict)

    @property
    def covering(self) -> int:
        """Return the sum of all cover."""
        return sum(cover.amount for cover in self.covers.values())

    @property
    def whole(self) -> int:
        """Return everything of it that is in the settlement's custody."""
        return self.free + self.covering + self.leaving + self.guaranteed

    def releasable(self, now_seconds: int) -> int:
        """Return what of the cover is past."""
        return sum(cover.amount for cover in self.covers.values() if cover.is_past(now_seconds))
