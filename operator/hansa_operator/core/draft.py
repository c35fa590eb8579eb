"""A status while it is being decided, for the kinds that have a Ready condition and for those that do without."""

from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from hansa_operator.api.meta import ObjectMeta, Status
from hansa_operator.core.clock import rfc3339
from hansa_operator.core.conditions import drop_condition, find_condition, is_true, set_condition
from hansa_operator.core.notices import Notice

S = TypeVar("S", bound=Status)
EXCERPT = 512


@dataclass(frozen=True, slots=True)
class StatusDraft(Generic[S]):
    """Carry a status from how it was to how it will be; `now` is RFC 3339 and stamps its conditions."""

    before: S
    status: S
    now: str
    generation: int

    @staticmethod
    def of(before: S, metadata: ObjectMeta, now_ms: int) -> "StatusDraft[S]":
        """Start from the status that the object has."""
        generation = metadata.generation
        status = before.model_copy(update={"observed_generation": generation})
        return StatusDraft(before, status, rfc3339(now_ms), generation or 0)

    def set(self, **fields: Any) -> "StatusDraft[S]":
        """Return the draft with these status fields."""
        return replace(self, status=self.status.model_copy(update=fields))

    def condition(self, kind: str, status: bool | None, reason: str, message: str) -> "StatusDraft[S]":
        """Return the draft with this condition; `status` None means Unknown."""
        known, earlier = self.status.conditions, find_condition(self.before.conditions, kind)
        if earlier is not None and find_condition(known, kind) is None:
            # Left out on the way and set again: nothing has happened in between.
            known = (*known, earlier)
        said = message[:EXCERPT]
        conditions = set_condition(known, kind, status, reason, said, now=self.now, generation=self.generation)
        return self.set(conditions=conditions)

    def without(self, *kinds: str) -> "StatusDraft[S]":
        """Return the draft without these conditions."""
        return self.set(conditions=drop_condition(self.status.conditions, *kinds))

    def ready(self, reason: str, message: str) -> "StatusDraft[S]":
        """Return the draft of an object that can be used."""
        return self.without("Reconciling", "Stalled").condition("Ready", True, reason, message)

    def unready(self, reason: str, message: str) -> "StatusDraft[S]":
        """Return the draft of an object that cannot be used now, which may be as it should be."""
        return self.without("Reconciling", "Stalled").condition("Ready", False, reason, message)

    def reconciling(self, reason: str, message: str) -> "StatusDraft[S]":
        """Return the draft of an object that is on its way by itself."""
        return self.unready(reason, message).condition("Reconciling", True, reason, message)

    def stalled(self, reason: str, message: str) -> "StatusDraft[S]":
        """Return the draft of an object that waits for a person."""
        return self.unready(reason, message).condition("Stalled", True, reason, message)

    def unknown(self, reason: str, message: str) -> "StatusDraft[S]":
        """Return the draft of an object that could not be observed: what was known of why it stands still stays."""
        return self.condition("Ready", None, reason, message)

    def news(self, kind: str, *, warning: bool) -> tuple[Notice, ...]:
        """Return an Event if the condition says something else; losing sight of it and regaining it is no news."""
        before, now = (find_condition(one.conditions, kind) for one in (self.before, self.status))
        if now is None or now.status == "Unknown":
            return ()
        if before is not None and (before.status, before.reason) == (now.status, now.reason):
            return ()
        if before is not None and before.status == "Unknown" and now.status == "True":
            return ()
        return (Notice(now.reason, now.message, warning=warning),)

    def ready_news(self) -> tuple[Notice, ...]:
        """Return an Event if Ready says something else, as a warning when it is not mended by itself.

        That an object is not ready when it is first looked at is as it should be, unless it is stalled.
        """
        fine = is_true(self.status.conditions, "Ready") or is_true(self.status.conditions, "Reconciling")
        new = find_condition(self.before.conditions, "Ready") is None
        return self.news("Ready", warning=is_true(self.status.conditions, "Stalled") or not (fine or new))
