"""Take in a version of an object, seen or written, and have everybody looked at whom it concerns."""

import structlog

from hansa_operator.ports.kube import Manifest, ObjectRef
from hansa_operator.reconcile.concerned import concerned_by, is_news
from hansa_operator.reconcile.known.cache import Seen, Unreadable, ref_to
from hansa_operator.reconcile.world import World

log = structlog.get_logger(__name__)


def take_in(world: World, manifest: Manifest) -> bool:
    """Keep a version; returns whether it is newer than what was known."""
    ref = ref_to(manifest)
    before = world.cache.find(ref)
    try:
        fresh = world.cache.put(manifest)
    except Unreadable as unread:
        log.error("object not understood", kind=ref.kind, name=ref.name, why=str(unread))
        return False
    if fresh:
        _tell(world, ref, before, world.cache.find(ref))
    return fresh


def let_go(world: World, ref: ObjectRef) -> None:
    """Forget an object that is gone, as the API server said."""
    before = world.cache.find(ref)
    world.cache.remove(ref)
    _tell(world, ref, before, None)


def _tell(world: World, ref: ObjectRef, before: Seen | None, after: Seen | None) -> None:
    if ref.kind == "Namespace" or is_news(before, after):
        for concerned in concerned_by(world.cache, ref, before or after):
            world.queue.add(concerned)
