"""Events: what a person should see under `kubectl describe`."""

import hashlib
from datetime import UTC, datetime
from typing import Any

import structlog

from hansa_operator.adapters.kube.resources import resource_of
from hansa_operator.adapters.kube.session import Session
from hansa_operator.ports.kube import Conflict, Event, KubeError

SOURCE = "hansa"
log = structlog.get_logger(__name__)


async def emit_event(session: Session, event: Event) -> None:
    """Record an Event; the same one again only moves its time. Failures are logged, not raised."""
    body = build_event(event, datetime.now(UTC))
    path = resource_of("Event").path(body["metadata"]["namespace"])
    try:
        try:
            await session.post(path, body)
        except Conflict:
            await session.merge(f"{path}/{body['metadata']['name']}", {"lastTimestamp": body["lastTimestamp"]})
    except KubeError as failed:
        log.warning(
            "event not recorded", kind=event.ref.kind, name=event.ref.name, reason=event.reason, why=str(failed)
        )


def build_event(event: Event, now: datetime) -> dict[str, Any]:
    """Return the Event's manifest; its name follows from what it says, so that it is never there twice."""
    ref = event.ref
    namespace = ref.namespace or "default"
    said = hashlib.sha256(f"{event.uid}\0{event.reason}\0{event.message}".encode()).hexdigest()[:16]
    time = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    involved = {
        "apiVersion": resource_of(ref.kind).api_version,
        "kind": ref.kind,
        "name": ref.name,
        "uid": event.uid,
    } | ({"namespace": ref.namespace} if ref.namespace else {})
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"{ref.name}.{said}", "namespace": namespace},
        "involvedObject": involved,
        "reason": event.reason,
        "message": event.message[:1024],
        "type": "Warning" if event.warning else "Normal",
        "source": {"component": SOURCE},
        "reportingComponent": SOURCE,
        "firstTimestamp": time,
        "lastTimestamp": time,
        "count": 1,
    }
