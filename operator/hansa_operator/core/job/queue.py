"""The queue: fair shares between namespaces, priority within one, and backfill that does not starve the large."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hansa_operator.api.provider_pool import ProviderPoolSpec
from hansa_operator.core.market.offers import Need, Offer, eligible, within_bond

PATIENCE_MS = 60_000
"""How long a job is overtaken by smaller ones; from then on they leave it the providers or workers it waits for."""

MAX_WORKERS = 64
MAX_WORKERS_PER_NAMESPACE = 16
"""What a pool that does not say so runs at once."""


def most_workers(pool: ProviderPoolSpec) -> int:
    """Return how many workers of one namespace a pool can ever run at once."""
    most, own = pool.max_workers, pool.max_workers_per_namespace
    return min(MAX_WORKERS if most is None else most, MAX_WORKERS_PER_NAMESPACE if own is None else own)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Describe an admitted job that waits for capacity in a pool; times in unix ms."""

    pool: str
    namespace: str
    name: str
    priority: int
    since_ms: int
    need: Need


@dataclass(frozen=True, slots=True)
class Shares:
    """Tell what each namespace has of a pool: GPUs that it holds, and workers that it may still add."""

    held_gpus: Mapping[str, int]
    workers_left: Mapping[str, int]


def is_turn(
    mine: Waiting, others: Iterable[Waiting], offers: tuple[Offer, ...], shares: Shares, *, now_ms: int
) -> bool:
    """Return whether no job of the pool that is ahead of this one wants the same capacity now.

    A job that finds no room is overtaken, but not for longer than `PATIENCE_MS`.
    """
    before = _rank(mine, shares)
    ahead = [other for other in others if other.pool == mine.pool and _rank(other, shares) < before]
    return not any(_goes_first(other, mine, offers, shares, now_ms) for other in ahead)


def _rank(job: Waiting, shares: Shares) -> tuple[int, int, int, str]:
    return shares.held_gpus.get(job.namespace, 0), -job.priority, job.since_ms, job.need.job_id


def _goes_first(other: Waiting, mine: Waiting, offers: tuple[Offer, ...], shares: Shares, now_ms: int) -> bool:
    theirs, left = eligible(offers, other.need), shares.workers_left.get(other.namespace, 0)
    short_of_workers = other.need.workers > left
    # An offer's free workers are those of the namespace that asks; this job's own are in the shares.
    if not short_of_workers and any(_has_capacity(offer, other.need) for offer in theirs):
        return True
    if now_ms - other.since_ms <= PATIENCE_MS:
        return False
    if short_of_workers:
        # A namespace that may add more than this one is not what fills the pool.
        rival = mine.namespace == other.namespace or shares.workers_left.get(mine.namespace, 0) <= left
        return rival and bool(theirs)
    providers = {offer.provider for offer in eligible(offers, mine.need)}
    return any(offer.provider in providers for offer in theirs)


def _has_capacity(offer: Offer, need: Need) -> bool:
    return offer.free_gpus >= need.gpus and within_bond(offer, need)
