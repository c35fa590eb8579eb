"""Which providers a pool has, which pools a provider serves, and who may use a pool."""

from collections.abc import Iterator, Mapping

from hansa_operator.api.fields import MatchLabels
from hansa_operator.api.hub import Hub
from hansa_operator.api.provider import Provider
from hansa_operator.api.provider_pool import ProviderPool
from hansa_operator.reconcile.known.cache import Cache


def matches(selector: MatchLabels | None, labels: Mapping[str, str], *, absent: bool) -> bool:
    """Return whether labels fit a selector; `absent` is what holds without one."""
    if selector is None:
        return absent
    return all(labels.get(key) == value for key, value in selector.match_labels.items())


def providers_of(cache: Cache, pool: ProviderPool) -> Iterator[Provider]:
    """Yield the providers that a pool selects."""
    for provider in cache.all(Provider):
        if matches(pool.spec.provider_selector, provider.metadata.labels, absent=True):
            yield provider


def pools_of(cache: Cache, hub: str, provider: Provider) -> Iterator[ProviderPool]:
    """Yield the pools of a hub that select a provider."""
    for pool in cache.all(ProviderPool):
        selected = matches(pool.spec.provider_selector, provider.metadata.labels, absent=True)
        if selected and pool.spec.hub_ref.name == hub:
            yield pool


def is_pool_of(cache: Cache, pool: ProviderPool, hub: str) -> bool:
    """Return whether a hub tells about a pool: its own, or one whose Hub is not there, which every hub says."""
    return pool.spec.hub_ref.name == hub or cache.get(Hub, "", pool.spec.hub_ref.name) is None


def admits(cache: Cache, pool: ProviderPool, namespace: str) -> bool:
    """Return whether a namespace may use a pool; one whose labels were not seen may not."""
    labels = cache.labels_of(namespace)
    return labels is not None and matches(pool.spec.allowed_namespaces, labels, absent=False)
