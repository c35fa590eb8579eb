"""Offers: what providers can give a job now, for how much, and which one gets it."""

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hansa_operator.core.market.wish import ANYBODY, Wish
from hansa_protocol.units import GpuMilliseconds, Wei, provider_amount_down


@dataclass(frozen=True, slots=True)
class Offer:
    """Describe one provider's offer in a vault; price in wei per GPU-hour, `exposure` and `bond` in wei."""

    provider: str
    address: str
    receipt_key: str
    gpu_model: str
    vault: str
    unit_price: int
    total_gpus: int
    free_gpus: int
    free_workers: int
    bond: int
    exposure: int
    schedulable: bool
    obstacle: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    gpu_memory_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Need:
    """Describe what a job asks of an offer; `max_unit_price` in wei per GPU-hour, None for any.

    `epoch_ms` is how long a provider works on trust: what it earns in that time must be within its bond.
    """

    job_id: str
    vault: str
    workers: int
    gpus_per_worker: int
    gpu_models: tuple[str, ...]
    max_unit_price: int | None
    epoch_ms: int = 0
    wish: Wish = ANYBODY

    @property
    def gpus(self) -> int:
        """Return the GPUs of all workers together."""
        return self.workers * self.gpus_per_worker


def eligible(offers: Iterable[Offer], need: Need) -> tuple[Offer, ...]:
    """Return the offers that could ever take the job, cheapest first; busy ones included."""
    fitting = (offer for offer in offers if why_not(offer, need) is None)
    return tuple(sorted(fitting, key=lambda offer: (offer.unit_price, offer.provider)))


def why_not(offer: Offer, need: Need) -> str | None:
    """Return why an offer can never take the job as things stand, or None when it can."""
    top = need.max_unit_price
    obstacles = (
        (not offer.schedulable, offer.obstacle or "it is not schedulable"),
        (offer.vault != need.vault, "it asks for another token"),
        (bool(need.gpu_models) and offer.gpu_model not in need.gpu_models, f"it has {offer.gpu_model} GPUs"),
        (offer.total_gpus < need.gpus, f"it has {offer.total_gpus} GPUs, the job needs {need.gpus}"),
        (top is not None and offer.unit_price > top, "its price is above budget.maxUnitPrice"),
        (earned_per_epoch(offer, need) > offer.bond, "its bond covers less than an epoch of this job"),
    )
    found = next((why for stands, why in obstacles if stands), None)
    return found or need.wish.why_not(dict(offer.labels), bond=offer.bond, gpu_memory_bytes=offer.gpu_memory_bytes)


def has_room(offer: Offer, need: Need) -> bool:
    """Return whether the offer's free capacity holds the job now."""
    return offer.free_gpus >= need.gpus and offer.free_workers >= need.workers


def within_bond(offer: Offer, need: Need) -> bool:
    """Return whether the provider's bond covers the job until the next settlement, with all that it is owed already."""
    return offer.exposure + earned_per_epoch(offer, need) <= offer.bond


def earned_per_epoch(offer: Offer, need: Need) -> int:
    """Return what the provider earns with the job in an epoch (wei)."""
    return provider_amount_down(GpuMilliseconds(need.gpus * need.epoch_ms), Wei(offer.unit_price))


def tie_break(secret: bytes, job_id: str, provider: str) -> bytes:
    """Return the order between equal prices: HMAC-SHA256(epoch secret, job/provider), so that nobody can grind it."""
    return hmac.digest(secret, f"{job_id}/{provider}".encode(), "sha256")


def choose_offer(offers: Sequence[Offer], need: Need, secret: bytes) -> Offer | None:
    """Return the cheapest of these offers, ties broken by `tie_break`."""
    if not offers:
        return None
    return min(offers, key=lambda offer: (offer.unit_price, tie_break(secret, need.job_id, offer.provider)))
