"""Watch every kind, and namespaces for their labels; only keys go on from here.

One function serves all kinds: kopf's `on.event` neither patches objects nor keeps state in them.
"""

from collections.abc import Mapping
from typing import Any

import kopf

from hansa_operator.api.kinds import KINDS
from hansa_operator.api.model import GROUP, VERSION
from hansa_operator.reconcile.observing import Observer


class ObserverSlot:
    """Stand for the observer that exists once the operator has started: kopf wants its handlers before."""

    def __init__(self) -> None:
        self.observer: Observer | None = None

    def handler(self, kind: str) -> Any:
        """Return the function that kopf calls for a kind's events."""

        async def observe(event: Mapping[str, Any], **_: Any) -> None:
            # An event before the start or after the end is not lost: the next list brings the object again.
            if self.observer is not None:
                await self.observer.see(kind, event["type"], event["object"])

        observe.__name__ = f"observe_{kind.lower()}"
        return observe


def watch(slot: ObserverSlot) -> None:
    """Register the watches with kopf."""
    for kind in KINDS.values():
        kopf.on.event(GROUP, VERSION, kind.plural)(slot.handler(kind.name))
    kopf.on.event("v1", "namespaces")(slot.handler("Namespace"))
