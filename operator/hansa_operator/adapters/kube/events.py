"""Events: what a person should see under `kubectl describe`, in the order in which it happened."""

import time
from collections import OrderedDict
from datetime import UTC, datetime
from typing import Any

import structlog

from hansa_operator.adapters.kube.resources import resource_of
from hansa_operator.adapters.kube.session import Session
from hansa_operator.ports.kube import Event, KubeError, NotFound

SOURCE = "hansa"
MOST_KEPT = 4_096
"""Events that are told again by counting; the API server keeps each for an hour."""
log = structlog.get_logger(__name__)


class EventLog:
    """Record Events; the same one again is counted, as the clients of Kubernetes do."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._told: OrderedDict[Event, tuple[str, int]] = OrderedDict()

    async def emit(self, event: Event) -> None:
        """Record an Event. Failures are logged, not raised."""
        try:
            name, count = await self._record(event)
        except KubeError as failed:
            ref, why = event.ref, str(failed)
            log.warning("event not recorded", kind=ref.kind, name=ref.name, reason=event.reason, why=why)
            return
        self._told[event] = name, count
        while len(self._told) > MOST_KEPT:
            self._told.popitem(last=False)

    async def _record(self, event: Event) -> tuple[str, int]:
        path = resource_of("Event").path(event.ref.namespace or "default")
        now, known = datetime.now(UTC), self._told.pop(event, None)
        if known is not None:
            name, count = known
            again = {"lastTimestamp": _stamp(now), "count": count + 1}
            try:
                await self._session.merge(f"{path}/{name}", again)
            except NotFound:
                # It was kept for its hour, and is told anew.
                pass
            else:
                return name, count + 1
        body = build_event(event, now)
        await self._session.post(path, body)
        return body["metadata"]["name"], 1


def build_event(event: Event, now: datetime) -> dict[str, Any]:
    """Return the Event's manifest; names rise with time, because lists and ties of a second are sorted by name."""
    ref = event.ref
    involved = {
        "apiVersion": resource_of(ref.kind).api_version,
        "kind": ref.kind,
        "name": ref.name,
        "uid": event.uid,
    } | ({"namespace": ref.namespace} if ref.namespace else {})
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"{ref.name}.{time.time_ns():x}", "namespace": ref.namespace or "default"},
        "involvedObject": involved,
        "reason": event.reason,
        "message": event.message[:1024],
        "type": "Warning" if event.warning else "Normal",
        "source": {"component": SOURCE},
        "reportingComponent": SOURCE,
        "firstTimestamp": _stamp(now),
        "lastTimestamp": _stamp(now),
        "count": 1,
    }


def _stamp(now: datetime) -> str:
    return now.strftime("%Y-%m-%dT%H:%M:%SZ")
