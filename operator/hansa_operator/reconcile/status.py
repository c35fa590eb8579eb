"""Write a status when it differs from what the API server has: at most one write a transition."""

from typing import Any

import structlog

from hansa_operator.api.meta import Status
from hansa_operator.core.notices import Notice
from hansa_operator.ports.kube import Event, Kube, Manifest, ObjectRef
from hansa_operator.reconcile.known.cache import Seen
from hansa_operator.reconcile.taking_in import take_in
from hansa_operator.reconcile.world import World

log = structlog.get_logger(__name__)


def ref_of(seen: Seen) -> ObjectRef:
    """Return the reference to an object that was seen."""
    return ObjectRef(type(seen).__name__, seen.metadata.namespace or "", seen.metadata.name)


async def write_status(world: World, seen: Seen, status: Status) -> None:
    """Apply a status if it is another one, and remember the answer so that it is not applied twice."""
    wanted = status.manifest()
    if _known(seen) == wanted:
        return
    take_in(world, await apply_status(world.kube, seen, wanted))
    world.counters.status_written(ref_of(seen).kind)


async def apply_status(kube: Kube, seen: Seen, wanted: Manifest) -> Manifest:
    """Apply a status to just the object that was seen; raises NotFound when that is gone."""
    known = seen.metadata
    return await kube.apply_status(ref_of(seen), wanted, uid=known.uid or "", version=known.resource_version or "")


async def tell(world: World, seen: Seen, notices: tuple[Notice, ...]) -> None:
    """Record notices as Events on the object, and in the log."""
    for notice in notices:
        note = log.warning if notice.warning else log.info
        note(notice.message, reason=notice.reason, **_where(ref_of(seen)))
        event = Event(ref_of(seen), seen.metadata.uid or "", notice.reason, notice.message, notice.warning)
        await world.kube.emit(event)


def _where(ref: ObjectRef) -> dict[str, str]:
    return {"kind": ref.kind, "namespace": ref.namespace, "name": ref.name}


def _known(seen: Seen) -> dict[str, Any] | None:
    return seen.status.manifest() if seen.status is not None else None
