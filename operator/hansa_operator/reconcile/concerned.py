"""Whom a change concerns: the one place that knows which objects depend on which."""

from collections.abc import Iterator, Mapping

from hansa_operator.api.aijob import AIJob
from hansa_operator.api.credit_line import CreditLine
from hansa_operator.api.provider import Provider
from hansa_operator.api.provider_pool import ProviderPool
from hansa_operator.core.conditions import find_condition, is_true
from hansa_operator.ports.kube import ObjectRef
from hansa_operator.reconcile.known.cache import Cache, Seen


def is_news(before: Seen | None, after: Seen | None) -> bool:
    """Return whether others can tell the difference: another spec or other labels, another Ready, or gone or new."""
    if before is None or after is None:
        return True
    if before.metadata.generation != after.metadata.generation or before.metadata.labels != after.metadata.labels:
        return True
    return _ready(before) != _ready(after) or _deleting(before) != _deleting(after)


def concerned_by(cache: Cache, ref: ObjectRef, seen: Seen | None) -> Iterator[ObjectRef]:
    """Yield who is looked at again because of a change of this object, besides itself."""
    if isinstance(seen, AIJob):
        yield ObjectRef("ProviderPool", "", seen.spec.pool_ref.name)
        return
    for kind in _DEPENDENT.get(ref.kind, ()):
        yield from _refs(cache, kind)
    for job in cache.all(AIJob):
        if not _is_over(job) and (ref.kind == "Provider" or ref in _referred(job) or _is_hub_of(cache, ref, job)):
            yield ObjectRef(AIJob.__name__, job.metadata.namespace or "", job.metadata.name)


_DEPENDENT: Mapping[str, tuple[type[Provider] | type[ProviderPool] | type[CreditLine], ...]] = {
    "Hub": (ProviderPool, CreditLine),
    "ProviderPool": (Provider,),
    "Provider": (ProviderPool,),
    "CreditLine": (CreditLine,),
}


def _referred(job: AIJob) -> tuple[ObjectRef, ...]:
    namespace, spec = job.metadata.namespace or "", job.spec
    services = (ObjectRef("AIService", "", spec.service_ref.name),) if spec.service_ref is not None else ()
    return (
        ObjectRef("Namespace", "", namespace),
        ObjectRef("ProviderPool", "", spec.pool_ref.name),
        ObjectRef("CreditLine", namespace, spec.credit_line_ref.name),
        *services,
    )


def _is_hub_of(cache: Cache, ref: ObjectRef, job: AIJob) -> bool:
    pool = cache.get(ProviderPool, "", job.spec.pool_ref.name) if ref.kind == "Hub" else None
    return pool is not None and pool.spec.hub_ref.name == ref.name


def _is_over(job: AIJob) -> bool:
    conditions = job.status.conditions if job.status else ()
    return is_true(conditions, "Complete") or is_true(conditions, "Failed")


def _refs(cache: Cache, kind: type[Provider] | type[ProviderPool] | type[CreditLine]) -> Iterator[ObjectRef]:
    for seen in cache.all(kind):
        yield ObjectRef(kind.__name__, seen.metadata.namespace or "", seen.metadata.name)


def _ready(seen: Seen) -> tuple[str, str] | None:
    found = find_condition(seen.status.conditions if seen.status else (), "Ready")
    return (found.status, found.reason) if found is not None else None


def _deleting(seen: Seen) -> bool:
    return seen.metadata.deletion_timestamp is not None
